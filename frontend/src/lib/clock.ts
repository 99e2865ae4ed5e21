// Lengths of time, beside the days of dates.ts.

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
