// The fields of a task by name and value, as a person reads them: in conflicts and in the activity.
import { type Key, t } from "@/i18n/i18n";
import { type DateSettings, formatDateTime, formatDay } from "@/lib/dates";

const NAMES: Readonly<Record<string, Key & `field.${string}`>> = {
  title: "field.title",
  description: "field.description",
  completed: "field.completed",
  priority: "field.priority",
  tags: "field.tags",
  due_date: "field.due_date",
  time_zone: "field.time_zone",
  position: "field.position",
  reminder_at: "field.reminder_at",
  reminder_minutes_before: "field.reminder_minutes_before",
  reminder_days_before: "field.reminder_days_before",
  recurrence_pattern: "field.recurrence_pattern",
  recurrence_interval: "field.recurrence_interval",
  recurrence_days: "field.recurrence_days",
  recurrence_rule: "field.recurrence_rule",
  recurrence_cron: "field.recurrence_cron",
  recurrence_mode: "field.recurrence_mode",
  recurrence_missed: "field.recurrence_missed",
  recurrence_month_end: "field.recurrence_month_end",
  recurrence_until: "field.recurrence_until",
  recurrence_count: "field.recurrence_count",
};

/** Values that the API has as words of its own. */
const VALUES: Readonly<Record<string, Key>> = {
  "priority high": "task.priority.high",
  "priority medium": "task.priority.medium",
  "priority low": "task.priority.low",
  "priority none": "task.priority.none",
  "recurrence_pattern daily": "repeat.preset.daily",
  "recurrence_pattern weekly": "repeat.preset.weekly",
  "recurrence_pattern monthly": "field.monthly",
  "recurrence_pattern yearly": "repeat.preset.yearly",
  "recurrence_pattern custom": "field.custom",
  "recurrence_mode schedule": "repeat.mode.schedule",
  "recurrence_mode completion": "repeat.mode.completion",
  "recurrence_missed future": "repeat.missed.future",
  "recurrence_missed next": "repeat.missed.next",
  "recurrence_month_end clamp": "repeat.month-end.clamp",
  "recurrence_month_end skip": "repeat.month-end.skip",
};

/** Null: nothing that a person sets. */
export function fieldName(field: string): string | null {
  const key = NAMES[field];
  return key === undefined ? null : t(key);
}

/** Words without holes. */
const say = t as (key: Key) => string;
const WALL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

export function fieldText(field: string, value: unknown, dates: DateSettings): string {
  if (value === null || value === undefined || value === "") return "—";
  if (typeof value === "boolean") return t(value ? "field.yes" : "field.no");
  if (Array.isArray(value)) return value.length === 0 ? "—" : value.join(", ");
  const text = String(value);
  const word = VALUES[`${field} ${text}`];
  if (word !== undefined) return say(word);
  if (field === "reminder_at") return formatDateTime(new Date(text), dates);
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return formatDay(text, dates, "short");
  // Wall time is shown as it is, whatever the zone.
  if (field === "due_date" && WALL.test(text))
    return `${formatDay(text.slice(0, 10), dates, "short")} ${text.slice(11, 16)}`;
  return text;
}
