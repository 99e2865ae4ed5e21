// Due dates as people read them. Days are `YYYY-MM-DD` strings, as in the API; all comparing is done in the person's time zone, which
// may not be the browser's.

/** `2026-11-22` */
export type Day = string;

export interface DateSettings {
  /** BCP 47, for the names of days and months. */
  locale: string;
  /** IANA name. */
  zone: string;
  /** `null`: as is usual in the locale. */
  hourCycle: "h12" | "h23" | null;
  now: Date;
}

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();
const relatives = new Map<string, Intl.RelativeTimeFormat>();

/** Making a formatter costs more than using it; a list of tasks needs the same few all the time. */
function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  let found = formats.get(key);
  if (found === undefined) {
    found = new Intl.DateTimeFormat(locale, options);
    formats.set(key, found);
  }
  return found;
}

/** The calendar day of an instant in a zone. */
export function dayIn(zone: string, instant: Date): Day {
  const ms = instant.getTime();
  return new Date(ms + offsetAt(zone, ms)).toISOString().slice(0, 10);
}

/** Noon UTC of the day: far from every border, so that it can be counted and shown in UTC. */
function noon(day: Day): Date {
  return new Date(`${day}T12:00:00Z`);
}

export function addDays(day: Day, count: number): Day {
  return new Date(noon(day).getTime() + count * DAY_MS).toISOString().slice(0, 10);
}

export function daysBetween(from: Day, to: Day): number {
  return Math.round((noon(to).getTime() - noon(from).getTime()) / DAY_MS);
}

/** How far the zone's clocks are ahead of UTC at an instant, in ms. */
function offsetAt(zone: string, instant: number): number {
  const parts = format("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(instant);
  const part = (type: string) => Number(parts.find((found) => found.type === type)?.value ?? 0);
  const shown = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return shown - Math.floor(instant / 1000) * 1000;
}

const starts = new Map<string, number>();

/** The instant at which a day begins in a zone, in ms. */
export function startOfDay(day: Day, zone: string): number {
  const key = `${day} ${zone}`;
  let start = starts.get(key);
  if (start === undefined) {
    const midnight = Date.parse(`${day}T00:00:00Z`);
    // The second look is for days near a change of the clocks.
    start = midnight - offsetAt(zone, midnight - offsetAt(zone, midnight));
    starts.set(key, start);
  }
  return start;
}

/** The instant of a wall time (`2026-11-22T09:00`) in a zone, in ms; where summer time skips it, an hour later. */
export function instantOf(wall: string, zone: string): number {
  const shown = Date.parse(`${wall}Z`);
  return shown - offsetAt(zone, shown - offsetAt(zone, shown));
}

/** The weekday, 0 for Sunday. */
export function weekdayOf(day: Day): number {
  return noon(day).getUTCDay();
}

/** The name of a weekday, 0 for Monday. */
export function weekdayName(weekday: number, locale: string, width: "long" | "short" | "narrow"): string {
  // 2024 began on a Monday.
  return format(locale, { timeZone: "UTC", weekday: width }).format(new Date(Date.UTC(2024, 0, 1 + weekday, 12)));
}

export type WeekStart = "monday" | "saturday" | "sunday";
const FIRST_DAY: Readonly<Record<WeekStart, number>> = { sunday: 0, monday: 1, saturday: 6 };

/** The first day of the week in which a day lies. */
export function weekOf(day: Day, weekStart: WeekStart): Day {
  return addDays(day, -((weekdayOf(day) - FIRST_DAY[weekStart] + 7) % 7));
}

export interface Due {
  due_date: string | null;
  due_at: string | null;
}

/** The day under which the task stands in the person's lists. */
export function dueDay(task: Due, zone: string): Day | null {
  if (task.due_date === null) return null;
  return task.due_at === null ? task.due_date.slice(0, 10) : dayIn(zone, new Date(task.due_at));
}

/** "Sunday, 22 November" — with the year when it is not this one. */
export function formatDay(day: Day, settings: DateSettings, weekday: "long" | "short" | false = "long"): string {
  const sameYear = day.slice(0, 4) === dayIn(settings.zone, settings.now).slice(0, 4);
  return format(settings.locale, {
    timeZone: "UTC",
    day: "numeric",
    month: weekday === "long" ? "long" : "short",
    ...(weekday === false ? {} : { weekday }),
    ...(sameYear ? {} : { year: "numeric" }),
  }).format(noon(day));
}

/** "November 2026" */
export function formatMonth(day: Day, settings: DateSettings): string {
  return format(settings.locale, { timeZone: "UTC", month: "long", year: "numeric" }).format(noon(day));
}

export function formatTime(instant: Date, settings: DateSettings): string {
  return format(settings.locale, {
    timeZone: settings.zone,
    timeStyle: "short",
    ...(settings.hourCycle === null ? {} : { hourCycle: settings.hourCycle }),
  }).format(instant);
}

export function formatDateTime(instant: Date, settings: DateSettings): string {
  return `${formatDay(dayIn(settings.zone, instant), settings, "short")}, ${formatTime(instant, settings)}`;
}

/** "yesterday", "today", "tomorrow" in the locale's words, or null when the day is farther. */
export function relativeDay(day: Day, settings: DateSettings): string | null {
  const distance = daysBetween(dayIn(settings.zone, settings.now), day);
  if (Math.abs(distance) > 1) return null;
  let relative = relatives.get(settings.locale);
  if (relative === undefined) {
    relative = new Intl.RelativeTimeFormat(settings.locale, { numeric: "auto" });
    relatives.set(settings.locale, relative);
  }
  const words = relative.format(distance, "day");
  return words.charAt(0).toLocaleUpperCase(settings.locale) + words.slice(1);
}

/** "Today 09:00", "Tomorrow", "Wed, 25 Nov" */
export function formatDue(task: Due, settings: DateSettings): string {
  const day = dueDay(task, settings.zone);
  if (day === null) return "";
  const words = relativeDay(day, settings) ?? formatDay(day, settings, "short");
  return task.due_at === null ? words : `${words} ${formatTime(new Date(task.due_at), settings)}`;
}
