import type { Page } from "@playwright/test";

import type { Api } from "../api";
import { dialogs, expect, paste, row, signIn, test } from "../fixtures";

async function open(page: Page, title: string): Promise<void> {
  await page.getByRole("button", { name: `Open ${title}` }).click();
  await expect(dialogs(page).getByLabel("Title")).toHaveValue(title);
}

const save = (page: Page) => dialogs(page).getByRole("button", { name: "Save" }).click();

test("two who change the same: both versions are shown, and one is chosen", async ({
  page,
  person,
  api,
  complaints,
}) => {
  const task = await api.create({ title: "Tea" });
  await signIn(page, person, "/inbox");
  await open(page, "Tea");
  await dialogs(page).getByLabel("Title").fill("Green tea");
  await api.patch(`/api/tasks/${task.id}`, { title: "Black tea" });
  await save(page);
  const versions = dialogs(page).getByRole("region", { name: "Two versions" });
  await expect(versions.getByRole("row", { name: "Title" }).getByRole("cell")).toHaveText(["Green tea", "Black tea"]);
  await expect(dialogs(page).getByRole("alert")).toContainText("changed elsewhere");
  await versions.getByRole("button", { name: "Take the other version" }).click();
  await expect(dialogs(page).getByLabel("Title")).toHaveValue("Black tea");

  await dialogs(page).getByLabel("Title").fill("White tea");
  await api.patch(`/api/tasks/${task.id}`, { title: "Red tea" });
  await save(page);
  await expect(versions.getByRole("cell")).toHaveText(["White tea", "Red tea"]);
  await versions.getByRole("button", { name: "Keep mine" }).click();
  await expect(dialogs(page)).toHaveCount(0);
  await expect(row(page, "White tea")).toBeVisible();
  expect(await api.get(`/api/tasks/${task.id}`)).toMatchObject({ title: "White tea" });
  // The browser itself reports each answer of 412.
  complaints.length = 0;
});

test("two who change different things: both changes stay", async ({ page, person, api, complaints }) => {
  const task = await api.create({ title: "Tea" });
  await signIn(page, person, "/inbox");
  await open(page, "Tea");
  await dialogs(page).getByLabel("Description").fill("Two minutes");
  await api.patch(`/api/tasks/${task.id}`, { priority: "high" });
  await save(page);
  await expect(dialogs(page)).toHaveCount(0);
  expect(await api.get(`/api/tasks/${task.id}`)).toMatchObject({ description: "Two minutes", priority: "high" });
  complaints.length = 0;
});

/** The log is written a moment after the change. */
async function logged(api: Api, id: string, entries: number): Promise<void> {
  await expect.poll(async () => (await api.get<{ total: number }>(`/api/tasks/${id}/activity`)).total).toBe(entries);
}

test("the activity says who did what, and takes it back", async ({ page, person, api }) => {
  const task = await api.create({ title: "Tea", priority: "low" });
  await api.patch(`/api/tasks/${task.id}`, { title: "Green tea", priority: "high" });
  await logged(api, task.id, 2);
  await signIn(page, person, "/inbox");
  await open(page, "Green tea");
  await dialogs(page).getByRole("tab", { name: "Activity" }).click();
  const entries = dialogs(page).getByRole("list").first().locator("> li");
  await expect(entries).toHaveCount(2);
  await expect(entries.first()).toContainText("You changed it");
  await expect(entries.first()).toContainText("Title: Tea → Green tea");
  await expect(entries.first()).toContainText("Priority: Low → High");
  await expect(entries.last()).toContainText("You made the task");
  await entries.first().getByRole("button", { name: "Undo: changed it" }).click();
  await expect.poll(() => api.get(`/api/tasks/${task.id}`)).toMatchObject({ title: "Tea", priority: "low" });
  await expect(page.getByText("Undone", { exact: true })).toBeVisible();

  await page.keyboard.press("Escape");
  await api.patch(`/api/tasks/${task.id}`, { completed: true });
  await logged(api, task.id, 4);
  await page.goto("/completed");
  await open(page, "Tea");
  await dialogs(page).getByRole("tab", { name: "Activity" }).click();
  await dialogs(page).getByRole("button", { name: "Undo: completed it" }).click();
  await expect.poll(() => api.get(`/api/tasks/${task.id}`)).toMatchObject({ completed: false });
});

test("what breaks a rule is refused beside its field, and nothing typed is lost", async ({ page, person, api }) => {
  await api.create({ title: "Tea" });
  await signIn(page, person, "/inbox");
  await open(page, "Tea");
  const [title, description, tags] = ["Title", "Description", "Tags"].map((name) =>
    dialogs(page).getByLabel(name, { exact: true }),
  );
  if (title === undefined || description === undefined || tags === undefined) throw new Error("no fields");
  const lines = Array.from({ length: 10_000 }, (_, line) => `line ${line}`).join("\n");
  await title.fill("x".repeat(501));
  await description.focus();
  await paste(page, lines);
  await tags.fill("y".repeat(65));
  await save(page);
  for (const field of [title, description]) await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(dialogs(page).getByText("A description has at most 16,000 characters.")).toBeVisible();
  await expect(description).toHaveValue(lines);
  await title.fill("<script>alert(1)</script>");
  await description.fill("<b>שלום</b>\n👩‍👩‍👧");
  await tags.fill("<i>home</i>");
  await save(page);
  await expect(dialogs(page)).toHaveCount(0);
  await expect(row(page, "<script>alert(1)</script>")).toContainText("#<i>home</i>");
  const [task] = (await api.get<{ items: { description: string }[] }>("/api/tasks")).items;
  expect(task?.description).toBe("<b>שלום</b>\n👩‍👩‍👧");
});
