// The signed-in person and how dates are shown to them.
import { useMemo, useSyncExternalStore } from "react";

import { getSession, type SessionState, subscribeToSession } from "@/api/session";
import type { Profile } from "@/api/types";
import { dateLocale, useLanguage } from "@/i18n/i18n";
import { type DateSettings, dayIn } from "@/lib/dates";

export function useSession(): SessionState {
  return useSyncExternalStore(subscribeToSession, getSession);
}

/** Null when nobody is signed in. */
export function usePerson(): Profile | null {
  const session = useSession();
  return session.status === "signed-in" ? session.user : null;
}

const MINUTE_MS = 60_000;
const subscribeToMinutes = (listener: () => void) => {
  const timer = setInterval(listener, 5_000);
  return () => clearInterval(timer);
};
const currentMinute = () => Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;

/** The time to the minute: components that show "today" change at midnight by themselves. */
export function useMinute(): number {
  return useSyncExternalStore(subscribeToMinutes, currentMinute);
}

export function useDateSettings(): DateSettings {
  const language = useLanguage();
  const person = usePerson();
  const zone = person?.time_zone ?? "UTC";
  const hourCycle = person?.hour_cycle ?? null;
  const minute = useMinute();
  return useMemo(
    () => ({ locale: dateLocale() || language, zone, hourCycle, now: new Date(minute) }),
    [language, zone, hourCycle, minute],
  );
}

/** Today in the person's zone. */
export function useToday(): string {
  const zone = usePerson()?.time_zone ?? "UTC";
  return dayIn(zone, new Date(useMinute()));
}
