// A rule taken apart, from any of the three ways in which the API has it: what its words are made of. Only what can be read for certain
// is; the API says what is wrong with the rest.
import { type Day, weekdayOf } from "./dates";

export type Frequency = "minutely" | "hourly" | "daily" | "weekly" | "monthly" | "yearly";

/** Weekdays count from Monday, months from 1; days and positions below 0 count from the end. */
export interface CalendarRule {
  kind: "calendar";
  frequency: Frequency;
  interval: number;
  weekdays: readonly number[];
  numbered: readonly { nth: number; weekday: number }[];
  monthDays: readonly number[];
  months: readonly number[];
  positions: readonly number[];
  count: number | null;
  until: string | null;
}

export interface CronField {
  values: readonly number[];
  /** All of them. */
  all: boolean;
  /** Written with a star: then the two fields of days narrow each other, else either will do. */
  star: boolean;
  /** Of a step over all: 15 of every 15th, 1 of all. */
  step: number | null;
}

export interface CronRule {
  kind: "cron";
  minute: CronField;
  hour: CronField;
  day: CronField;
  month: CronField;
  weekday: CronField;
}

/** As in the API, from Monday. */
export const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const;
const FREQUENCIES: readonly Frequency[] = ["minutely", "hourly", "daily", "weekly", "monthly", "yearly"];

const ascending = (values: Iterable<number>) => [...new Set(values)].toSorted((a, b) => a - b);

/** Whole numbers of a list within ±`most`, without 0. */
function numbers(text: string, most: number): number[] | null {
  const found = text.split(",").map((part) => (/^[+-]?\d+$/.test(part) ? Number(part) : 0));
  return found.some((number) => number === 0 || Math.abs(number) > most) ? null : ascending(found);
}

function weekdaysOf(parts: readonly string[]): Pick<CalendarRule, "weekdays" | "numbered"> | null {
  const weekdays: number[] = [];
  const numbered: { nth: number; weekday: number }[] = [];
  for (const part of parts) {
    const match = /^([+-]?\d+)?([A-Z]{2})$/.exec(part.trim().toUpperCase());
    const weekday = WEEKDAYS.findIndex((name) => name === match?.[2]);
    if (weekday < 0) return null;
    if (match?.[1] === undefined) weekdays.push(weekday);
    else numbered.push({ nth: Number(match[1]), weekday });
  }
  return { weekdays: ascending(weekdays), numbered };
}

/** The first and the last of numbers that follow one another. */
export function runOf(numbers: readonly number[]): { first: number; last: number } | null {
  const [first, last] = [numbers.at(0), numbers.at(-1)];
  return first !== undefined && last !== undefined && last - first + 1 === numbers.length ? { first, last } : null;
}

const EMPTY = { weekdays: [], numbered: [], monthDays: [], months: [], positions: [], count: null, until: null };

export function plainRule(pattern: string, interval: number, days: readonly string[]): CalendarRule | null {
  const frequency = FREQUENCIES.find((each) => each === pattern);
  const named = weekdaysOf(days);
  return frequency === undefined || named === null
    ? null
    : { ...EMPTY, kind: "calendar", frequency, interval, ...named };
}

/** `20261231T090000Z` as the API writes due dates. */
function untilOf(text: string): string | null {
  const match = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$/.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, utc] = match;
  return `${year}-${month}-${day}${hour === undefined ? "" : `T${hour}:${minute}:${second}${utc}`}`;
}

/** The subset of RFC 5545 that the API takes. */
export function readRrule(text: string): CalendarRule | null {
  const rule: CalendarRule = { ...EMPTY, kind: "calendar", frequency: "daily", interval: 1 };
  const wrong = text
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, "")
    .split(";")
    .some((part) => !readPart(rule, part));
  return wrong || !/FREQ=/i.test(text) ? null : rule;
}

