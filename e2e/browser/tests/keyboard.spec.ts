import { addTask, dialogs, expect, row, signIn, test } from "../fixtures";

test("a day without a mouse", async ({ page, person, api }) => {
  await api.get("/api/me");
  await page.goto("/sign-in");
  await expect(page.getByRole("heading", { name: "Welcome back" })).toBeVisible();
  await page.keyboard.press("Tab");
  await page.keyboard.type(person.email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(person.password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/today");
  await expect(page.getByRole("heading", { level: 1, name: "Today" })).toBeVisible();

  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await page.waitForURL("**/inbox");
  for (const title of ["Alpha", "Beta", "Gamma"]) {
    await addTask(page, { title });
    await expect(row(page, title)).toBeVisible();
  }

  // Down the list; completing gives the focus to the next row.
  const titles = () => page.locator("[data-row]").allTextContents();
  const order = await titles();
  await page.keyboard.press("j");
  await expect(page.locator("[data-row]").first()).toBeFocused();
  await page.keyboard.press("d");
  await expect(page.locator("[data-row]")).toHaveCount(2);
  await expect(page.locator("[data-row]").first()).toBeFocused();
  await page.keyboard.press("Control+z");
  await expect(page.locator("[data-row]")).toHaveCount(3);
  expect(await titles()).toEqual(order);

  // Open, close: the focus is where it was.
  await page.locator("[data-row]").first().focus();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(dialogs(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialogs(page)).toHaveCount(0);
  await expect(page.locator("[data-row]").nth(1)).toBeFocused();
});

test("the palette goes, finds and does", async ({ page, person, api }) => {
  const task = await api.create({ title: "Renew the passport" });
  await signIn(page, person, "/today");
  const palette = page.getByRole("dialog", { name: "Go, find, do" });

  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "What do you want to do?" })).toBeFocused();
  await page.keyboard.type("compl");
  await expect(palette.getByRole("option", { name: /Completed/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/completed");
  await expect(palette).toBeHidden();

  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "What do you want to do?" })).toBeFocused();
  await page.keyboard.type("passp");
  await expect(palette.getByRole("option", { name: "Renew the passport" })).toBeVisible();
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/*task=${task.id}`);
  await expect(dialogs(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialogs(page)).toHaveCount(0);

  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "What do you want to do?" })).toBeFocused();
  await page.keyboard.type("add task");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Add task" }).getByRole("textbox").first()).toBeFocused();
  await page.keyboard.press("Escape");

  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "What do you want to do?" })).toBeFocused();
  await page.keyboard.type("theme dark");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("the sheet lists the keys, and none of them does anything while one types", async ({ page, person }) => {
  await signIn(page, person, "/inbox");
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Shortcuts" });
  await expect(sheet.getByText("Go, find, do")).toBeVisible();
  await expect(sheet.getByText("Add task")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();

  await page.keyboard.press("/");
  await page.keyboard.type("q?gtdjk");
  await expect(page.getByRole("searchbox")).toHaveValue("q?gtdjk");
  await expect(dialogs(page)).toHaveCount(0);
  await expect(page).toHaveURL(/\/inbox/);
  // This one has a modifier: it works from a field too.
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "What do you want to do?" })).toBeFocused();
  await expect(page.getByRole("dialog", { name: "Go, find, do" })).toBeVisible();
  await page.keyboard.type("q?");
  await expect(dialogs(page)).toHaveCount(1);
});
