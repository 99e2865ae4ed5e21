import { afterEach, expect, test } from "vitest";

import { setLanguage, t, withWords } from "@/i18n/i18n";
import type { DateSettings } from "@/lib/dates";

import { rangText } from "./reminder-text";

const dates = (locale: string): DateSettings => ({
  locale,
  zone: "Europe/Berlin",
  hourCycle: "h23",
  now: new Date("2026-11-26T12:00:00Z"),
});
const rang = (late_seconds: number, fire_at = "2026-11-26T08:00:00Z") => ({ fire_at, late_seconds });

afterEach(() => setLanguage("en"));

test("a reminder that came late says by how much, one that was in time does not", async () => {
  await withWords(Promise.resolve());
  expect(rangText(rang(59), dates("en-GB"), t)).toBe("Reminder of 09:00");
  expect(rangText(rang(240), dates("en-GB"), t)).toMatch(/^Reminder of 09:00, late by 4 min/);
  expect(rangText(rang(240, "2026-11-25T08:00:00Z"), dates("en-GB"), t)).toMatch(/25 Nov.*09:00, late by 4 min/);
});

test("in German too", async () => {
  await setLanguage("de");
  expect(rangText(rang(240), dates("de-DE"), t)).toMatch(/09:00.*4 Min/);
});
