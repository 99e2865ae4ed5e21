import { expect, row, signIn, test } from "../fixtures";

test("a session goes on without being noticed: renewed before it ends, and when it was refused", async ({
  page,
  person,
  api,
  complaints,
}) => {
  await page.clock.install();
  await signIn(page, person, "/inbox");
  const renewed = page.waitForResponse("**/api/auth/refresh");
  await page.clock.fastForward("14:30");
  expect((await renewed).status()).toBe(200);
  await api.create({ title: "Tea" });
  await expect(row(page, "Tea")).toBeVisible();

  // A token that is refused all the same is changed for a new one, and what was asked is asked again.
  await page.route("**/api/tasks/*", (route) => route.fulfill({ status: 401 }), { times: 1 });
  const again = page.waitForResponse("**/api/auth/refresh");
  await page.getByRole("checkbox", { name: "Complete: Tea" }).click();
  expect((await again).status()).toBe(200);
  await expect(row(page, "Tea")).toHaveCount(0);
  await expect(page).toHaveURL(/\/inbox/);
  await expect.poll(async () => (await api.get<{ total: number }>("/api/tasks?status=completed")).total).toBe(1);
  // The browser itself reports each answer of 401.
  complaints.length = 0;
});

test("two tabs have one session: signed out in one is signed out in the other", async ({ page, person, context }) => {
  await signIn(page, person, "/settings");
  const other = await context.newPage();
  await other.goto("/inbox");
  await expect(other.getByRole("heading", { level: 1, name: "Inbox" })).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(/\/sign-in/);
  await other.waitForURL(/\/sign-in/);
});

test("the desktop shows a reminder when that is allowed and the page is not looked at", async ({
  page,
  person,
  api,
}) => {
  // The browser's own permission and what has the focus are its user's; here nobody can press its buttons.
  await page.addInitScript(() => {
    const shown: string[] = [];
    class Shown extends EventTarget {
      static readonly permission = "granted";
      constructor(title: string, { body = "" }: NotificationOptions = {}) {
        super();
        shown.push(`${title}: ${body}`);
      }
      close() {}
    }
    Object.assign(window, { shown, Notification: Shown });
    document.hasFocus = () => false;
  });
  await signIn(page, person, "/settings");
  await expect(page.getByText("Reminders also come on your desktop")).toBeVisible();
  await api.create({ title: "Stretch", reminder_at: new Date(Date.now() + 500).toISOString() });
  await expect(page.getByRole("region", { name: "Reminders" })).toBeVisible();
  await expect
    .poll(() => page.evaluate(() => (window as unknown as { shown: string[] }).shown))
    .toEqual([expect.stringMatching(/^Stretch: ./)]);
});
