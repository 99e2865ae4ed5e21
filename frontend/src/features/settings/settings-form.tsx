// The profile. Each field is saved as it is changed, and what the API refuses stands beside it.
import { useState } from "react";

import { toProblem } from "@/api/problem";
import type { HourCycle, Profile, ProfilePatch, Theme, WeekStart } from "@/api/types";
import { savePreferences } from "@/data/preferences";
import { LANGUAGES, type Language, useLanguage, useT } from "@/i18n/i18n";
import { problemText } from "@/i18n/problem-text";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";
import { Select } from "@/ui/select";
import { showToast } from "@/ui/toast";

import { SettingsSection } from "./settings-section";
import { timeZones } from "./time-zones";

const THEMES: readonly Theme[] = ["system", "light", "dark"];
const WEEK_STARTS: readonly WeekStart[] = ["monday", "saturday", "sunday"];
const HOUR_CYCLES: readonly HourCycle[] = ["h12", "h23"];
/** "As the browser has it": the API's null, which a list of choices cannot hold. */
const OWN = "own";

type FieldName = keyof ProfilePatch & string;

export function SettingsForm({ user }: { user: Profile }) {
  const t = useT();
  const language = useLanguage();
  const [errors, setErrors] = useState<Partial<Record<FieldName, string>>>({});
  // Kept while it is being written; the rest is what the profile says.
  const [name, setName] = useState(user.name);
  const [reminderAt, setReminderAt] = useState(user.all_day_reminder_at);

  const save = async <Name extends FieldName>(field: Name, value: ProfilePatch[Name]) => {
    try {
      await savePreferences({ [field]: value });
      setErrors((before) => ({ ...before, [field]: undefined }));
      showToast({ title: t("settings.saved") });
    } catch (error) {
      const problem = toProblem(error);
      setErrors((before) => ({ ...before, [field]: problem.field(field) ?? problemText(problem) }));
    }
  };

  return (
    <>
      <SettingsSection title={t("settings.profile")}>
        <Field label={t("auth.name")} hint={t("auth.name.hint")} error={errors.name}>
          {(control) => (
            <Input
              {...control}
              dir="auto"
              autoComplete="name"
              value={name}
              onChange={(event) => setName(event.target.value)}
              onBlur={() => {
                if (name !== user.name) void save("name", name);
              }}
              onKeyDown={(event) => {
                if (event.key === "Enter" && name !== user.name) void save("name", name);
              }}
            />
          )}
        </Field>
        <p className="text-sm text-muted">{t("settings.signed-in-as", { email: user.email })}</p>
      </SettingsSection>
      <SettingsSection title={t("settings.dates")}>
        <Field label={t("settings.time-zone")} hint={t("settings.time-zone.hint")} error={errors.time_zone}>
          {(control) => (
            <Select
              {...control}
              value={user.time_zone}
              options={timeZones(user.time_zone).map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") }))}
              onChange={(zone) => void save("time_zone", zone)}
            />
          )}
        </Field>
        <Field label={t("settings.week-start")} error={errors.week_start}>
          {(control) => (
            <Select
              {...control}
              value={user.week_start}
              options={WEEK_STARTS.map((day) => ({ value: day, label: t(`settings.week-start.${day}`) }))}
              onChange={(day) => void save("week_start", day)}
            />
          )}
        </Field>
        <Field label={t("settings.hour-cycle")} error={errors.hour_cycle}>
          {(control) => (
            <Select<HourCycle | typeof OWN>
              {...control}
              value={user.hour_cycle ?? OWN}
              options={[
                { value: OWN, label: t("settings.as-browser") },
                ...HOUR_CYCLES.map((cycle) => ({ value: cycle, label: t(`settings.hour-cycle.${cycle}`) })),
              ]}
              onChange={(cycle) => void save("hour_cycle", cycle === OWN ? null : cycle)}
            />
          )}
        </Field>
        <Field
          label={t("settings.all-day-reminder")}
          hint={t("settings.all-day-reminder.hint")}
          error={errors.all_day_reminder_at}
        >
          {(control) => (
            <Input
              {...control}
              type="time"
              value={reminderAt}
              onChange={(event) => setReminderAt(event.target.value)}
              onBlur={() => {
                if (reminderAt !== user.all_day_reminder_at) void save("all_day_reminder_at", reminderAt || null);
                if (reminderAt === "") setReminderAt("09:00");
              }}
            />
          )}
        </Field>
      </SettingsSection>
      <SettingsSection title={t("settings.looks")}>
        <Field label={t("app.theme")} error={errors.theme}>
          {(control) => (
            <Select
              {...control}
              value={user.theme}
              options={THEMES.map((theme) => ({ value: theme, label: t(`app.theme.${theme}`) }))}
              onChange={(theme) => void save("theme", theme)}
            />
          )}
        </Field>
        <Field label={t("app.language")} error={errors.language}>
          {(control) => (
            <Select<Language | typeof OWN>
              {...control}
              value={user.language ?? OWN}
              options={[
                { value: OWN, label: t("settings.as-browser.language", { language: LANGUAGES[language] }) },
                ...(Object.entries(LANGUAGES) as [Language, string][]).map(([value, label]) => ({ value, label })),
              ]}
              onChange={(next) => void save("language", next === OWN ? null : next)}
            />
          )}
        </Field>
      </SettingsSection>
    </>
  );
}
