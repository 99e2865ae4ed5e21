// A rule in words of the page's language, as the API says it in English: from the fields of a task, saved or not.
import type { Task } from "@/api/types";
import { t } from "@/i18n/i18n";
import { type DateSettings, type Day, dayIn, formatTime, weekdayName } from "@/lib/dates";
import {
  type Anchor,
  anchorOf,
  type CalendarRule,
  type CronRule,
  hasShortMonths,
  isByAnchor,
  plainRule,
  readCron,
  readRrule,
  runOf,
} from "@/lib/rule-parts";

type Fields = Pick<
  Task,
  | "recurrence_pattern"
  | "recurrence_interval"
  | "recurrence_days"
  | "recurrence_rule"
  | "recurrence_cron"
  | "recurrence_mode"
  | "recurrence_month_end"
  | "recurrence_until"
  | "recurrence_count"
  | "recurrence_exdates"
>;
/** What is left out, or null, is as the API takes it. */
export type RuleFields = { [Name in keyof Fields]?: Fields[Name] | null | undefined };

/** Times of day are named one by one up to so many. */
const MOST_TIMES = 6;
const WORKING_DAYS = "0,1,2,3,4";

/** Null when it cannot be said: then the API's own words stand. `anchor` is the due date from which it counts. */
export function ruleWords(fields: RuleFields, anchor: string | null, dates: DateSettings): string | null {
  const say = new Words(dates);
  const { recurrence_pattern: pattern, recurrence_rule: rule, recurrence_cron: cron } = fields;
  if (cron != null) {
    const parts = readCron(cron);
    return parts && [say.cron(parts), ...say.end(fields, null)].join("");
  }
  const parts =
    rule != null
      ? readRrule(rule)
      : pattern == null
        ? null
        : plainRule(pattern, fields.recurrence_interval ?? 1, fields.recurrence_days ?? []);
  if (parts === null) return null;
  return [
    ...say.calendar(
      parts,
      anchor === null ? null : anchorOf(say.dayOf(anchor)),
      fields.recurrence_month_end ?? "clamp",
    ),
    ...say.end(fields, parts),
  ].join("");
}

function isInstant(due: string): boolean {
  return /(Z|[+-]\d{2}:\d{2})$/.test(due.slice(10));
}

/** What counts from the end comes after what counts from the start. */
function fromTheStart<T>(items: readonly T[], nth: (item: T) => number): T[] {
  const order = (item: T) => (nth(item) < 0 ? 1000 - nth(item) : nth(item));
  return items.toSorted((a, b) => order(a) - order(b));
}

class Words {
  constructor(private readonly dates: DateSettings) {}

  calendar(rule: CalendarRule, anchor: Anchor | null, monthEnd: "clamp" | "skip"): string[] {
    const everyWeekday =
      rule.frequency === "weekly" &&
      rule.interval === 1 &&
      rule.weekdays.join() === WORKING_DAYS &&
      rule.numbered.length + rule.months.length + rule.positions.length === 0;
    const positions = fromTheStart(rule.positions, (position) => position).map((position) =>
      t("rule.position", { which: this.which(position) }),
    );
    const words = [
      everyWeekday ? t("rule.every.weekday") : t(`rule.every.${rule.frequency}`, { count: rule.interval }),
      everyWeekday ? null : this.on(rule, anchor),
      rule.months.length === 0 ? null : this.months(rule.months),
    ];
    return [
      words.filter((each) => each !== null).join(" "),
      positions.length === 0 ? "" : t("rule.positions", { list: this.list(positions) }),
      this.monthEnd(rule, anchor, monthEnd),
    ];
  }

  private on(rule: CalendarRule, anchor: Anchor | null): string | null {
    const { frequency } = rule;
    if (isByAnchor(rule)) {
      if (anchor === null) return null;
      if (frequency === "weekly") return this.onWeekdays([anchor.weekday]);
      if (frequency === "yearly" && rule.months.length === 0)
        return t("rule.on.date", { date: this.date(anchor.month, anchor.day) });
      return frequency === "monthly" || frequency === "yearly" ? this.onDays([anchor.day]) : null;
    }
    if (rule.monthDays.length === 0) return this.onWeekdays(rule.weekdays, rule.numbered);
    if (rule.weekdays.length + rule.numbered.length === 0) return this.onDays(rule.monthDays);
    const weekdays = this.list(this.weekdays(rule.weekdays, rule.numbered), "disjunction");
    return t("rule.on.if", { days: this.list(this.days(rule.monthDays)), weekdays });
  }

  private monthEnd(rule: CalendarRule, anchor: Anchor | null, monthEnd: "clamp" | "skip"): string {
    if (!hasShortMonths(rule, anchor)) return "";
    const leap =
      rule.frequency === "yearly" &&
      rule.months.length === 0 &&
      isByAnchor(rule) &&
      anchor !== null &&
      anchor.month === 2;
    if (leap) return monthEnd === "skip" ? t("rule.leap.skip") : t("rule.leap.clamp", { date: this.date(2, 28) });
    return t(`rule.short.${monthEnd}`);
  }

  cron({ minute, hour, day, month, weekday }: CronRule): string {
    const time = this.cronTimes(minute, hour);
    const days = this.cronDays(day.values);
    const weekdays = this.list(this.weekdays(weekday.values), "disjunction");
    const on =
      day.all && weekday.all
        ? hour.star
          ? null
          : t("rule.every.daily", { count: 1 })
        : weekday.all
          ? t("rule.cron.on", { days })
          : day.all
            ? this.onWeekdays(weekday.values)
            : day.star || weekday.star
              ? t("rule.cron.if", { days, weekdays })
              : t("rule.cron.or", { days, weekdays });
    const when = [on, month.all ? null : this.months(month.values)].filter((each) => each !== null).join(" ");
    return when === "" ? time : t("rule.cron", { time, when });
  }

