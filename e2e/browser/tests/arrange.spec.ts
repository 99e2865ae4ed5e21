import type { Locator, Page } from "@playwright/test";

import { day } from "../data";
import { expect, row, signIn, test } from "../fixtures";

/** By mouse, from the middle of one thing to a place in another: 0 is its top, 1 its foot. */
async function drag(page: Page, from: Locator, to: Locator, height: number, drop = true): Promise<void> {
  await from.hover();
  const end = await to.boundingBox();
  if (end === null) throw new Error("nowhere to drop it");
  await page.mouse.down();
  await page.mouse.move(end.x + end.width / 2, end.y + end.height * height, { steps: 6 });
  if (!drop) await page.keyboard.press("Escape");
  await page.mouse.up();
}

const handle = (page: Page, title: string) => row(page, title).getByTitle("Drag to move");
const titles = (page: Page) => page.locator("[data-row]").allTextContents();

async function choose(page: Page, title: string, entry: string): Promise<void> {
  await row(page, title).hover();
  await page.getByRole("button", { name: `More for ${title}` }).click();
  await page.getByRole("menuitem", { name: entry }).click();
  // It gives the focus back as it goes.
  await expect(page.getByRole("menu")).toHaveCount(0);
}

test("a list is put in order by hand: dragged, by the menu, by keys", async ({ page, person, api }) => {
  for (const title of ["Alpha", "Beta", "Gamma"]) await api.create({ title });
  await signIn(page, person, "/inbox");
  await expect.poll(() => titles(page)).toEqual(["Alpha", "Beta", "Gamma"]);
  await drag(page, handle(page, "Gamma"), row(page, "Alpha"), 0.2);
  await expect.poll(() => titles(page)).toEqual(["Gamma", "Alpha", "Beta"]);
  await drag(page, handle(page, "Gamma"), row(page, "Beta"), 0.9, false);
  await expect.poll(() => titles(page)).toEqual(["Gamma", "Alpha", "Beta"]);

  await choose(page, "Alpha", "Move down");
  await expect.poll(() => titles(page)).toEqual(["Gamma", "Beta", "Alpha"]);

  await page.getByRole("button", { name: "Open Beta" }).focus();
  const moved = page.waitForResponse("**/move");
  await page.keyboard.press("Control+Shift+ArrowUp");
  await expect.poll(() => titles(page)).toEqual(["Beta", "Gamma", "Alpha"]);
  await moved;
  await expect(page.getByRole("button", { name: "Open Beta" })).toBeFocused();
  await page.keyboard.press("Control+z");
  await expect.poll(() => titles(page)).toEqual(["Gamma", "Beta", "Alpha"]);
  await page.reload();
  await expect.poll(() => titles(page)).toEqual(["Gamma", "Beta", "Alpha"]);
});

test("a list in another order offers the order by hand to whoever drags in it", async ({ page, person, api }) => {
  for (const title of ["Beta", "Alpha"]) await api.create({ title });
  await signIn(page, person, "/inbox");
  await page.getByRole("combobox", { name: "Sort by" }).selectOption("Title");
  await expect.poll(() => titles(page)).toEqual(["Alpha", "Beta"]);
  await drag(page, handle(page, "Beta"), row(page, "Alpha"), 0.2);
  await page.getByRole("button", { name: "Order by hand" }).click();
  await expect(page).toHaveURL(/sort_by=position/);
  await expect.poll(() => titles(page)).toEqual(["Beta", "Alpha"]);
  await drag(page, handle(page, "Alpha"), row(page, "Beta"), 0.2);
  await expect.poll(() => titles(page)).toEqual(["Alpha", "Beta"]);
});

