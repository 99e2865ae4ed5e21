// Times of day and lengths of time, beside the days of dates.ts.
import type { Day } from "./dates";

const formats = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  let found = formats.get(zone);
  if (found === undefined) {
    found = new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    formats.set(zone, found);
  }
  return found;
}

/** What the clocks of a zone show at an instant, read as if it were UTC, in ms. */
function shownAt(zone: string, instant: number): number {
  const parts = clockOf(zone).formatToParts(instant);
  const part = (type: string) => parts.find((found) => found.type === type)?.value ?? "";
  return Date.parse(`${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}:00Z`);
}

/** The instant at which the clocks of a zone show this time (`18:00`) on this day; where summer time skips it, an hour later. */
export function instantIn(zone: string, day: Day, time: string): Date {
  const wanted = Date.parse(`${day}T${time}:00Z`);
  // The offset at the first guess may be that of the other side of a change of clocks; at the second it is right.
  const guess = wanted - (shownAt(zone, wanted) - wanted);
  return new Date(guess - (shownAt(zone, guess) - wanted));
}

/** "4 min", "2 hr", "3 days": the largest unit alone, rounded down; at least a minute. */
export function formatDuration(seconds: number, locale: string): string {
  const [count, unit] =
    seconds >= 86_400
      ? ([seconds / 86_400, "day"] as const)
      : seconds >= 3_600
        ? ([seconds / 3_600, "hour"] as const)
        : ([Math.max(1, seconds / 60), "minute"] as const);
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" }).format(Math.floor(count));
}
