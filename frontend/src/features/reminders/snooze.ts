import type { Snooze } from "@/api/types";
import { addDays, dayIn, instantOf } from "@/lib/dates";

export interface SnoozeChoice {
  id: "10min" | "1h" | "tonight" | "tomorrow";
  snooze: Snooze;
  /** When it rings again. */
  at: Date;
}

/** When an evening begins; later in the evening, the last hour that is still offered. In the person's zone. */
const EVENING = ["18:00", "21:00"] as const;
/** An evening that begins in less than this, in ms, is no snooze: an hour is. */
const TOO_SOON_MS = 30 * 60_000;

/** What can be chosen now; `morning` (such as `09:00`) is when the person's days begin. */
export function snoozeChoices(now: Date, zone: string, morning: string): SnoozeChoice[] {
  const today = dayIn(zone, now);
  const inMinutes = (id: "10min" | "1h", minutes: number): SnoozeChoice => ({
    id,
    snooze: { minutes },
    at: new Date(now.getTime() + minutes * 60_000),
  });
  const at = (id: "tonight" | "tomorrow", instant: number): SnoozeChoice => ({
    id,
    snooze: { until: new Date(instant).toISOString() },
    at: new Date(instant),
  });
  const tonight = EVENING.map((time) => instantOf(`${today}T${time}`, zone)).find(
    (instant) => instant - now.getTime() >= TOO_SOON_MS,
  );
  return [
    inMinutes("10min", 10),
    inMinutes("1h", 60),
    ...(tonight === undefined ? [] : [at("tonight", tonight)]),
    at("tomorrow", instantOf(`${addDays(today, 1)}T${morning}`, zone)),
  ];
}