function readPart(rule: CalendarRule, part: string): boolean {
  const [name, value = ""] = part.split("=");
  const put = <Name extends keyof CalendarRule>(field: Name, read: CalendarRule[Name] | null | undefined): boolean => {
    if (read === null || read === undefined) return false;
    rule[field] = read;
    return true;
  };
  const count = /^[1-9]\d*$/.test(value) ? Number(value) : null;
  switch (name) {
    case "FREQ":
      return put(
        "frequency",
        FREQUENCIES.find((each) => each === value.toLowerCase()),
      );
    case "INTERVAL":
      return put("interval", count);
    case "BYDAY": {
      const named = weekdaysOf(value.split(","));
      if (named !== null) Object.assign(rule, named);
      return named !== null;
    }
    case "BYMONTHDAY":
      return put("monthDays", numbers(value, 31));
    case "BYMONTH": {
      const months = numbers(value, 12);
      return months?.every((month) => month > 0) === true && put("months", months);
    }
    case "BYSETPOS":
      return put("positions", numbers(value, 366));
    case "WKST":
      return true;
    case "COUNT":
      return put("count", count);
    case "UNTIL":
      return put("until", untilOf(value));
    default:
      return false;
  }
}

const CRON_WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const CRON_MONTHS = ["", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

function cronField(text: string, least: number, most: number, names: readonly string[] = []): CronField | null {
  const value = (word: string): number => {
    const named = word === "" ? -1 : names.indexOf(word.toUpperCase());
    return named >= 0 ? named : /^\d+$/.test(word) ? Number(word) : NaN;
  };
  const values: number[] = [];
  for (const part of text.split(",")) {
    const [range = "", every] = part.split("/");
    const [from = "", to] = range.split("-");
    const step = every === undefined ? 1 : value(every);
    const first = range === "*" ? least : value(from);
    const last = range === "*" || (to === undefined && every !== undefined) ? most : value(to ?? from);
    if (!(first >= least && last <= most && first <= last && step >= 1)) return null;
    for (let each = first; each <= last; each += step) values.push(each);
  }
  const step = text === "*" ? "1" : /^\*\/(\d+)$/.exec(text)?.[1];
  return {
    values: ascending(values),
    all: text === "*",
    star: text.startsWith("*"),
    step: step === undefined ? null : Number(step),
  };
}

export function readCron(text: string): CronRule | null {
  const fields = text.trim().split(/\s+/);
  const [minute, hour, day, month, weekday] = [
    cronField(fields[0] ?? "", 0, 59),
    cronField(fields[1] ?? "", 0, 23),
    cronField(fields[2] ?? "", 1, 31),
    cronField(fields[3] ?? "", 1, 12, CRON_MONTHS),
    cronField(fields[4] ?? "", 0, 7, CRON_WEEKDAYS),
  ];
  if (fields.length !== 5 || minute === null || hour === null || day === null || month === null || weekday === null)
    return null;
  // 0 and 7 are Sunday; from Monday here.
  const fromMonday = { ...weekday, values: ascending(weekday.values.map((each) => (each + 6) % 7)) };
  return { kind: "cron", minute, hour, day, month, weekday: fromMonday };
}

/** The day that a rule counts from, where it names none itself. */
export interface Anchor {
  month: number;
  day: number;
  weekday: number;
}

export function anchorOf(day: Day): Anchor {
  return { month: Number(day.slice(5, 7)), day: Number(day.slice(8, 10)), weekday: (weekdayOf(day) + 6) % 7 };
}

const SHORTEST = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const shortestMonth = (month: number) => SHORTEST[month - 1] ?? 31;

/** Whether it names no day, so that the month's day is the anchor's. */
export function isByAnchor(rule: CalendarRule): boolean {
  return rule.weekdays.length + rule.numbered.length + rule.monthDays.length === 0;
}

/** Whether it names a day that some of its months lack. */
export function hasShortMonths(rule: CalendarRule, anchor: Anchor | null): boolean {
  const byAnchor = (rule.frequency === "monthly" || rule.frequency === "yearly") && isByAnchor(rule);
  const last = byAnchor ? (anchor?.day ?? 31) : Math.max(0, ...rule.monthDays);
  const months =
    rule.months.length > 0
      ? rule.months
      : byAnchor && rule.frequency === "yearly" && anchor !== null
        ? [anchor.month]
        : [2];
  return months.some((month) => shortestMonth(month) < last);
}
