// The keys of the query cache, in one place, so that live updates find everything.
import type { TaskFilter } from "./filter";

export const keys = {
  tasks: ["tasks"] as const,
  taskLists: ["tasks", "list"] as const,
  taskList: (filter: TaskFilter) => ["tasks", "list", filter] as const,
  task: (id: string) => ["tasks", "one", id] as const,
  occurrences: (id: string) => ["tasks", "occurrences", id] as const,
  activity: (id: string) => ["tasks", "activity", id] as const,
  calendar: ["calendar"] as const,
  calendarOf: (from: string, to: string) => ["calendar", from, to] as const,
  notifications: ["notifications"] as const,
  savedFilters: ["filters"] as const,
  tags: ["tags"] as const,
};
