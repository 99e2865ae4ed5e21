import type { Page } from "@playwright/test";

import { day } from "../data";
import { dialogs, expect, expectAccessible, row, signIn, test } from "../fixtures";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });

/** A finger, by the debugger: the page gets what a real one makes. */
async function swipe(page: Page, title: string, by: number): Promise<void> {
  const box = await row(page, title).boundingBox();
  if (box === null) throw new Error(`no row: ${title}`);
  const devtools = await page.context().newCDPSession(page);
  const y = box.y + box.height / 2;
  // From the title: at the right end is the handle, which moves the row.
  const from = box.x + box.width / 2;
  const send = (type: "touchStart" | "touchMove" | "touchEnd", x?: number) =>
    devtools.send("Input.dispatchTouchEvent", { type, touchPoints: x === undefined ? [] : [{ x, y }] });
  await send("touchStart", from);
  for (let step = 1; step <= 8; step += 1) await send("touchMove", from + (by * step) / 8);
  await send("touchEnd");
  await devtools.detach();
}

test("one column, a bar for the thumb, nothing sideways", async ({ page, person, api }) => {
  await api.create({
    title: "Tea with a title that takes more than one line on a narrow page",
    tags: ["home"],
    due_date: day(0),
  });
  await signIn(page, person, "/today");
  for (const view of ["/today", "/inbox", "/upcoming", "/calendar", "/completed", "/trash", "/settings"]) {
    await page.goto(view);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), view).toBeLessThanOrEqual(0);
  }
  await page.goto("/inbox");
  await expect(row(page, "Tea")).toBeVisible();
  await expectAccessible(page, "the inbox on a phone");
  await page.getByRole("button", { name: "Menu" }).tap();
  const menu = page.getByRole("dialog", { name: "Spindle" });
  await expectAccessible(page, "the menu of a phone");
  await menu.getByRole("link", { name: "Completed" }).tap();
  await page.waitForURL("**/completed");
  await expect(menu).toBeHidden();
});

test("swiping completes to the right and deletes to the left; a short one does nothing", async ({
  page,
  person,
  api,
}) => {
  await api.create({ title: "Milk" });
  await api.create({ title: "Bread" });
  await signIn(page, person, "/inbox");
  await expect(row(page, "Milk")).toBeVisible();
  await swipe(page, "Milk", 50);
  await expect(row(page, "Milk")).toBeVisible();
  await expect(dialogs(page)).toHaveCount(0);
  await swipe(page, "Milk", 150);
  await expect(row(page, "Milk")).toHaveCount(0);
  await swipe(page, "Bread", -150);
  await expect(row(page, "Bread")).toHaveCount(0);
  await expect
    .poll(async () => {
      const titles = async (status: string) =>
        (await api.get<{ items: { title: string }[] }>(`/api/tasks?status=${status}`)).items.map(({ title }) => title);
      return [await titles("completed"), await titles("trashed")];
    })
    .toEqual([["Milk"], ["Bread"]]);
});

test("a reminder can be answered with a thumb", async ({ page, person, api }) => {
  await signIn(page, person, "/inbox");
  await api.create({ title: "Stretch", reminder_at: new Date(Date.now() + 1_000).toISOString() });
  const done = page.getByRole("button", { name: "Done: Stretch" });
  await expect(done).toBeVisible();
  const box = await done.boundingBox();
  expect(box?.height).toBeGreaterThanOrEqual(44);
  // The bar with the bell stays free of it.
  await page.getByRole("button", { name: "Reminders, 1 waits" }).tap();
  const bell = page.getByRole("dialog", { name: "Reminders" });
  await expect(bell).toContainText("Stretch");
  await page.keyboard.press("Escape");
  await expect(bell).toHaveCount(0);
  await done.tap();
  await expect(page.getByRole("region", { name: "Reminders" })).toBeHidden();
});

test("the bar for the thumb and the heading keep clear of the edge of the screen", async ({ page, person, api }) => {
  await api.create({ title: "Milk" });
  await signIn(page, person, "/inbox");
  await expect(row(page, "Milk")).toBeVisible();
  const bar = page.getByRole("navigation", { name: "Menu" });
  const last = bar.getByRole("button", { name: "Menu" });
  const room = async () => {
    const box = await last.boundingBox();
    return box === null ? NaN : 844 - (box.y + box.height);
  };
  const before = await room();
  const top = await page.locator("h1").boundingBox();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setSafeAreaInsetsOverride", { insets: { top: 40, bottom: 34 } });
  await expect.poll(room).toBe(before + 34);
  await expect.poll(async () => (await page.locator("h1").boundingBox())?.y).toBe((top?.y ?? NaN) + 40);
});
