// The URL is the filter: its parameters are those of GET /api/tasks, by name and form, so that a saved filter, a link and a request
// are the same text.
import * as z from "zod/mini";

import type { ListQuery, Priority } from "@/api/types";

export const PRIORITIES: readonly Priority[] = ["high", "medium", "low", "none"];
const STATUS = ["all", "pending", "completed", "overdue", "trashed"] as const;
const SORT_BY = ["created_at", "updated_at", "due_date", "priority", "title", "position"] as const;

/** What is not understood is left out: an old or mistyped link still opens. */
function lenient<T extends z.core.$ZodType>(schema: T) {
  return z.catch(z.optional(schema), undefined);
}

/** Values separated by commas, each one of those allowed. */
function listOf(allowed: readonly string[]) {
  return lenient(z.string().check(z.refine((text) => text.split(",").every((part) => allowed.includes(part)))));
}

const day = /^\d{4}-\d{2}-\d{2}/;

/** The parameters of every list view. `task` is the task whose details are open. */
export const listSearch = z.object({
  search: lenient(z.string().check(z.minLength(1), z.maxLength(500))),
  priority: listOf(PRIORITIES),
  tags: lenient(z.string().check(z.minLength(1))),
  tags_match: lenient(z.enum(["any", "all"])),
  status: lenient(z.enum(STATUS)),
  due_after: lenient(z.string().check(z.regex(day))),
  due_before: lenient(z.string().check(z.regex(day))),
  sort_by: lenient(z.enum(SORT_BY)),
  sort_order: lenient(z.enum(["asc", "desc"])),
  task: lenient(z.uuid()),
});
export type ListSearch = z.infer<typeof listSearch>;

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
