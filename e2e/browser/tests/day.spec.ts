import { day, samples } from "../data";
import { addTask, anotherBrowser, dialogs, expect, row, signIn, test } from "../fixtures";

test("register, take the samples, and add ten real tasks", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("link", { name: "New here? Create an account" }).click();
  await page.getByLabel("Name").fill("Grace");
  await page.getByLabel("Email address").fill(`grace-${process.pid}@example.org`);
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Create account" }).click();

  await page.getByRole("button", { name: "Add the three samples" }).click();
  await expect(row(page, "Water the plants every 3 days")).toContainText("Every 3 days");
  await expect(page.getByRole("status").filter({ hasText: "3 tasks" })).toBeVisible();
  await expect(row(page, "Add a task in one line: press Q")).toContainText("High");
  await row(page, "Stand up and stretch").getByRole("button", { name: /^Open/ }).click();
  await expect(dialogs(page).getByLabel("Description")).toHaveValue(/It reminds you in two minutes/);
  await expect(dialogs(page).getByLabel("Remind at")).not.toHaveValue("");
  await page.keyboard.press("Escape");
  await expect(dialogs(page)).toHaveCount(0);

  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await expect(page.getByRole("heading", { name: "Inbox" })).toBeVisible();
  for (const { title, tags, priority } of samples(10)) {
    await addTask(page, { title, tags, priority });
    await expect(row(page, title).first()).toBeVisible();
  }
  await expect(page.getByRole("status").filter({ hasText: "13 tasks" })).toBeVisible();
});

test("filter, search, and the address that says both", async ({ page, person, api }) => {
  const tasks = samples(10);
  for (const task of tasks) await api.create({ ...task });
  await signIn(page, person, "/inbox");
  const high = tasks.filter(({ priority }) => priority === "high").length;
  await page.getByRole("combobox", { name: "Priority" }).selectOption("high");
  await expect(page).toHaveURL(/priority=high/);
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(high);

  const word =
    (tasks.find(({ priority }) => priority === "high")?.title ?? "").split(" ").find((w) => w.length > 6) ?? "";
  await page.keyboard.press("/");
  await page.keyboard.type(word);
  await expect(page).toHaveURL(/search=/);
  await expect(page.getByRole("main").getByRole("listitem").first()).toContainText(word);

  // The address alone brings the same list, and the way back clears it.
  await page.goto(page.url());
  await expect(page.getByRole("main").getByRole("listitem").first()).toContainText(word);
  await page.getByRole("searchbox").fill("nothing has this word zzz");
  await page.getByRole("button", { name: "Clear the filter" }).click();
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(10);
});

test("complete a recurring task and see the next", async ({ page, person, api }) => {
  await api.create({
    title: "Water the plants",
    due_date: day(0),
    recurrence_pattern: "daily",
    recurrence_interval: 2,
  });
  await signIn(page, person, "/inbox");
  await expect(row(page, "Water the plants")).toContainText("Today");
  await page.getByRole("checkbox", { name: "Complete: Water the plants" }).click();
  const next = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "short" }).format(
    new Date(`${day(2)}T12:00:00Z`),
  );
  await expect(row(page, "Water the plants").filter({ hasText: next })).toBeVisible();
  await page.goto("/completed");
  await expect(row(page, "Water the plants")).toHaveCount(1);
});

test("a reminder stays until it is snoozed, several are one stack, and the bell remembers", async ({
  page,
  person,
  api,
}) => {
  await signIn(page, person, "/inbox");
  const soon = new Date(Date.now() + 1_500).toISOString();
  await api.create({ title: "Call the dentist", reminder_at: soon });
  const stack = page.getByRole("region", { name: "Reminders" });
  await expect(stack.getByText("Call the dentist")).toBeVisible();
  // It does not go by itself, and not with the page.
  await page.reload();
  await expect(stack.getByText("Call the dentist")).toBeVisible();
  await expect(page.getByRole("button", { name: "Reminders, 1 waits" })).toBeVisible();

  await api.create({ title: "Take a break", reminder_at: new Date(Date.now() + 1_000).toISOString() });
  await expect(stack.getByRole("heading", { name: "2 reminders" })).toBeVisible();
  await stack.getByRole("button", { name: "Show all reminders" }).click();
  await expect(stack.getByRole("listitem")).toHaveCount(2);

  await stack.getByRole("button", { name: "Snooze: Call the dentist" }).click();
  await page.getByRole("menuitem", { name: /^10 minutes/ }).click();
  await expect(stack.getByText("Call the dentist")).toBeHidden();
  await stack.getByRole("button", { name: "Done: Take a break" }).click();
  await expect(stack).toBeHidden();
  await expect(row(page, "Take a break")).toHaveCount(0);

  await page.getByRole("button", { name: "Reminders", exact: true }).click();
  const bell = page.getByRole("dialog", { name: "Reminders" });
  await expect(bell.getByRole("listitem").filter({ hasText: "Call the dentist" })).toContainText("Snoozed until");
  await expect(bell.getByRole("listitem").filter({ hasText: "Take a break" })).toContainText("Seen.");
  await expect
    .poll(async () => (await api.get<{ items: { completed: boolean }[] }>("/api/tasks?status=completed")).items.length)
    .toBe(1);
});

