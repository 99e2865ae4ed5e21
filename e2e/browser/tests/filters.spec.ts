import { expect, row, signIn, test } from "../fixtures";

test("a filter is saved, opened by its address, renamed and deleted", async ({ page, person, api, complaints }) => {
  await api.create({ title: "Tax", priority: "high", tags: ["papers"] });
  await api.create({ title: "Tea", priority: "low" });
  await signIn(page, person, "/inbox");
  await page.getByRole("combobox", { name: "Priority" }).selectOption("High");
  await page.getByRole("button", { name: "Save filter" }).click();
  const popover = page.getByRole("dialog", { name: "Save filter" });
  await popover.getByRole("button", { name: "Save" }).click();
  await expect(popover.getByText("Give the filter a name.")).toBeVisible();
  await popover.getByLabel("Name of the filter").fill("Urgent");
  await page.keyboard.press("Enter");
  await expect(popover).toBeHidden();

  const navigation = page.getByRole("navigation", { name: "Views" });
  await navigation.getByRole("link", { name: "Urgent" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Urgent" })).toBeVisible();
  await expect(row(page, "Tax")).toBeVisible();
  await expect(row(page, "Tea")).toHaveCount(0);
  const address = page.url();
  await page.goto("/today");
  await page.goto(address);
  await expect(row(page, "Tax")).toBeVisible();
  await expect(row(page, "Tea")).toHaveCount(0);

  await page.getByRole("button", { name: "More for Urgent" }).click();
  await page.getByRole("menuitem", { name: "Rename filter" }).click();
  await page.getByLabel("Name of the filter").fill("Now");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Now" })).toBeVisible();
  await expect(navigation.getByRole("link", { name: "Now" })).toBeVisible();

  // A name is taken once.
  await page.goto("/inbox?priority=low");
  await page.getByRole("button", { name: "Save filter" }).click();
  await popover.getByLabel("Name of the filter").fill("now");
  await page.keyboard.press("Enter");
  await expect(popover.getByLabel("Name of the filter")).toHaveAttribute("aria-invalid", "true");
  await page.keyboard.press("Escape");

  await page.goto(address);
  await page.getByRole("button", { name: "More for Now" }).click();
  await page.getByRole("menuitem", { name: "Delete filter" }).click();
  await page.waitForURL("**/inbox");
  await expect(navigation.getByRole("link", { name: "Now" })).toHaveCount(0);
  await page.keyboard.press("Control+z");
  await expect(navigation.getByRole("link", { name: "Now" })).toBeVisible();
  // The browser itself reports the answer of 409.
  complaints.length = 0;
});

test("all tags stand in the navigation, also of tasks that are in no list yet", async ({ page, person, api }) => {
  for (let number = 0; number < 25; number += 1) {
    await api.create({ title: `Task ${number}`, tags: [`tag ${number}`, "all"] });
  }
  await signIn(page, person, "/settings");
  const navigation = page.getByRole("navigation", { name: "Views" });
  await expect(navigation.getByRole("link", { name: "all", exact: true })).toBeVisible();
  await navigation.getByRole("button", { name: "All 26 tags" }).click();
  await expect(navigation.getByRole("link", { name: /^(tag \d+|all)$/ })).toHaveCount(26);
  await api.create({ title: "Elsewhere", tags: ["brand new"] });
  await expect(navigation.getByRole("link", { name: "brand new" })).toBeVisible();
  await navigation.getByRole("link", { name: "brand new" }).click();
  await expect(row(page, "Elsewhere")).toBeVisible();
});
