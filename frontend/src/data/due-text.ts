// A due date in words outside of components, as a message says it.
import { getSession } from "@/api/session";
import { currentLanguage, dateLocale } from "@/i18n/i18n";
import { type DateSettings, type Due, formatDue } from "@/lib/dates";

/** How dates are shown to the signed-in person at this moment. */
export function dateSettingsNow(): DateSettings {
  const session = getSession();
  const person = session.status === "signed-in" ? session.user : null;
  return {
    locale: dateLocale() || currentLanguage(),
    zone: person?.time_zone ?? "UTC",
    hourCycle: person?.hour_cycle ?? null,
    now: new Date(),
  };
}

export function dueText(due: Due): string {
  return formatDue(due, dateSettingsNow());
}
