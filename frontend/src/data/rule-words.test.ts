import { afterEach, describe, expect, test } from "vitest";

import { setLanguage } from "@/i18n/i18n";
import type { DateSettings } from "@/lib/dates";

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

/** Rule, the day it counts from, in English (as the API says it), in German. */
const CASES: readonly [RuleFields, string, string, string][] = [
  [every("daily"), "2026-11-22", "every day", "jeden Tag"],
  [{ ...every("daily", 3), recurrence_count: 5 }, "2026-11-22", "every 3 days, 5 times", "alle 3 Tage, 5-mal"],
  [rule("FREQ=DAILY;COUNT=1"), "2026-11-22", "every day, once", "jeden Tag, einmal"],
  [rule("FREQ=HOURLY;INTERVAL=12"), "2026-11-22", "every 12 hours", "alle 12 Stunden"],
  [every("weekly"), "2026-11-22", "every week on Sunday", "jede Woche am Sonntag"],
  [every("weekly"), "2026-11-22T14:00", "every week on Sunday", "jede Woche am Sonntag"],
  // Monday in Berlin.
  [every("weekly"), "2026-11-22T23:30:00Z", "every week on Monday", "jede Woche am Montag"],
  [every("weekly", 1, ["MO", "TU", "WE", "TH", "FR"]), "2026-11-22", "every weekday", "von Montag bis Freitag"],
  [
    every("weekly", 2, ["MO", "TU", "WE", "TH", "FR"]),
    "2026-11-22",
    "every 2 weeks on Monday to Friday",
    "alle 2 Wochen von Montag bis Freitag",
  ],
  [
    { ...every("weekly", 2, ["MO", "WE"]), recurrence_until: "2026-12-31" },
    "2026-11-23",
    "every 2 weeks on Monday and Wednesday, until 31 December 2026",
    "alle 2 Wochen am Montag und Mittwoch, bis 31. Dezember 2026",
  ],
  [
    rule("FREQ=WEEKLY;BYDAY=MO;UNTIL=20261231T080000Z"),
    "2026-11-23",
    "every week on Monday, until 31 December 2026 09:00",
    "jede Woche am Montag, bis 31. Dezember 2026 09:00",
  ],
  [
    every("monthly"),
    "2026-01-31",
    "every month on the 31st, the last day in shorter months",
    "jeden Monat am 31., in kürzeren Monaten am letzten Tag",
  ],
  [
    {
      ...every("monthly"),
      recurrence_month_end: "skip",
      recurrence_mode: "completion",
      recurrence_exdates: ["2026-09-09"],
    },
    "2026-01-30",
    "every month on the 30th, not in shorter months, counted from completion, except 9 September 2026",
    "jeden Monat am 30., nicht in kürzeren Monaten, ab der Erledigung gezählt, außer am 9. September 2026",
  ],
  [every("monthly"), "2026-01-15", "every month on the 15th", "jeden Monat am 15."],
  [
    every("monthly", 1, ["1MO", "-1FR"]),
    "2026-01-15",
    "every month on the first Monday and the last Friday",
    "jeden Monat am ersten Montag und letzten Freitag",
  ],
  [every("monthly", 3, ["2TH"]), "2026-01-15", "every 3 months on the 2nd Thursday", "alle 3 Monate am 2. Donnerstag"],
  [rule("FREQ=MONTHLY;BYMONTHDAY=-1"), "2026-01-15", "every month on the last day", "jeden Monat am letzten Tag"],
  [
    rule("FREQ=MONTHLY;BYMONTHDAY=1,15,-2"),
    "2026-01-15",
    "every month on the 1st, the 15th and the 2nd to last day",
    "jeden Monat am 1., 15. und vorletzten Tag",
  ],
  [
    rule("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13"),
    "2026-01-15",
    "every month on the 13th if it is Friday",
    "jeden Monat am 13. (nur wenn das auf Freitag fällt)",
  ],
  [
    rule("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
    "2026-01-15",
    "every month on Monday to Friday, only the last of these",
    "jeden Monat von Montag bis Freitag, davon nur am letzten",
  ],
  [
    every("yearly"),
    "2024-02-29",
    "every year on 29 February, 28 February in other years",
    "jedes Jahr am 29. Februar, in anderen Jahren am 28. Februar",
  ],
  [every("yearly"), "2026-01-31", "every year on 31 January", "jedes Jahr am 31. Januar"],
  [
    rule("RRULE:FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=15"),
    "2026-01-15",
    "every year on the 15th in January and July",
    "jedes Jahr am 15. im Januar und Juli",
  ],
  [
    cron("30 8,17 * * MON-FRI"),
    "2026-01-15",
    "at 08:30 and 17:30 on Monday to Friday",
    "von Montag bis Freitag um 08:30 und 17:30",
  ],
  [cron("0 9 * * *"), "2026-01-15", "at 09:00 every day", "jeden Tag um 09:00"],
  [cron("*/15 * * * *"), "2026-01-15", "every 15 minutes", "alle 15 Minuten"],
  [cron("5 * * * *"), "2026-01-15", "every hour at minute 5", "jede Stunde zur Minute 5"],
  [cron("0 9 * * 0,3"), "2026-01-15", "at 09:00 on Wednesday and Sunday", "am Mittwoch und Sonntag um 09:00"],
  [
    cron("0 9 1 * 5"),
    "2026-01-15",
    "at 09:00 on the 1st of the month or on Friday",
    "am 1. des Monats oder am Freitag um 09:00",
  ],
  [
    cron("*/7 8-18 * * *"),
    "2026-01-15",
    "every 7 minutes from 08:00 to 18:59 every day",
    "jeden Tag alle 7 Minuten von 08:00 bis 18:59",
  ],
  [
    cron("*/30 8,12,16 * * 1"),
    "2026-01-15",
    "every 30 minutes in the hours 8, 12 and 16 on Monday",
    "am Montag alle 30 Minuten in den Stunden 8, 12 und 16",
  ],
  [cron("30 */2 * * *"), "2026-01-15", "every 2 hours at minute 30", "alle 2 Stunden zur Minute 30"],
  [
    cron("0,30 8-18 * * 1-5"),
    "2026-01-15",
    "every hour from 08:00 to 18:59 at minutes 0 and 30 on Monday to Friday",
    "von Montag bis Freitag jede Stunde von 08:00 bis 18:59 zu den Minuten 0 und 30",
  ],
  [
    cron("1 1 1-7 * */7"),
    "2026-01-15",
    "at 01:01 on the 1st to the 7th of the month if it is Sunday",
    "am 1. bis 7. des Monats (nur wenn das auf Sonntag fällt) um 01:01",
  ],
  [
    cron("0 0 1 1,6 *"),
    "2026-01-15",
    "at 00:00 on the 1st of the month in January and June",
    "am 1. des Monats im Januar und Juni um 00:00",
  ],
];

describe("a rule in words", () => {
  afterEach(() => setLanguage("en"));

  test.each(CASES)("%j from %s: %s", (fields, anchor, english) => {
    expect(ruleWords(fields, anchor, dates("en-GB"))).toBe(english);
  });

  test.each(CASES)("%j from %s in German", async (fields, anchor, _, german) => {
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