test("tasks go from day to day in a list: dragged, by keys, by the menu", async ({ page, person, api }) => {
  const task = await api.create({ title: "Report", due_date: `${day(1)}T17:30` });
  await api.create({ title: "Dentist", due_date: day(3) });
  const due = async () => (await api.get<{ due_date: string }>(`/api/tasks/${task.id}`)).due_date;
  await signIn(page, person, "/upcoming");
  await expect(row(page, "Dentist")).toBeVisible();
  await drag(page, handle(page, "Report"), row(page, "Dentist"), 0.5);
  await expect.poll(due).toBe(`${day(3)}T17:30`);
  await page.getByRole("button", { name: "Open Report" }).focus();
  await page.keyboard.press("Control+Shift+ArrowUp");
  await expect.poll(due).toBe(`${day(2)}T17:30`);
  await choose(page, "Report", "To tomorrow");
  await expect.poll(due).toBe(`${day(1)}T17:30`);
});

test("tasks go from day to day in the calendar: dragged, by keys, by their date", async ({ page, person, api }) => {
  // The week after this one, from its Monday.
  const weekday = (new Date(`${day(0)}T12:00:00Z`).getUTCDay() + 6) % 7;
  const monday = 7 - weekday;
  const task = await api.create({ title: "Report", due_date: `${day(monday)}T17:30` });
  const due = async () => (await api.get<{ due_date: string }>(`/api/tasks/${task.id}`)).due_date;
  await signIn(page, person, "/today");
  await page.goto(`/calendar?layout=week&day=${day(monday)}`);
  const cell = (offset: number) => page.locator(`[data-day="${day(monday + offset)}"]`);
  const entry = page.getByRole("button", { name: "Report" });
  await expect(cell(0).getByRole("button", { name: "Report" })).toBeVisible();
  await drag(page, entry, cell(2), 0.6, false);
  await drag(page, entry, cell(2), 0.6);
  await expect(cell(2).getByRole("button", { name: "Report" })).toBeVisible();
  await expect.poll(due).toBe(`${day(monday + 2)}T17:30`);

  await entry.focus();
  await page.keyboard.press("Control+Shift+ArrowRight");
  await expect.poll(due).toBe(`${day(monday + 3)}T17:30`);
  await expect(cell(3).getByRole("button", { name: "Report" })).toBeFocused();
  await page.keyboard.press("Control+Shift+ArrowDown");
  await expect.poll(due).toBe(`${day(monday + 10)}T17:30`);
  await expect(entry).toHaveCount(0);

  await page.getByRole("button", { name: "Later" }).click();
  await entry.click();
  await page
    .getByRole("dialog")
    .getByLabel("Due on")
    .fill(day(monday + 8));
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(cell(8).getByRole("button", { name: "Report" })).toBeVisible();
});

test("a row is edited where it stands", async ({ page, person, api }) => {
  const task = await api.create({ title: "Tea", due_date: day(4), priority: "low", reminder_minutes_before: null });
  await signIn(page, person, "/inbox");
  await page.getByRole("button", { name: "Open Tea" }).focus();
  await page.keyboard.press("e");
  await page.getByRole("textbox", { name: "Title" }).fill("  ");
  await expect(page.getByRole("alert").filter({ hasText: "Give the task a title." })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Open Tea" })).toBeFocused();
  await page.keyboard.press("e");
  await page.getByRole("textbox", { name: "Title" }).fill("Green tea");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Open Green tea" })).toBeFocused();
  await page.keyboard.press("l");
  await page.getByRole("combobox", { name: "Tags" }).last().fill("home, kitchen");
  await page.keyboard.press("Enter");
  await expect(row(page, "Green tea")).toContainText("#home#kitchen");
  await row(page, "Green tea")
    .getByRole("button", { name: /^Due .*Change$/ })
    .click();
  await page.getByRole("button", { name: "Tomorrow", exact: true }).click();
  await expect(row(page, "Green tea")).toContainText("Tomorrow");
  await row(page, "Green tea").getByRole("button", { name: "Priority Low. Change" }).click();
  await page.getByRole("group", { name: "Priority" }).getByRole("button", { name: "High" }).click();
  await expect
    .poll(() => api.get(`/api/tasks/${task.id}`))
    .toMatchObject({ title: "Green tea", tags: ["home", "kitchen"], due_date: day(1), priority: "high" });
});
