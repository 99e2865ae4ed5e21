// The URL is the filter: its parameters are those of GET /api/tasks, by name and form, so that a saved filter, a link and a request
// are the same text.
import type { ListQuery, Priority } from "@/api/types";

export const PRIORITIES: readonly Priority[] = ["high", "medium", "low", "none"];
const STATUS = ["all", "pending", "completed", "overdue", "trashed"] as const;
const SORT_BY = ["created_at", "updated_at", "due_date", "priority", "title", "position"] as const;

type Reader<T> = (value: unknown) => T | undefined;
type Read<Shape> = { [Name in keyof Shape]?: Shape[Name] extends Reader<infer T> ? T | undefined : never };

/** Reads parameters one by one. What is not understood is left out: an old or mistyped link still opens. */
function reader<Shape extends Record<string, Reader<unknown>>>(shape: Shape) {
  return (search: Record<string, unknown>): Read<Shape> => {
    const read = Object.entries(shape).map(([name, value]) => [name, value(search[name])] as const);
    return Object.fromEntries(read.filter(([, value]) => value !== undefined)) as Read<Shape>;
  };
}

const text =
  (most: number): Reader<string> =>
  (value) =>
    typeof value === "string" && value !== "" && value.length <= most ? value : undefined;
const matching =
  (pattern: RegExp): Reader<string> =>
  (value) =>
    typeof value === "string" && pattern.test(value) ? value : undefined;
const oneOf =
  <const T extends string>(allowed: readonly T[]): Reader<T> =>
  (value) =>
    allowed.find((each) => each === value);
/** Values separated by commas, each one of those allowed. */
const listOf =
  (allowed: readonly string[]): Reader<string> =>
  (value) =>
    typeof value === "string" && value.split(",").every((part) => allowed.includes(part)) ? value : undefined;
const calendarDay: Reader<string> = (value) =>
  typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : undefined;

const dueBound = matching(/^\d{4}-\d{2}-\d{2}/);
const uuid = matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

/** The parameters of every list view. `task` is the task whose details are open. */
export const readListSearch = reader({
  search: text(500),
  priority: listOf(PRIORITIES),
  tags: text(4_000),
  tags_match: oneOf(["any", "all"]),
  status: oneOf(STATUS),
  due_after: dueBound,
  due_before: dueBound,
  sort_by: oneOf(SORT_BY),
  sort_order: oneOf(["asc", "desc"]),
  task: uuid,
});
export type ListSearch = ReturnType<typeof readListSearch>;

/** The parameters of the calendar: whose month or week it is, and the one day that is open. */
export const readCalendarSearch = reader({
  layout: oneOf(["month", "week"]),
  day: calendarDay,
  on: calendarDay,
  task: uuid,
});
export type CalendarSearch = ReturnType<typeof readCalendarSearch>;

/** What a list asks of the API; paging is not part of it. */
export type TaskFilter = Omit<ListSearch, "task">;

/** What the person has set, without what the view sets. */
export function isFiltered(search: ListSearch): boolean {
  const { task: _, sort_by: _by, sort_order: _order, ...rest } = search;
  return Object.values(rest).some((value) => value !== undefined);
}

export function commaList(text: string | undefined): string[] {
  return text === undefined || text === "" ? [] : text.split(",");
}

/** The filter as the query of GET /api/tasks. */
export function toQuery(filter: TaskFilter): ListQuery {
  const { priority, tags, ...rest } = filter;
  return {
    ...rest,
    ...(priority === undefined ? {} : { priority: commaList(priority) as Priority[] }),
    ...(tags === undefined ? {} : { tags: commaList(tags) }),
  };
}

/** Readable URLs: plain `name=value`, commas as they are. */
export function stringifySearch(search: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (typeof value === "string" && value !== "") query.set(name, value);
  }
  const text = query.toString().replaceAll("%2C", ",");
  return text === "" ? "" : `?${text}`;
}

export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}
