import { expect, test } from "vitest";

import de from "./de/catalogue";
import first from "./en/catalogue";
import later from "./en/later";
import { setLanguage, t, withWords } from "./i18n";
import { fill, type Message } from "./message";

const en = { ...first, ...later };
const holes = (message: Message) =>
  [
    ...new Set((typeof message === "string" ? message : message.one + message.other).match(/\{\w+\}/g) ?? []),
  ].toSorted();

test("both languages fill the same holes", () => {
  for (const key of Object.keys(en) as (keyof typeof en)[]) {
    expect([key, holes(de[key])]).toEqual([key, holes(en[key])]);
  }
});

test("a key stands in one file only: of two, the later would win without a word", () => {
  const files = import.meta.glob<Readonly<Record<string, Message>>>("./en/*.ts", { eager: true, import: "default" });
  const parts = Object.entries(files).filter(([path]) => !/(catalogue|later)\.ts$/.test(path));
  const keys = parts.flatMap(([, words]) => Object.keys(words));
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});

test("plural and numbers follow the language", () => {
  const count = { one: "{count} task", other: "{count} tasks" };
  expect(fill(count, "en", { count: 1 })).toBe("1 task");
  expect(fill(count, "en", { count: 10_000 })).toBe("10,000 tasks");
  expect(fill(count, "de", { count: 10_000 })).toBe("10.000 tasks");
});

test("text that is filled in is never read as a hole", () => {
  expect(fill("{a} {b}", "en", { a: "{b}", b: "x" })).toBe("{b} x");
});

test("another language is there at once", async () => {
  await setLanguage("de");
  expect(t("view.today")).toBe("Heute");
  await setLanguage("en");
  expect(t("view.today")).toBe("Today");
});

test("words that are loaded later are there with what needs them", async () => {
  await withWords(Promise.resolve());
  expect(t("quick.empty")).toBe("Write what is to be done.");
});
