import { anotherBrowser, expect, row, signIn, test } from "../fixtures";
import { Proxy } from "../proxy";

/** Waits until the page is kept by its service worker. */
async function kept(page: import("@playwright/test").Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await expect.poll(() => page.evaluate(() => caches.keys())).toContain("spindle-lists");
}

test("the server stops and comes back: nothing typed is lost, nothing is done behind one's back", async ({
  page,
  person,
  api,
  server,
  complaints,
}) => {
  await api.create({ title: "Milk" });
  await api.create({ title: "Bread" });
  await signIn(page, person, "/inbox");
  await expect(row(page, "Milk")).toBeVisible();
  await kept(page);
  await page.keyboard.press("q");
  const dialog = page.getByRole("dialog", { name: "Add task" });
  await dialog.getByRole("textbox").first().fill("A long thought that must not be lost");

  await server.kill();
  await expect(page.getByText("Spindle cannot be reached.", { exact: false }).first()).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("alert")).toContainText("No connection to Spindle");
  await expect(dialog.getByRole("textbox").first()).toHaveValue("A long thought that must not be lost");

  await server.restart();
  await expect(page.getByText("Spindle cannot be reached.", { exact: false })).toHaveCount(0, { timeout: 15_000 });
  await dialog.getByRole("textbox").first().press("Enter");
  await expect(dialog).toBeHidden();
  await expect(row(page, "A long thought that must not be lost")).toBeVisible();
  complaints.length = 0;
});

test("a change that was refused waits in the bar, and is made when one says so", async ({
  page,
  person,
  api,
  server,
  complaints,
}) => {
  await api.create({ title: "Milk" });
  await signIn(page, person, "/inbox");
  await expect(row(page, "Milk")).toBeVisible();
  await server.kill();
  await page.getByRole("checkbox", { name: "Complete: Milk" }).click();
  const bar = page.getByRole("status").filter({ hasText: "1 change waits: Milk" });
  await expect(bar).toBeVisible();
  await expect(row(page, "Milk")).toBeVisible();
  await server.restart();
  await expect(bar.getByText("Spindle is back.")).toBeVisible({ timeout: 15_000 });
  await bar.getByRole("button", { name: "Make them now" }).click();
  await expect(row(page, "Milk")).toHaveCount(0);
  await expect(bar).toHaveCount(0);
  complaints.length = 0;
});

test("without the server the page opens and the last lists can be read; with it the session goes on", async ({
  page,
  person,
  api,
  server,
  complaints,
}) => {
  await api.create({ title: "Read me on the train" });
  await signIn(page, person, "/inbox");
  await expect(row(page, "Read me on the train")).toBeVisible();
  await kept(page);
  await server.kill();
  await page.reload();
  await expect(row(page, "Read me on the train")).toBeVisible();
  await expect(page.getByText("Spindle cannot be reached.", { exact: false }).first()).toBeVisible();
  // A list that was never seen says so, and offers another try.
  await page.goto("/trash");
  await expect(page.getByRole("button", { name: "Try again" })).toBeVisible({ timeout: 20_000 });

  await server.restart();
  await page.goto("/inbox");
  await api.create({ title: "Written while you were away" });
  await expect(row(page, "Written while you were away")).toBeVisible({ timeout: 15_000 });
  complaints.length = 0;
});

test("the page can be installed", async ({ page, person, api }) => {
  await api.get("/api/me");
  await signIn(page, person, "/today");
  const href = await page.locator('link[rel="manifest"]').getAttribute("href");
  const response = await page.request.get(href ?? "");
  expect(response.headers()["content-type"]).toContain("application/manifest+json");
  const manifest = (await response.json()) as { icons: { src: string; sizes: string }[]; start_url: string };
  for (const icon of manifest.icons) expect((await page.request.get(icon.src)).ok(), icon.src).toBe(true);
  expect(manifest.icons.map(({ sizes }) => sizes)).toEqual(expect.arrayContaining(["192x192", "512x512"]));
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  // Nothing of the API is kept by the worker.
  const kept = await page.evaluate(async () => {
    const urls: string[] = [];
    for (const name of await caches.keys()) {
      for (const request of await (await caches.open(name)).keys()) urls.push(new URL(request.url).pathname);
    }
    return urls;
  });
  expect(kept).toContain("/index.html");
  expect(kept.filter((path) => path.startsWith("/api"))).toEqual([]);
});

test("a newer build is offered, and taken when one says so", async ({ browser, server, person, complaints }) => {
  const proxy = await Proxy.before(server.url);
  const page = await anotherBrowser(browser, proxy.url, complaints);
  await signIn(page, person, "/inbox");
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
  const offer = page.getByRole("status").filter({ hasText: "A newer version of Spindle is ready." });
  proxy.newer = "\n// newer\n";
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await expect(offer).toBeVisible();
  const loaded = page.waitForEvent("load");
  await offer.getByRole("button", { name: "Load it" }).click();
  await loaded;
  await expect(page.getByRole("heading", { level: 1, name: "Inbox" })).toBeVisible();
  await expect(offer).toHaveCount(0);
  await page.context().close();
  proxy.close();
});
