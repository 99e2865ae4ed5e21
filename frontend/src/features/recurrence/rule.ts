// A rule as it is edited, from the API's fields and back. Simple cases first: what no preset says is custom, what no form can say is
// cron or a rule of RFC 5545.
import type { Task, TaskPatch } from "@/api/types";
import { weekdayOf } from "@/lib/dates";
import { WEEKDAYS } from "@/lib/rule-parts";

export type Unit = "daily" | "weekly" | "monthly" | "yearly";
export const UNITS: readonly Unit[] = ["daily", "weekly", "monthly", "yearly"];

export type Pattern =
  | { kind: "none" }
  | { kind: "plain"; unit: Unit; interval: number; days: readonly string[] }
  | { kind: "rule"; rule: string }
  | { kind: "cron"; cron: string };

export interface Rule {
  pattern: Pattern;
  mode: Task["recurrence_mode"];
  missed: Task["recurrence_missed"];
  monthEnd: Task["recurrence_month_end"];
  /** A day or moment, inclusive. */
  until: string | null;
  count: number | null;
}

export const LAST_DAY = "FREQ=MONTHLY;BYMONTHDAY=-1";

export function ruleOf(task: Task): Rule {
  return {
    pattern: patternOf(task),
    mode: task.recurrence_mode,
    missed: task.recurrence_missed,
    monthEnd: task.recurrence_month_end,
    until: task.recurrence_until,
    count: task.recurrence_count,
  };
}

function patternOf(task: Task): Pattern {
  if (!task.recurrence_enabled || task.recurrence_pattern === null) return { kind: "none" };
  if (task.recurrence_cron !== null) return { kind: "cron", cron: task.recurrence_cron };
  if (task.recurrence_rule !== null || task.recurrence_pattern === "custom") {
    return { kind: "rule", rule: task.recurrence_rule ?? "" };
  }
  return {
    kind: "plain",
    unit: task.recurrence_pattern,
    interval: task.recurrence_interval ?? 1,
    days: task.recurrence_days,
  };
}

/** All fields of the rule, so that nothing of the one before stays. */
export function patchOf({ pattern, mode, missed, monthEnd, until, count }: Rule): TaskPatch {
  const none = {
    recurrence_pattern: null,
    recurrence_interval: null,
    recurrence_days: [] as string[],
    recurrence_rule: null,
    recurrence_cron: null,
  };
  if (pattern.kind === "none") {
    return { ...none, recurrence_until: null, recurrence_count: null, recurrence_enabled: false };
  }
  const rest = {
    recurrence_enabled: true,
    recurrence_mode: mode,
    recurrence_missed: missed,
    recurrence_month_end: monthEnd,
    // The day of the end may still be missing while it is edited.
    recurrence_until: until === "" ? null : until,
    recurrence_count: count,
  };
  switch (pattern.kind) {
    case "plain":
      return {
        ...none,
        ...rest,
        recurrence_pattern: pattern.unit,
        recurrence_interval: pattern.interval,
        recurrence_days: [...pattern.days],
      };
    case "rule":
      return { ...none, ...rest, recurrence_pattern: "custom", recurrence_rule: pattern.rule };
    case "cron":
      return { ...none, ...rest, recurrence_pattern: "custom", recurrence_cron: pattern.cron };
  }
}

export type Preset =
  "none" | "daily" | "weekdays" | "weekly" | "biweekly" | "monthly" | "last-day" | "yearly" | "custom" | "cron";

const every = (unit: Unit, interval = 1, days: readonly string[] = []): Pattern => ({
  kind: "plain",
  unit,
  interval,
  days,
});

/** Those that are chosen by one press, simplest first. */
export const PRESETS: readonly (readonly [Preset, Pattern])[] = [
  ["none", { kind: "none" }],
  ["daily", every("daily")],
  ["weekdays", every("weekly", 1, ["MO", "TU", "WE", "TH", "FR"])],
  ["weekly", every("weekly")],
  ["biweekly", every("weekly", 2)],
  ["monthly", every("monthly")],
  ["last-day", { kind: "rule", rule: LAST_DAY }],
  ["yearly", every("yearly")],
];

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

export function presetOf(pattern: Pattern): Preset {
  const known = PRESETS.find(([, preset]) => same(preset, pattern));
  if (known !== undefined) return known[0];
  return pattern.kind === "plain" ? "custom" : "cron";
}

/** What a form of one's own begins with: what is there, as far as it can be said so. */
export function customFrom(pattern: Pattern): Pattern {
  return pattern.kind === "plain" ? pattern : every("weekly");
}

/** On which weekday, and which of its month, a day is: `3TH`; `-1TH` when it is the last. */
export function nthWeekday(day: string): { nth: string; last: string | null } {
  const weekday = WEEKDAYS[(weekdayOf(day) + 6) % 7] ?? "MO";
  const date = Number(day.slice(8, 10));
  const inMonth = new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)), 0)).getUTCDate();
  return {
    nth: `${Math.min(Math.ceil(date / 7), 4)}${weekday}`,
    last: date + 7 > inMonth ? `-1${weekday}` : null,
  };
}
