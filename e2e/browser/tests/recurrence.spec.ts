import type { Page } from "@playwright/test";

import type { Task } from "../api";
import { dialogs, expect, signIn, test } from "../fixtures";

/** The rule in words, and the dates below it. */
function said(page: Page) {
  const dialog = dialogs(page);
  return {
    words: (text: string) => expect(dialog.getByText(text, { exact: true })).toBeVisible(),
    dates: (first: string) =>
      expect(dialog.getByRole("list").filter({ hasText: first }).getByRole("listitem").first()).toHaveText(first),
    count: (count: number) => expect(dialog.getByRole("listitem")).toHaveCount(count),
  };
}

test("a rule is made by preset, of one's own, and by cron, always in words and with its next dates", async ({
  page,
  person,
  api,
}) => {
  const task = await api.create({ title: "Rent", due_date: "2027-01-31" });
  await signIn(page, person, "/inbox");
  await page.getByRole("button", { name: "Open Rent" }).click();
  const dialog = dialogs(page);
  const { words, dates, count } = said(page);
  const preset = dialog.getByRole("combobox", { name: "Repeat" });

  await preset.selectOption("Every month on this day");
  await words("every month on the 31st, the last day in shorter months");
  await dates("Sunday, 28 February 2027");
  await count(5);
  await preset.selectOption("Every weekday (Monday to Friday)");
  await words("every weekday");
  await dates("Monday, 1 February 2027");

  await preset.selectOption("Custom…");
  await dialog.getByRole("spinbutton", { name: "Every" }).fill("2");
  await dialog.getByRole("combobox", { name: "Unit" }).selectOption("weeks");
  await dialog.getByRole("button", { name: "Monday" }).click();
  await dialog.getByRole("button", { name: "Thursday" }).click();
  await words("every 2 weeks on Monday and Thursday");
  await count(5);
  await dialog.getByText("When late, and when it ends").click();
  await dialog.getByRole("combobox", { name: "Ends" }).selectOption("After some times");
  await dialog.getByRole("spinbutton", { name: "How many times" }).fill("3");
  await words("every 2 weeks on Monday and Thursday, 3 times");
  await expect(dialog.getByText("Then it ends.")).toBeVisible();
  await dialog.getByRole("combobox", { name: "Ends" }).selectOption("Never");

  await preset.selectOption("Cron or RRULE…");
  const expert = dialog.getByRole("textbox", { name: "Cron or RRULE" });
  await expert.fill("30 8 * * 1-5");
  await words("at 08:30 on Monday to Friday");
  await dates("Monday, 1 February 2027, 08:30");
  await expert.fill("FREQ=MONTHLY;BYDAY=2TU");
  await words("every month on the 2nd Tuesday");
  await dates("Tuesday, 9 February 2027");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
  expect(await api.get(`/api/tasks/${task.id}`)).toMatchObject({
    recurrence_pattern: "custom",
    recurrence_rule: "FREQ=MONTHLY;BYDAY=2TU",
  });

  await page.getByRole("button", { name: "Open Rent" }).click();
  await words("every month on the 2nd Tuesday");
  await preset.selectOption("Does not repeat");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
  expect(await api.get(`/api/tasks/${task.id}`)).toMatchObject({ recurrence_enabled: false });
});

test("what is wrong with a rule stands below it", async ({ page, person, api, complaints }) => {
  await api.create({ title: "Rent", due_date: "2027-01-31" });
  await signIn(page, person, "/inbox");
  await page.getByRole("button", { name: "Open Rent" }).click();
  await dialogs(page).getByRole("combobox", { name: "Repeat" }).selectOption("Cron or RRULE…");
  const expert = dialogs(page).getByRole("textbox", { name: "Cron or RRULE" });
  await expert.fill("0 25 * * *");
  await expect(dialogs(page).getByRole("alert")).toBeVisible();
  await dialogs(page).getByRole("button", { name: "Save" }).click();
  await expect(expert).toHaveValue("0 25 * * *");
  await expert.fill("0 23 * * *");
  await said(page).words("at 23:00 every day");
  // The browser itself reports each answer of 422.
  complaints.length = 0;
});

test("a series of the 31st stays one, and the calendar draws it", async ({ page, person, api }) => {
  const first = await api.create({ title: "Rent", due_date: "2027-01-31", recurrence_pattern: "monthly" });
  await api.patch(`/api/tasks/${first.id}`, { completed: true });
  const open = async () => (await api.get<{ items: Task[] }>("/api/tasks?status=pending")).items;
  await expect.poll(async () => (await open()).map(({ due_date }) => due_date)).toEqual(["2027-02-28"]);
  await signIn(page, person, "/inbox");
  await page.getByRole("button", { name: "Open Rent" }).click();
  await said(page).words("every month on the 31st, the last day in shorter months");
  await said(page).dates("Wednesday, 31 March 2027");
  await page.goto("/calendar?day=2027-03-15");
  const drawn = page.getByRole("button", { name: "Rent, repeats on this day" });
  await expect(page.locator('[data-day="2027-03-31"]').getByRole("button", { name: /^Rent, repeats/ })).toBeVisible();
  await drawn.first().click();
  await expect(dialogs(page).getByLabel("Due on")).toHaveValue("2027-02-28");
});
