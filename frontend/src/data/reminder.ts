// Whether a reminder was set to an instant, or follows the due date: the API tells only when it rings.
import type { Profile, Task } from "@/api/types";
import { instantOf } from "@/lib/dates";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export type Person = Pick<Profile, "time_zone" | "all_day_reminder_at">;

/** When it rings by the due date, in ms; null when it does not. */
export function followingDue(task: Task, person: Person): number | null {
  if (task.due_date === null || task.reminder_minutes_before === null) return null;
  const zone = task.time_zone ?? person.time_zone;
  const due =
    task.due_at === null
      ? instantOf(`${task.due_date.slice(0, 10)}T${person.all_day_reminder_at}`, person.time_zone || zone)
      : Date.parse(task.due_at);
  return due - task.reminder_minutes_before * MINUTE_MS - task.reminder_days_before * DAY_MS;
}

/** Set to an instant, which stays when the due date moves. */
export function isPinned(task: Task, person: Person): boolean {
  if (task.reminder_at === null) return false;
  const follows = followingDue(task, person);
  if (follows === null) return true;
  // Days before keep the time of day, over a change of the clocks too.
  const slack = task.reminder_days_before > 0 ? 2 * 60 * MINUTE_MS : MINUTE_MS;
  return Math.abs(Date.parse(task.reminder_at) - follows) >= slack;
}
