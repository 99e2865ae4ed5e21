import type { Page } from "@playwright/test";

import type { Api } from "../api";
import { dialogs, expect, paste, row, signIn, test } from "../fixtures";

const total = async (api: Api) => (await api.get<{ total: number }>("/api/tasks")).total;

/** The server does what the next request of this kind asks for, and its answer is lost on the way. */
async function loseAnswer(page: Page, url: string, method: string): Promise<void> {
  await page.route(
    url,
    async (route) => {
      if (route.request().method() !== method) return route.fallback();
      await route.fetch();
      await route.abort("connectionreset");
    },
    { times: 1 },
  );
}

test("pressed twice is done once", async ({ page, person, api }) => {
  await signIn(page, person, "/inbox");
  await page.keyboard.press("q");
  await dialogs(page).getByRole("textbox").first().fill("Buy milk");
  await dialogs(page).getByRole("button", { name: "Add task" }).dblclick();
  await expect(row(page, "Buy milk")).toHaveCount(1);
  await expect(dialogs(page)).toHaveCount(0);
  expect(await total(api)).toBe(1);

  await page.keyboard.press("q");
  await dialogs(page).getByRole("button", { name: "All fields" }).click();
  await dialogs(page).getByLabel("Title").fill("Buy bread");
  await dialogs(page).getByRole("button", { name: "Add task" }).dblclick();
  await expect(row(page, "Buy bread")).toHaveCount(1);
  expect(await total(api)).toBe(2);

  const { items } = await api.get<{ items: { id: string; title: string; version: number }[] }>("/api/tasks");
  const milk = items.find(({ title }) => title === "Buy milk");
  await page.getByRole("button", { name: "Open Buy milk" }).focus();
  await page.keyboard.press("1");
  await page.keyboard.press("1");
  await expect(row(page, "Buy milk")).toContainText("High");
  expect(await api.get(`/api/tasks/${milk?.id}`)).toMatchObject({ version: (milk?.version ?? 0) + 1 });
});

test("sent again after its answer was lost, a line makes one task", async ({ page, person, api, complaints }) => {
  await signIn(page, person, "/inbox");
  await loseAnswer(page, "**/api/tasks/quick", "POST");
  await page.keyboard.press("q");
  const line = dialogs(page).getByRole("textbox").first();
  await line.fill("Buy milk #shop");
  await page.keyboard.press("Enter");
  await expect(dialogs(page).getByRole("alert")).toContainText("No connection to Spindle");
  await expect(line).toHaveValue("Buy milk #shop");
  await page.keyboard.press("Enter");
  await expect(dialogs(page)).toHaveCount(0);
  await expect(row(page, "Buy milk")).toHaveCount(1);
  expect(await total(api)).toBe(1);
  complaints.length = 0;
});

test("a lost connection loses nothing that was typed: in the details, in a row, in a line", async ({
  page,
  person,
  api,
  context,
  complaints,
}) => {
  const task = await api.create({ title: "Tea" });
  await signIn(page, person, "/inbox");
  await page.getByRole("button", { name: "Open Tea" }).click();
  const description = dialogs(page).getByLabel("Description");
  await description.fill("Two minutes, not more");
  await context.setOffline(true);
  await dialogs(page).getByRole("button", { name: "Save" }).click();
  await expect(dialogs(page).getByRole("alert")).toContainText("No connection to Spindle");
  await expect(description).toHaveValue("Two minutes, not more");
  await context.setOffline(false);
  await dialogs(page).getByRole("button", { name: "Save" }).click();
  await expect(dialogs(page)).toHaveCount(0);

  await context.setOffline(true);
  await page.getByRole("button", { name: "Open Tea" }).focus();
  await page.keyboard.press("e");
  await page.getByRole("textbox", { name: "Title" }).fill("Green tea");
  await page.keyboard.press("Enter");
  const bar = page.getByRole("status").filter({ hasText: "1 change waits: Tea" });
  await expect(bar).toBeVisible();
  await context.setOffline(false);
  await bar.getByRole("button", { name: "Make them now" }).click();
  await expect(row(page, "Green tea")).toBeVisible();
  expect(await api.get(`/api/tasks/${task.id}`)).toMatchObject({
    title: "Green tea",
    description: "Two minutes, not more",
  });

  // A line that is not sent yet outlives the page.
  await page.keyboard.press("q");
  await dialogs(page).getByRole("textbox").first().fill("Half a thought");
  await page.reload();
  await expect(row(page, "Green tea")).toBeVisible();
  await page.keyboard.press("q");
  await expect(dialogs(page).getByRole("textbox").first()).toHaveValue("Half a thought");
  complaints.length = 0;
});

test("what is refused is taken back, with the reason and another try", async ({ page, person, api, complaints }) => {
  await api.create({ title: "Tea" });
  await signIn(page, person, "/inbox");
  await page.route(
    "**/api/tasks/*",
    (route) => (route.request().method() === "PATCH" ? route.fulfill({ status: 503 }) : route.fallback()),
    { times: 1 },
  );
  await page.getByRole("checkbox", { name: "Complete: Tea" }).click();
  // To those who hear the page it is an alert; its buttons are theirs once the focus is there (F6).
  const message = page.locator("[role=alertdialog]").filter({ hasText: "“Tea” was not changed" });
  await expect(message).toBeVisible();
  await expect(row(page, "Tea")).toBeVisible();
  await message.getByRole("button", { name: "Try again", includeHidden: true }).click();
  await expect(row(page, "Tea")).toHaveCount(0);
  complaints.length = 0;
});

test("pasted text: a few lines are tasks, very many are refused, one line stays text", async ({
  page,
  person,
  api,
}) => {
  await signIn(page, person, "/inbox");
  const line = dialogs(page).getByRole("textbox").first();
  await page.keyboard.press("q");
  await expect(line).toBeFocused();
  await paste(page, Array.from({ length: 10_000 }, (_, number) => `line ${number}`).join("\n"));
  await expect(dialogs(page).getByRole("alert")).toHaveText(/^At most 500 at once/);
  await expect(dialogs(page).getByRole("button", { name: "Add 10,000 tasks" })).toBeDisabled();
  await dialogs(page).getByRole("button", { name: "As one line" }).click();
  await expect(line).toHaveValue(/^line 0 line 1 .* line 9999$/);
  await dialogs(page).getByRole("button", { name: "Add task" }).click();
  await expect(dialogs(page).getByRole("alert")).toContainText("At most 2,000 characters");
  await expect(line).toHaveValue(/ line 9999$/);

  await line.fill("");
  await paste(page, "<b>one</b>\nשתיים\n\n  three #numbers  \n");
  await expect(dialogs(page).getByText("3 tasks?")).toBeVisible();
  await dialogs(page).getByRole("button", { name: "Add 3 tasks" }).click();
  await expect(dialogs(page)).toHaveCount(0);
  for (const title of ["<b>one</b>", "שתיים", "three"]) await expect(row(page, title)).toBeVisible();
  expect(await total(api)).toBe(3);

  await page.keyboard.press("q");
  await expect(line).toBeFocused();
  await paste(page, "<img src=x onerror=alert(1)> \u202Eright to left");
  await expect(line).toHaveValue("<img src=x onerror=alert(1)> \u202Eright to left");
});
