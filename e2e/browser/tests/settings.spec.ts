import { expect, row, signIn, test } from "../fixtures";

test("what is chosen holds after a reload and on another device", async ({ page, api, person }) => {
  await api.create({ title: "Tea", due_date: new Date(Date.now() + 864e5).toISOString().slice(0, 10) + "T16:30" });
  await signIn(page, person, "/settings");
  await page.getByRole("combobox", { name: "Theme" }).selectOption("dark");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.getByRole("combobox", { name: "Clock" }).selectOption("h12");
  await page.getByRole("combobox", { name: "The week begins on" }).selectOption("sunday");
  await page.getByRole("textbox", { name: "Name" }).fill("Ada Lovelace");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Account of Ada Lovelace" }).first()).toBeVisible();
  await expect
    .poll(async () => api.get("/api/me"))
    .toMatchObject({
      theme: "dark",
      hour_cycle: "h12",
      week_start: "sunday",
      name: "Ada Lovelace",
    });

  await page.goto("/inbox");
  await expect(row(page, "Tea")).toContainText(/4:30\s?pm/i);
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");

  // Elsewhere it is changed again; this page follows when it is looked at.
  await api.patch("/api/me", { theme: "light", language: "de" });
  await expect(async () => {
    await page.evaluate(() => window.dispatchEvent(new Event("focus")));
    await expect(page.getByRole("heading", { name: "Eingang" })).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
});

test("what the API refuses stands beside its field, and the text stays", async ({ page, api, person, complaints }) => {
  await signIn(page, person, "/settings");
  await page.getByRole("textbox", { name: "Name" }).fill("x".repeat(201));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Name" })).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByRole("textbox", { name: "Name" })).toHaveValue("x".repeat(201));
  expect(await api.get("/api/me")).toMatchObject({ name: "Ada" });
  // The browser itself reports each answer of 422.
  complaints.length = 0;
});

test("the account is deleted with its password only, and then nobody is signed in", async ({
  page,
  api,
  person,
  complaints,
}) => {
  await api.create({ title: "Tea" });
  await signIn(page, person, "/settings");
  await page.getByRole("button", { name: "Delete account…" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete your account?" });
  await dialog.getByLabel("Password").fill("wrong password");
  await dialog.getByRole("button", { name: "Delete everything" }).click();
  await expect(dialog.getByText("That is not the password of this account.")).toBeVisible();
  await dialog.getByLabel("Password").fill(person.password);
  await dialog.getByRole("button", { name: "Delete everything" }).click();
  await page.waitForURL(/\/sign-in/);
  await expect(api.get("/api/me")).rejects.toThrow("401");
  await page.goto("/today");
  await page.waitForURL(/\/sign-in/);
  complaints.length = 0;
});

test("signing out leaves nothing behind in the browser", async ({ page, person, api }) => {
  await api.create({ title: "Secret plan" });
  await signIn(page, person, "/inbox");
  await expect(row(page, "Secret plan")).toBeVisible();
  await expect.poll(() => page.evaluate(() => caches.keys())).toContain("spindle-lists");
  await page.goto("/settings");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(/\/sign-in/);
  await expect.poll(() => page.evaluate(() => caches.keys())).not.toContain("spindle-lists");
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain("Ada");
});
