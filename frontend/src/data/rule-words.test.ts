import { afterEach, describe, expect, test } from "vitest";

import { setLanguage } from "@/i18n/i18n";
import type { DateSettings } from "@/lib/dates";

// oxlint-disable-next-line no-restricted-imports -- the list is the API's, which is outside of the front end
import vectors from "../../../crates/domain/tests/vectors/rule-words.json";
import { type RuleFields, ruleWords } from "./rule-words";

const dates = (locale: string): DateSettings => ({
  locale,
  zone: "Europe/Berlin",
  hourCycle: "h23",
  now: new Date("2026-11-22T08:00:00Z"),
});
const every = (
  recurrence_pattern: RuleFields["recurrence_pattern"],
  recurrence_interval = 1,
  recurrence_days: string[] = [],
): RuleFields => ({ recurrence_pattern, recurrence_interval, recurrence_days });
const rule = (recurrence_rule: string): RuleFields => ({ recurrence_pattern: "custom", recurrence_rule });
const cron = (recurrence_cron: string): RuleFields => ({ recurrence_pattern: "custom", recurrence_cron });

interface Case {
  rule: string;
  anchor: string;
  month_end?: "skip";
  mode?: "completion";
  exdates?: string[];
  en: string;
  de: string;
}

/** What the API's own words are held to, with German beside English. */
const CASES = (vectors as Case[]).map(
  ({ rule: text, anchor, en, de, ...how }): [RuleFields, string, string, string] => [
    {
      ...(text.startsWith("FREQ=") ? rule(text) : cron(text)),
      recurrence_month_end: how.month_end,
      recurrence_mode: how.mode,
      recurrence_exdates: how.exdates,
    },
    anchor,
    en,
    de,
  ],
);

/** What only a page knows: its person's zone and the plain fields of a task. */
const OWN_CASES: readonly [RuleFields, string, string, string][] = [
  // Monday in Berlin.
  [every("weekly"), "2026-11-22T23:30:00Z", "every week on Monday", "jede Woche am Montag"],
  [
    rule("FREQ=WEEKLY;BYDAY=MO;UNTIL=20261231T080000Z"),
    "2026-11-23",
    "every week on Monday, until 31 December 2026 09:00",
    "jede Woche am Montag, bis 31. Dezember 2026 09:00",
  ],
  [
    { ...every("weekly", 2, ["MO", "WE"]), recurrence_until: "2026-12-31" },
    "2026-11-23",
    "every 2 weeks on Monday and Wednesday, until 31 December 2026",
    "alle 2 Wochen am Montag und Mittwoch, bis 31. Dezember 2026",
  ],
  [
    every("monthly", 1, ["1MO", "-1FR"]),
    "2026-01-15",
    "every month on the first Monday and the last Friday",
    "jeden Monat am ersten Montag und letzten Freitag",
  ],
  [{ ...every("daily", 3), recurrence_count: 5 }, "2026-11-22", "every 3 days, 5 times", "alle 3 Tage, 5-mal"],
  [
    rule("RRULE:FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=15"),
    "2026-01-15",
    "every year on the 15th in January and July",
    "jedes Jahr am 15. im Januar und Juli",
  ],
];

describe("a rule in words", () => {
  afterEach(() => setLanguage("en"));

  test.each([...CASES, ...OWN_CASES])("%j from %s: %s", (fields, anchor, english) => {
    expect(ruleWords(fields, anchor, dates("en-GB"))).toBe(english);
  });

  test.each([...CASES, ...OWN_CASES])("%j from %s in German", async (fields, anchor, _, german) => {
    await setLanguage("de");
    expect(ruleWords(fields, anchor, dates("de-DE"))).toBe(german);
  });

  test.each([
    every(null),
    rule("FREQ=MONTHLY;BYWEEKNO=3"),
    rule("FREQ=DAILY;INTERVAL=0"),
    rule("every full moon"),
    cron("0 9 * *"),
    cron("0 25 * * *"),
  ])("%j is left to the API", (fields) => {
    expect(ruleWords(fields, "2026-01-15", dates("en-GB"))).toBeNull();
  });

  test("without a date the rule says no day", () => {
    expect(ruleWords(every("weekly"), null, dates("en-GB"))).toBe("every week");
  });
});
