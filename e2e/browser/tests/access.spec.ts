import type { Locator } from "@playwright/test";

import { day, samples } from "../data";
import { dialogs, expect, expectAccessible, signIn, test } from "../fixtures";

const VIEWS = ["/today", "/inbox", "/upcoming", "/calendar", "/completed", "/trash", "/tag/fix", "/settings"];

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test("axe finds nothing in any view, with tasks and without", async ({ page, person, api }) => {
      test.slow();
      await page.goto("/register");
      await expectAccessible(page, "registering");
      await page.goto("/sign-in");
      await expectAccessible(page, "signing in");
      await signIn(page, person, "/today");
      await expect(page.getByRole("button", { name: "Add the three samples" })).toBeVisible();
      await expectAccessible(page, "the first run");
      for (const view of VIEWS.slice(1)) {
        await page.goto(view);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await expectAccessible(page, `${view}, empty`);
      }
      for (const [index, task] of samples(24).entries()) {
        const made = await api.create({ ...task, due_date: index % 3 === 0 ? null : day((index % 7) - 2) });
        if (index % 5 === 0) await api.patch(`/api/tasks/${made.id}`, { completed: true });
      }
      for (const view of VIEWS) {
        await page.goto(view);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await expect(page.getByRole("status", { name: "The list is loading" })).toHaveCount(0);
        await expectAccessible(page, view);
      }
    });

    test("axe finds nothing in what opens over a view", async ({ page, person, api }) => {
      // A day reminds by itself, at once when its time has passed: this one must not.
      await api.create({
        title: "Tea",
        tags: ["home"],
        priority: "high",
        due_date: day(0),
        reminder_minutes_before: null,
      });
      await api.create({ title: "Bell", reminder_at: new Date(Date.now() + 1_000).toISOString() });
      await signIn(page, person, "/inbox");
      await expect(page.getByRole("region", { name: "Reminders" })).toBeVisible();
      await expectAccessible(page, "a reminder");
      await page.getByRole("button", { name: /^Reminders, 1 waits/ }).click();
      await expectAccessible(page, "the bell");
      await page.keyboard.press("Escape");
      const overlays: [string, () => Promise<void>][] = [
        ["a new task", () => page.keyboard.press("q")],
        ["the palette", () => page.keyboard.press("Control+k")],
        ["the shortcuts", () => page.keyboard.press("?")],
        ["a task", () => page.getByRole("button", { name: "Open Tea" }).click()],
      ];
      for (const [what, open] of overlays) {
        await open();
        await expect(dialogs(page)).toBeVisible();
        await expectAccessible(page, what);
        await page.keyboard.press("Escape");
        await expect(dialogs(page)).toHaveCount(0);
      }
      await page.getByRole("button", { name: /^Account of/ }).click();
      await expect(page.getByRole("menu")).toBeVisible();
      await expectAccessible(page, "the menu of the account");
    });
  });
}

test("200 % zoom: nothing is cut off, nothing has to be scrolled sideways", async ({ page, person, api }) => {
  await api.create({
    title: "A title that is long enough to need more than one line of a narrow page ".repeat(3),
    due_date: day(0),
  });
  await page.setViewportSize({ width: 640, height: 400 });
  await signIn(page, person, "/today");
  for (const view of VIEWS) {
    await page.goto(view);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), view).toBeLessThanOrEqual(0);
  }
  await page.goto("/inbox");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.keyboard.press("q");
  await dialogs(page).getByRole("button", { name: "Add task" }).scrollIntoViewIfNeeded();
  await expect(dialogs(page).getByRole("button", { name: "Add task" })).toBeInViewport();
});

test("with reduced motion nothing moves", async ({ page, person }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await signIn(page, person, "/inbox");
  await page.keyboard.press("q");
  const seconds = await page
    .getByRole("dialog")
    .evaluate((dialog) => Number.parseFloat(getComputedStyle(dialog).transitionDuration));
  expect(seconds).toBeLessThan(0.001);
});

test("what opens over a view moves nothing of it, also beside scroll bars that take room", async ({
  playwright,
  launchOptions,
  server,
  person,
  api,
}) => {
  const browser = await playwright.chromium.launch({ ...launchOptions, ignoreDefaultArgs: ["--hide-scrollbars"] });
  const page = await browser.newPage({ baseURL: server.url, locale: "en-GB", viewport: { width: 1280, height: 800 } });
  const place = () => page.locator("h1").boundingBox();
  const opens: [() => Promise<void>, Locator][] = [
    [() => page.keyboard.press("q"), dialogs(page)],
    [() => page.getByRole("button", { name: /^Account of/ }).click(), page.getByRole("menu")],
    [() => page.getByRole("button", { name: "Reminders", exact: true }).click(), dialogs(page)],
  ];
  await signIn(page, person, "/inbox");
  for (const tasks of [0, 40]) {
    for (const task of samples(tasks)) await api.create({ ...task });
    await page.goto(tasks === 0 ? "/completed" : "/inbox");
    await expect(page.getByRole("status").filter({ hasText: `${tasks} task` })).toBeVisible();
    const before = await place();
    for (const [open, what] of opens) {
      await open();
      await expect(what).toBeVisible();
      expect(await place(), `${tasks} tasks`).toEqual(before);
      await page.keyboard.press("Escape");
      await expect(what).toHaveCount(0);
    }
  }
  await browser.close();
});
