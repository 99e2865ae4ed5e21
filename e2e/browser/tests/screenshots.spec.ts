// The main views as pictures, for README and docs. `make screenshots` writes them to docs/screenshots; any other run only takes them.
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";

import type { Page } from "@playwright/test";

import type { Api } from "../api";
import { day } from "../data";
import { expect, row, signIn, test } from "../fixtures";

const FOLDER = join(
  import.meta.dirname,
  process.env["SCREENSHOTS"] === undefined ? "../test-results/screenshots" : "../../../docs/screenshots",
);
const MOST_BYTES = 150 * 1024;

async function fill(api: Api): Promise<void> {
  await api.patch("/api/me", { name: "Ada Lovelace" });
  const tasks: Record<string, unknown>[] = [
    { title: "Send the quarterly report", priority: "high", tags: ["work"], due_date: `${day(-1)}T17:00` },
    { title: "Renew the passport", priority: "high", tags: ["papers"], due_date: day(0) },
    { title: "Call the dentist", priority: "medium", tags: ["health"], due_date: `${day(0)}T23:00` },
    {
      title: "Water the plants",
      tags: ["home"],
      due_date: day(0),
      recurrence_pattern: "daily",
      recurrence_interval: 3,
    },
    { title: "Review Grace's pull request", priority: "medium", tags: ["work"], due_date: `${day(0)}T23:30` },
    { title: "Pay the rent", tags: ["home"], due_date: day(1), recurrence_pattern: "monthly" },
    { title: "Buy a present for Charles", tags: ["family"], priority: "low", due_date: day(2) },
    {
      title: "Team retrospective",
      tags: ["work"],
      due_date: `${day(3)}T14:00`,
      recurrence_pattern: "weekly",
      recurrence_interval: 2,
    },
    { title: "Book the train to Turin", tags: ["travel"], due_date: day(5) },
    { title: "Read “Sketch of the Analytical Engine” again", tags: ["reading"] },
  ];
  // What is due today would ring at once when its time of the day has passed.
  for (const task of tasks) await api.create({ reminder_minutes_before: null, ...task });
  const done = await api.create({ title: "Order new ink", tags: ["home"] });
  await api.patch(`/api/tasks/${done.id}`, { completed: true });
}

async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${name}.png`);
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => undefined))));
  await page.screenshot({ path, animations: "disabled", caret: "hide" });
  expect(statSync(path).size, `${name}.png`).toBeLessThan(MOST_BYTES);
}

test("light, dark, and on a phone", async ({ page, person, api, browser, server }) => {
  test.slow();
  await fill(api);
  await signIn(page, person, "/today");
  for (const view of ["today", "upcoming", "calendar", "settings"]) {
    await page.goto(`/${view}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("status", { name: "The list is loading" })).toHaveCount(0);
    // The tags are counted once the tasks are there; the settings have none.
    if (view !== "settings") await expect(page.getByRole("link", { name: "home", exact: true })).toBeVisible();
    await shoot(page, view);
  }
  await page.goto("/inbox");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.keyboard.press("q");
  const quickAdd = page.getByRole("dialog", { name: "Add task" });
  await quickAdd.getByRole("textbox").first().fill("Water the plants every 2 weeks on mon 9am #home !high");
  await expect(quickAdd.getByRole("list", { name: "What was understood" }).getByRole("listitem")).toHaveCount(4);
  await shoot(page, "quick-add");
  await quickAdd.getByRole("textbox").first().fill("");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Open Water the plants" }).click();
  await expect(page.getByRole("dialog").filter({ has: page.getByRole("textbox") })).toBeVisible();
  await shoot(page, "task");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "What do you want to do?" })).toBeFocused();
  await page.keyboard.type("pre");
  await expect(page.getByRole("option", { name: /Buy a present/ })).toBeVisible();
  await shoot(page, "palette");
  await page.keyboard.press("Escape");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto("/today");
  await api.create({ title: "Stretch for a minute", reminder_at: new Date(Date.now() + 500).toISOString() });
  await expect(page.getByRole("region", { name: "Reminders" })).toBeVisible();
  await shoot(page, "today-dark-reminder");
  await page.getByRole("button", { name: "Done: Stretch for a minute" }).click();
  await expect(page.getByRole("region", { name: "Reminders" })).toHaveCount(0);
  const phone = await browser.newContext({
    baseURL: server.url,
    storageState: await page.context().storageState(),
    colorScheme: "dark",
    locale: "en-GB",
    viewport: { width: 390, height: 844 },
    isMobile: true,
    hasTouch: true,
  });
  const small = await phone.newPage();
  await small.goto("/today");
  await expect(row(small, "Water the plants")).toContainText("Every 3 days");
  await shoot(small, "phone-dark");
  await phone.close();
});
