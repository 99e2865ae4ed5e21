// Which days a calendar shows, and what stands on each.
import type { CalendarItem, Priority, Task } from "@/api/types";
import { addDays, daysBetween, dueDay, type Day, type WeekStart, weekOf } from "@/lib/dates";
import { groupBy } from "@/lib/group";

export type Layout = "month" | "week";

export interface Span {
  from: Day;
  /** Exclusive. */
  to: Day;
  days: readonly Day[];
}

const monthOf = (day: Day) => day.slice(0, 7);

/** The first of the month that lies `by` months from this day's. */
export function monthStart(day: Day, by = 0): Day {
  const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))];
  return new Date(Date.UTC(year, month - 1 + by, 1, 12)).toISOString().slice(0, 10);
}

/** The whole weeks that hold the day's month, or the day's week. */
export function spanOf(layout: Layout, day: Day, weekStart: WeekStart): Span {
  const from = weekOf(layout === "week" ? day : monthStart(day), weekStart);
  const to = layout === "week" ? addDays(from, 7) : addDays(weekOf(addDays(monthStart(day, 1), -1), weekStart), 7);
  const days = Array.from({ length: daysBetween(from, to) }, (_, at) => addDays(from, at));
  return { from, to, days };
}

/** Where the day goes that is shown, one month or week on or back. */
export function turned(layout: Layout, day: Day, by: 1 | -1): Day {
  return layout === "week" ? addDays(day, 7 * by) : monthStart(day, by);
}

export const inMonth = (day: Day, of: Day): boolean => monthOf(day) === monthOf(of);

export type Item =
  | { kind: "task"; key: string; day: Day; at: string | null; title: string; priority: Priority; task: Task }
  | { kind: "occurrence"; key: string; day: Day; at: string | null; title: string; priority: Priority; taskId: string };

const RANK: Readonly<Record<Priority, number>> = { high: 0, medium: 1, low: 2, none: 3 };

/** Days without time first, then by time, then by priority. */
function order(a: Item, b: Item): number {
  if (a.at !== b.at) {
    if (a.at === null) return -1;
    if (b.at === null) return 1;
    return Date.parse(a.at) - Date.parse(b.at);
  }
  return RANK[a.priority] - RANK[b.priority] || (a.title < b.title ? -1 : 1);
}

export function itemsByDay(
  tasks: readonly Task[],
  occurrences: readonly CalendarItem[],
  zone: string,
): Map<Day, Item[]> {
  const items: Item[] = [
    ...tasks.map((task): Item => {
      const { id: key, due_at: at, title, priority } = task;
      return { kind: "task", key, day: dueDay(task, zone) ?? "", at, title, priority, task };
    }),
    ...occurrences.map((item): Item => {
      const { task_id: taskId, due_at: at, title, priority } = item;
      return {
        kind: "occurrence",
        key: `${taskId} ${item.due_date}`,
        day: dueDay(item, zone) ?? "",
        at,
        title,
        priority,
        taskId,
      };
    }),
  ];
  const days = groupBy(items, (item) => item.day);
  for (const ofDay of days.values()) ofDay.sort(order);
  return days;
}
