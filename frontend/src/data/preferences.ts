// What a person has chosen holds on every device: it lies in the profile, and this page follows the profile.
import { useEffect } from "react";

import { api, ok } from "@/api/client";
import { updateUser } from "@/api/session";
import type { Profile, ProfilePatch } from "@/api/types";
import { chooseLanguage } from "@/i18n/i18n";
import { setTheme } from "@/lib/theme";

import { usePerson } from "./person";

/** Changes the profile and shows it. Throws the problem, so that it can stand beside what was changed. */
export async function savePreferences(patch: ProfilePatch): Promise<Profile> {
  const profile = await ok(api.PATCH("/api/me", { body: patch }));
  updateUser(profile);
  return profile;
}

/** Shorter than this, in ms, another look at the page is no reason to ask again. */
const PAUSE_MS = 5_000;

/** Once, in the shell: the theme and the language are those of the profile, also when it was changed on another device. */
export function useProfileFollowed(): void {
  const person = usePerson();
  const theme = person?.theme;
  const language = person?.language;
  useEffect(() => {
    if (theme !== undefined) setTheme(theme);
  }, [theme]);
  useEffect(() => {
    // Words that cannot be loaded now are no reason to stop: those that are there stay.
    if (language !== undefined) void chooseLanguage(language).catch(() => undefined);
  }, [language]);
  useEffect(() => {
    let asked = Date.now();
    const look = () => {
      if (document.visibilityState !== "visible" || Date.now() - asked < PAUSE_MS) return;
      asked = Date.now();
      // Silence is told by the bar over the page, which live updates keep.
      void ok(api.GET("/api/me")).then(updateUser, () => undefined);
    };
    document.addEventListener("visibilitychange", look);
    window.addEventListener("focus", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      window.removeEventListener("focus", look);
    };
  }, []);
}
