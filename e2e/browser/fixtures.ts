import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { type Browser, test as base, expect, type Page } from "@playwright/test";

import { Api } from "./api";
import { Server } from "./server";

export { expect };

export interface Person {
  email: string;
  password: string;
}

interface Fixtures {
  registered: { person: Person; api: Api };
  /** A person of this test alone, who exists already. */
  person: Person;
  api: Api;
  /** Complaints of the page. Checked to be none at the end of each test; a test that provokes some empties the list. */
  complaints: string[];
}

let number = 0;

export const test = base.extend<Fixtures, { server: Server }>({
  server: [
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.remove();
    },
    { scope: "worker", timeout: 200_000 },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  registered: async ({ server }, use) => {
    number += 1;
    const person = { email: `ada${process.pid}-${number}@example.org`, password: "correct horse battery" };
    await use({ person, api: await Api.register(server.url, person) });
  },
  person: async ({ registered }, use) => use(registered.person),
  api: async ({ registered }, use) => use(registered.api),
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      listen(page, complaints);
      await use(complaints);
      expect(complaints, "errors on the page's console").toEqual([]);
    },
    { auto: true },
  ],
});

export function listen(page: Page, complaints: string[]): void {
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`${message.text()} (${message.location().url})`);
  });
}

/** Signs in by the form and waits for the first view. */
export async function signIn(page: Page, person: Person, path = "/today"): Promise<void> {
  await page.goto(`/sign-in?next=${encodeURIComponent(path)}`);
  await page.getByRole("textbox", { name: /^Email|^E-Mail/ }).fill(person.email);
  await page.locator("input[type=password]").fill(person.password);
  await page.locator("form button[type=submit]").click();
  await page.waitForURL(`**${path}`);
  // The form has a heading too, and stays until the view is there.
  await page.locator("#main").getByRole("heading", { level: 1 }).waitFor();
}

/** Another browser, with nothing of the first. */
export async function anotherBrowser(browser: Browser, baseURL: string, complaints: string[]): Promise<Page> {
  const page = await (await browser.newContext({ baseURL })).newPage();
  listen(page, complaints);
  return page;
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** No finding of weight, by the rules of WCAG 2.2 AA and those that axe calls good practice. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  // What comes in by a transition is judged when it is there.
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => undefined))));
  // By the debugger, since the page's policy forbids any script but its own.
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    // A menu is part of no landmark for the same reason as a dialog: it lies over the page, and its button owns it.
    const regionMatcher = "dialog, [role=dialog], [role=alertdialog], [role=menu], svg";
    axe.configure({ checks: [{ id: "region", options: { regionMatcher } }] });
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    // Off by default: what is seen has to be part of what is said, or nobody can press it by voice.
    const rules = { "label-content-name-mismatch": { enabled: true } };
    return (await axe.run({ runOnly: { type: "tag", values: tags }, rules })).violations;
  });
  const found = violations
    .filter(({ impact }) => impact !== "minor")
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
  expect(found, `axe on ${what}`).toEqual([]);
}

/** What has opened over the page; messages at its foot, which are dialogs to those who hear the page, are not meant. */
export function dialogs(page: Page) {
  return page.locator("[role=dialog]:not([data-type])");
}

/** The row of a task. */
export function row(page: Page, title: string) {
  return page.getByRole("listitem").filter({ has: page.locator("[data-row]", { hasText: title }) });
}

/** Pastes text where the focus is, through the clipboard. */
export async function paste(page: Page, text: string): Promise<void> {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.evaluate((what) => navigator.clipboard.writeText(what), text);
  await page.keyboard.press("Control+v");
}

/** Adds a task by the line of quick add. */
export async function addTask(
  page: Page,
  task: { title: string; tags?: readonly string[]; priority?: string; due?: string },
): Promise<void> {
  await page.keyboard.press("q");
  const dialog = dialogs(page);
  await expect(dialog).toBeVisible();
  // Quotes keep the title as it is, whatever words are in it.
  const parts = [
    `"${task.title.replaceAll('"', "'")}"`,
    ...(task.tags ?? []).map((tag) => (tag.includes(" ") ? `#"${tag}"` : `#${tag}`)),
    ...(task.priority === undefined ? [] : [`!${task.priority}`]),
    ...(task.due === undefined ? [] : [task.due]),
  ];
  await dialog.getByRole("textbox").first().fill(parts.join(" "));
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
}