test("a snoozed reminder comes again, and opening one shows its task", async ({ page, person, api }) => {
  await signIn(page, person, "/inbox");
  const task = await api.create({ title: "Call the bank", reminder_at: new Date(Date.now() + 1_000).toISOString() });
  const stack = page.getByRole("region", { name: "Reminders" });
  await expect(stack.getByText("Call the bank")).toBeVisible();
  const { items } = await api.get<{ items: { id: string }[] }>("/api/notifications");
  await api.post(`/api/notifications/${items[0]?.id}/snooze`, { until: new Date(Date.now() + 2_000).toISOString() });
  await expect(stack).toBeHidden();
  await expect(stack.getByText("Call the bank")).toBeVisible();
  await stack.getByRole("button", { name: "Open: Call the bank" }).click();
  await expect(page).toHaveURL(new RegExp(task.id));
  await expect(dialogs(page)).toBeVisible();
  await expect(stack).toBeHidden();
});

test("undo by key and by message; trash and back", async ({ page, person, api }) => {
  await api.create({ title: "Buy milk" });
  await api.create({ title: "Buy bread" });
  await signIn(page, person, "/inbox");
  await page.getByRole("checkbox", { name: "Complete: Buy milk" }).click();
  await expect(row(page, "Buy milk")).toHaveCount(0);
  await page.keyboard.press("Control+z");
  await expect(row(page, "Buy milk")).toBeVisible();

  await row(page, "Buy bread").hover();
  await page.getByRole("button", { name: "More for Buy bread" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(row(page, "Buy bread")).toHaveCount(0);
  await page.keyboard.press("g");
  await page.keyboard.press("x");
  await row(page, "Buy bread").hover();
  await page.getByRole("button", { name: "More for Buy bread" }).click();
  await page.getByRole("menuitem", { name: "Restore" }).click();
  await expect(row(page, "Buy bread")).toHaveCount(0);
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await expect(row(page, "Buy bread")).toBeVisible();
});

test("two browsers see each other's changes within two seconds, and keep their place", async ({
  page,
  person,
  api,
  browser,
  server,
  complaints,
}) => {
  await api.create({ title: "Shared" });
  for (const task of samples(5)) await api.create({ ...task });
  await signIn(page, person, "/inbox");
  const other = await anotherBrowser(browser, server.url, complaints);
  await signIn(other, person, "/inbox");
  await expect(row(other, "Shared")).toBeVisible();
  await other.getByRole("button", { name: "Open Shared" }).focus();

  const count = other.getByRole("main").getByRole("status").first();
  await expect(count).toHaveText("6 tasks");
  await addTask(page, { title: "From the first browser" });
  await expect(count).toHaveText("7 tasks", { timeout: 2_000 });
  await expect(other.getByRole("button", { name: "Open Shared" })).toBeFocused();
  await page.getByRole("checkbox", { name: "Complete: Shared" }).click();
  await expect(row(other, "Shared")).toHaveCount(0, { timeout: 2_000 });
  await other.context().close();
});

test("what is typed or pasted is kept as text", async ({ page, person }) => {
  await signIn(page, person, "/inbox");
  for (const title of [
    "<img src=x onerror=alert(1)><b>bold</b>",
    "שלום עולם 🇨🇭👩‍👩‍👧",
    "e\u0301te\u0301 — “quotes” & more",
  ]) {
    await addTask(page, { title });
    // The API keeps text composed.
    await expect(row(page, title.normalize("NFC"))).toBeVisible();
  }
});

test("all that is overdue goes to another day at once, and back", async ({ page, person, api }) => {
  for (const title of ["Tax", "Rent"]) await api.create({ title, due_date: day(-2), reminder_minutes_before: null });
  await signIn(page, person, "/today");
  await expect(page.getByRole("heading", { name: "Overdue" })).toBeVisible();
  await page.getByRole("button", { name: "Reschedule" }).click();
  await page.getByRole("menuitem", { name: "Tomorrow" }).click();
  await expect(page.getByRole("heading", { name: "Overdue" })).toHaveCount(0);
  const due = async () =>
    (await api.get<{ items: { due_date: string }[] }>("/api/tasks")).items.map((task) => task.due_date);
  await expect.poll(due).toEqual([day(1), day(1)]);
  await page.keyboard.press("Control+z");
  await expect.poll(due).toEqual([day(-2), day(-2)]);
});