  private cronDays(days: readonly number[]): string {
    const words = this.days(days);
    const run = days.length < 3 ? null : runOf(days);
    return run === null
      ? this.list(words)
      : t("rule.cron.days", { first: words.at(0) ?? "", last: words.at(-1) ?? "" });
  }

  private cronTimes(minute: CronRule["minute"], hour: CronRule["hour"]): string {
    if (!minute.star && minute.values.length * hour.values.length <= MOST_TIMES) {
      const times = hour.values.flatMap((h) => minute.values.map((m) => this.clock(h, m)));
      return t("rule.cron.at", { times: this.list(times) });
    }
    const run = runOf(hour.values);
    const within = (every: string): string =>
      hour.values.length === 24
        ? every
        : run === null
          ? t("rule.cron.hours", { every, hours: this.list(hour.values.map(String)) })
          : t("rule.cron.from", { every, from: this.clock(run.first, 0), to: this.clock(run.last, 59) });
    if (minute.step !== null) return within(t("rule.every.minutely", { count: minute.step }));
    const at = t("rule.cron.minutes", { count: minute.values.length, minutes: this.list(minute.values.map(String)) });
    if (hour.step === null && run === null) return within(at);
    const every = t("rule.every.hourly", { count: hour.step ?? 1 });
    return t("rule.cron.hourly", { every: hour.step === null ? within(every) : every, at });
  }

  /** How it counts and ends. What a rule says itself counts where the fields say nothing. */
  end(fields: RuleFields, rule: CalendarRule | null): string[] {
    const count = fields.recurrence_count ?? rule?.count ?? null;
    const until = fields.recurrence_until ?? rule?.until ?? null;
    const except = fields.recurrence_exdates ?? [];
    return [
      fields.recurrence_mode === "completion" ? t("rule.completion") : "",
      count === null ? "" : t("rule.count", { count }),
      until === null ? "" : t("rule.until", { date: this.due(until) }),
      except.length === 0
        ? ""
        : except.length <= 3
          ? t("rule.except", { days: this.list(except.map((day) => this.due(day))) })
          : t("rule.except.many", { count: except.length }),
    ];
  }

  private list(items: readonly string[], type: "conjunction" | "disjunction" = "conjunction"): string {
    return new Intl.ListFormat(this.dates.locale, { type }).format(items);
  }

  private ordinal(number: number): string {
    const form = new Intl.PluralRules(this.dates.locale, { type: "ordinal" }).select(number);
    const known = form === "one" || form === "two" || form === "few" ? form : "other";
    return t(`rule.ordinal.${known}`, { n: String(number) });
  }

  /** The first, the 2nd; from the end, the last. */
  private which(position: number): string {
    if (position === 1) return t("rule.which.first");
    if (position === -1) return t("rule.which.last");
    if (position === -2) return t("rule.which.before-last");
    const nth = this.ordinal(Math.abs(position));
    return position < 0 ? t("rule.which.from-end", { nth }) : nth;
  }

  private days(days: readonly number[]): string[] {
    return fromTheStart(days, (day) => day).map((day) =>
      day > 0 ? t("rule.day", { nth: this.ordinal(day) }) : t("rule.day.from-end", { which: this.which(day) }),
    );
  }

  private onDays(days: readonly number[]): string {
    return t("rule.on.days", { days: this.list(this.days(days)) });
  }

  private weekdays(plain: readonly number[], numbered: CalendarRule["numbered"] = []): string[] {
    const name = (weekday: number) => weekdayName(weekday, this.dates.locale, "long");
    return [
      ...(plain.join() === WORKING_DAYS ? [t("rule.working-days")] : plain.map(name)),
      ...fromTheStart(numbered, ({ nth }) => nth).map(({ nth, weekday }) =>
        t("rule.weekday.nth", { which: this.which(nth), weekday: name(weekday) }),
      ),
    ];
  }

  private onWeekdays(plain: readonly number[], numbered: CalendarRule["numbered"] = []): string {
    if (plain.join() === WORKING_DAYS && numbered.length === 0) return t("rule.on.working-days");
    return t("rule.on.weekdays", { weekdays: this.list(this.weekdays(plain, numbered)) });
  }

  private months(months: readonly number[]): string {
    return t("rule.in", { months: this.list(months.map((month) => this.format({ month: "long" }, month, 1))) });
  }

  private date(month: number, day: number): string {
    return this.format({ day: "numeric", month: "long" }, month, day);
  }

  private format(options: Intl.DateTimeFormatOptions, month: number, day: number): string {
    // A leap year, so that it has every day.
    return new Intl.DateTimeFormat(this.dates.locale, { timeZone: "UTC", ...options }).format(
      new Date(Date.UTC(2024, month - 1, day, 12)),
    );
  }

  private time(wall: Date): string {
    return formatTime(wall, { ...this.dates, zone: "UTC" });
  }

  private clock(hour: number, minute: number): string {
    return this.time(new Date(Date.UTC(2026, 0, 1, hour, minute)));
  }

  /** Of a day, a wall time, or an instant in the person's zone. */
  dayOf(due: string): Day {
    return isInstant(due) ? dayIn(this.dates.zone, new Date(due)) : due.slice(0, 10);
  }

  private due(due: string): string {
    const date = new Intl.DateTimeFormat(this.dates.locale, { timeZone: "UTC", dateStyle: "long" }).format(
      new Date(`${this.dayOf(due)}T12:00:00Z`),
    );
    if (due.length === 10) return date;
    return `${date} ${isInstant(due) ? formatTime(new Date(due), this.dates) : this.time(new Date(`${due.slice(0, 16)}:00Z`))}`;
  }
}
