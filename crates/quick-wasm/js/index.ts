// The parser of quick add, typed. Copied beside the generated module by `make quick-wasm`; load it when quick add is first used:
//
//   import { loadQuick } from "./generated";
//   const parse = await loadQuick();
//   parse("Call Ada tomorrow 9am", { now: new Date().toISOString(), time_zone: "Europe/Berlin", literal: [] });
import init, { parseJson } from "./quick.js";

/** What a text is read by. */
export interface QuickOptions {
  /** RFC 3339. */
  now: string;
  /** Of the person: a name of the IANA time zone database. */
  time_zone: string;
  /** Phrases, as they stand in the text, that are title. */
  literal: string[];
  /** `monday` when not given. */
  week_start?: "monday" | "saturday" | "sunday";
  /** Both when not given. */
  language?: "en" | "de" | null;
}

/** A part of the text that was understood. */
export interface QuickSpan {
  /** In UTF-16 code units, as string indexes are. */
  start: number;
  /** Exclusive. */
  end: number;
  kind: "tag" | "priority" | "date" | "time" | "recurrence" | "reminder" | "quoted";
  /** As it stands in the text: what `literal` takes to refuse it. */
  text: string;
  /** The tag, the priority's word, a day (`2026-11-22`) or wall time, a time (`09:00`), the rule in words, minutes before, the title text. */
  meaning: string;
}

/** A rule that the task would break. */
export interface QuickError {
  field: string;
  code: string;
  message: string;
}

/** The task as POST /api/tasks/quick would make it; the fields are those of the API. */
export interface QuickResult {
  title: string;
  tags: string[];
  priority: "high" | "medium" | "low" | "none";
  due_date: string | null;
  /** Only when the text says something of a reminder. */
  reminder_minutes_before?: number;
  /** Only when the text says something of a reminder. */
  reminder_days_before?: number;
  recurrence_pattern: "daily" | "weekly" | "monthly" | "yearly" | "custom" | null;
  recurrence_interval: number | null;
  recurrence_days: string[];
  recurrence_rule: string | null;
  recurrence_cron: string | null;
  recurrence_mode: "schedule" | "completion";
  recurrence_missed: "future" | "next";
  recurrence_month_end: "clamp" | "skip";
  recurrence_until: string | null;
  recurrence_count: number | null;
  recurrence_exdates: string[];
  recurrence_enabled: boolean;
  /** The rule in words. */
  words: string | null;
  /** The five due dates after its own. */
  next: string[];
  /** In the order of the text. */
  spans: QuickSpan[];
  errors: QuickError[];
}

/** Reads a text; throws an Error that names the option when one is wrong. */
export type QuickParse = (text: string, options: QuickOptions) => QuickResult;

const parse: QuickParse = (text, { now, time_zone, literal, week_start, language }) =>
  JSON.parse(parseJson(text, Date.parse(now), time_zone, literal, week_start ?? "", language ?? "")) as QuickResult;

let loading: Promise<QuickParse> | undefined;

/** Fetches the module once. A failure is not kept: the next call tries again. */
export function loadQuick(): Promise<QuickParse> {
  loading ??= init().then(
    () => parse,
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}
