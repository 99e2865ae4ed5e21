import { useState } from "react";

import type { Task, TaskPatch } from "@/api/types";
import { usePerson } from "@/data/person";
import { isPinned } from "@/data/reminder";
import { useT } from "@/i18n/i18n";
import { instantOf } from "@/lib/dates";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";
import { Select } from "@/ui/select";

/** Before the due date. */
const BEFORE = [
  { minutes: 0, days: 0 },
  { minutes: 5, days: 0 },
  { minutes: 15, days: 0 },
  { minutes: 30, days: 0 },
  { minutes: 60, days: 0 },
  { minutes: 120, days: 0 },
  { minutes: 0, days: 1 },
  { minutes: 0, days: 2 },
  { minutes: 0, days: 7 },
] as const;

const valueOf = (minutes: number, days: number) => `${days}d${minutes}`;

/** An instant as the person's wall time, for a field of date and time. */
function wallOf(instant: string, zone: string): string {
  const shown = new Date(instant).toLocaleString("sv-SE", { timeZone: zone });
  return shown.slice(0, 16).replace(" ", "T");
}

interface ReminderFieldProps {
  task: Task;
  /** What differs from the task; null when nothing does. */
  onChange: (patch: TaskPatch | null) => void;
}

export function ReminderField({ task, onChange }: ReminderFieldProps) {
  const t = useT();
  const person = usePerson();
  const zone = person?.time_zone ?? "UTC";
  const pinned = person !== null && isPinned(task, person);
  const { reminder_minutes_before: minutes, reminder_days_before: days } = task;
  const [initial] = useState(() => (pinned ? "at" : minutes === null ? "none" : valueOf(minutes, days)));
  const [value, setValue] = useState(initial);
  const [at, setAt] = useState(() => (task.reminder_at === null ? "" : wallOf(task.reminder_at, zone)));

  const change = (next: string, wall: string) => {
    setValue(next);
    setAt(wall);
    if (next === initial && (next !== "at" || (task.reminder_at !== null && wall === wallOf(task.reminder_at, zone)))) {
      onChange(null);
    } else if (next === "at") {
      onChange(wall === "" ? null : { reminder_at: new Date(instantOf(wall, zone)).toISOString() });
    } else if (next === "none") {
      onChange({ reminder_minutes_before: null, reminder_days_before: 0, reminder_at: null });
    } else {
      const [ofDays = "0", ofMinutes = "0"] = next.split("d");
      onChange({
        reminder_minutes_before: Number(ofMinutes),
        reminder_days_before: Number(ofDays),
        reminder_at: null,
      });
    }
  };
  const label = ({ minutes, days }: { minutes: number; days: number }): string =>
    days > 0
      ? minutes > 0
        ? t("reminder.before.mixed", { days, minutes })
        : t("reminder.before.days", { count: days })
      : minutes === 0
        ? t("reminder.before.none")
        : minutes % 60 === 0
          ? t("reminder.before.hours", { count: minutes / 60 })
          : t("reminder.before.minutes", { count: minutes });
  const own = minutes !== null && !BEFORE.some((each) => each.minutes === minutes && each.days === days);
  return (
    <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
      <Field label={t("reminder.label")} hint={task.due_date === null ? t("reminder.needs-due") : undefined}>
        {(control) => (
          <Select
            id={control.id}
            aria-describedby={control["aria-describedby"]}
            value={value}
            onChange={(next) => change(next, at)}
            options={[
              { value: "none", label: t("reminder.none") },
              ...BEFORE.map((each) => ({ value: valueOf(each.minutes, each.days), label: label(each) })),
              ...(own ? [{ value: valueOf(minutes, days), label: label({ minutes, days }) }] : []),
              { value: "at", label: t("reminder.at") },
            ]}
          />
        )}
      </Field>
      {value === "at" ? (
        <Field label={t("reminder.at.when")}>
          {(control) => (
            <Input
              {...control}
              type="datetime-local"
              max="9999-12-31T23:59"
              value={at}
              onChange={(event) => change("at", event.target.value)}
            />
          )}
        </Field>
      ) : null}
    </div>
  );
}
