// Whether a task belongs in a list, and where: the API's own rules for what can be told here, so that a change is put into the lists
// that are shown without reading them again. What cannot be told (words of a search, what is overdue by now) is `null`.
import type { Priority, Task } from "@/api/types";
import { dueDay, startOfDay } from "@/lib/dates";

import { commaList, type TaskFilter } from "./filter";

const RANK: Readonly<Record<Priority, number>> = { none: 0, low: 1, medium: 2, high: 3 };
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** When it is due, in ms; a day counts as its start in the person's zone. */
function dueStart(task: Task, zone: string): number | null {
  if (task.due_date === null) return null;
  return task.due_at === null ? startOfDay(task.due_date.slice(0, 10), zone) : Date.parse(task.due_at);
}

function inState(task: Task, status: TaskFilter["status"]): boolean | null {
  const trashed = task.deleted_at !== null;
  switch (status ?? "all") {
    case "trashed":
      return trashed;
    case "completed":
      return !trashed && task.completed;
    case "pending":
      return !trashed && !task.completed;
    case "overdue":
      return trashed || task.completed ? false : null;
    default:
      return !trashed;
  }
}

const folded = (text: string) => text.normalize("NFC").toLowerCase();

function hasTags(task: Task, filter: TaskFilter): boolean {
  const wanted = commaList(filter.tags).map((tag) => folded(tag.trim()));
  if (wanted.length === 0) return true;
  const own = new Set(task.tags.map(folded));
  return filter.tags_match === "all" ? wanted.every((tag) => own.has(tag)) : wanted.some((tag) => own.has(tag));
}

/** Bounds that are days; others (a saved filter may have an instant) are left to the API. */
function inDays(task: Task, filter: TaskFilter, zone: string): boolean | null {
  const { due_after: after, due_before: before } = filter;
  if (after === undefined && before === undefined) return true;
  const day = dueDay(task, zone);
  if (day === null) return false;
  if ((after !== undefined && !DAY.test(after)) || (before !== undefined && !DAY.test(before))) return null;
  return (after === undefined || day >= after) && (before === undefined || day < before);
}

/** Null: only the API knows. */
export function matches(task: Task, filter: TaskFilter, zone: string): boolean | null {
  const state = inState(task, filter.status);
  const days = inDays(task, filter, zone);
  const priorities = commaList(filter.priority);
  if (state === false || days === false || !hasTags(task, filter)) return false;
  if (priorities.length > 0 && !priorities.includes(task.priority)) return false;
  if (filter.search !== undefined || state === null || days === null) return null;
  return true;
}

type Value = number | string | null;

function valueOf(task: Task, by: NonNullable<TaskFilter["sort_by"]>, zone: string): Value {
  switch (by) {
    case "created_at":
    case "updated_at":
      return Date.parse(task[by]);
    case "due_date":
      return dueStart(task, zone);
    case "priority":
      return RANK[task.priority];
    case "title":
      return folded(task.title);
    case "position":
      return task.position;
  }
}

/** The API's order: what has no value last in either order, ties by id. */
export function comparator(filter: TaskFilter, zone: string): (a: Task, b: Task) => number {
  const by = filter.sort_by ?? "created_at";
  const order = filter.sort_order ?? (by === "position" ? "asc" : "desc");
  const sign = order === "asc" ? 1 : -1;
  return (a, b) => {
    const [x, y] = [valueOf(a, by, zone), valueOf(b, by, zone)];
    if (x !== y) {
      if (x === null) return 1;
      if (y === null) return -1;
      return x < y ? -sign : sign;
    }
    return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
  };
}
