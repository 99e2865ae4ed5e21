import { day } from "../data";
import { dialogs, expect, expectAccessible, row, signIn, test } from "../fixtures";

test.use({ locale: "de-DE" });

test("a browser that speaks German gets German, dates included", async ({ page, person, api }) => {
  await api.create({ title: "Steuer", due_date: `${day(9)}T14:30`, priority: "high" });
  await page.goto("/sign-in");
  await expect(page.getByRole("button", { name: "Anmelden" })).toBeVisible();
  await signIn(page, person, "/inbox");
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  await expect(page.getByRole("heading", { level: 1, name: "Eingang" })).toBeVisible();
  const date = new Intl.DateTimeFormat("de-DE", { timeZone: "UTC", weekday: "short", day: "numeric", month: "short" });
  await expect(row(page, "Steuer")).toContainText(date.format(new Date(`${day(9)}T12:00:00Z`)));
  await expect(row(page, "Steuer")).toContainText("14:30");
  await expect(page.getByRole("status").filter({ hasText: "1 Aufgabe" })).toBeVisible();
  await expectAccessible(page, "the inbox in German");

  await page.keyboard.press("q");
  await expect(page.getByRole("dialog", { name: "Aufgabe hinzufügen" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.goto("/settings");
  await expect(page.getByRole("heading", { level: 1, name: "Einstellungen" })).toBeVisible();
  await expectAccessible(page, "the settings in German");
  // Chosen here, it holds against the browser's language.
  await page.getByRole("combobox", { name: "Sprache" }).selectOption("en");
  await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
});

test("a rule is told in German, in the details and while it is typed", async ({ page, person, api }) => {
  await api.create({ title: "Miete", due_date: "2027-01-31", recurrence_pattern: "monthly" });
  await signIn(page, person, "/inbox");
  await page.getByRole("button", { name: "Miete öffnen" }).click();
  await expect(
    dialogs(page).getByText("jeden Monat am 31., in kürzeren Monaten am letzten Tag", { exact: true }),
  ).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialogs(page)).toHaveCount(0);
  await page.keyboard.press("q");
  await dialogs(page).getByRole("textbox").first().fill("Blumen gießen alle 2 Wochen am Montag");
  const understood = dialogs(page).getByRole("list", { name: "Was verstanden wurde" });
  await expect(understood).toContainText("alle 2 Wochen am Montag");
  await dialogs(page).getByRole("textbox").first().fill("");
});
