import type { Notification } from "@/api/types";
import type { Translate } from "@/i18n/i18n";
import { formatDuration } from "@/lib/clock";
import { type DateSettings, dayIn, formatDateTime, formatTime } from "@/lib/dates";

/** Less than this, in seconds, is on time for a person. */
const LATE_SECONDS = 60;

/** "09:00", or with its day when that is not today. */
function when(instant: Date, dates: DateSettings): string {
  return dayIn(dates.zone, instant) === dayIn(dates.zone, dates.now)
    ? formatTime(instant, dates)
    : formatDateTime(instant, dates);
}

/** When it was to ring, and how much later it did. */
export function rangText(
  notification: Pick<Notification, "fire_at" | "late_seconds">,
  dates: DateSettings,
  t: Translate,
): string {
  const at = when(new Date(notification.fire_at), dates);
  if (notification.late_seconds < LATE_SECONDS) return t("reminder.rang", { time: at });
  return t("reminder.rang.late", { time: at, late: formatDuration(notification.late_seconds, dates.locale) });
}

export function untilText(instant: Date, dates: DateSettings): string {
  return when(instant, dates);
}
