// From an entry of the log to the command that takes it back.
import type { AuditEntry, Task, TaskPatch } from "@/api/types";

export interface FieldChange {
  field: string;
  before: unknown;
  after: unknown;
}

function isChange(value: unknown): value is { before?: unknown; after?: unknown } {
  return typeof value === "object" && value !== null && ("before" in value || "after" in value);
}

export function changesOf(entry: AuditEntry): FieldChange[] {
  return Object.entries(entry.changes as Record<string, unknown>).flatMap(([field, value]) =>
    isChange(value) ? [{ field, before: value.before ?? null, after: value.after ?? null }] : [],
  );
}

export type Undo = { kind: "patch"; patch: TaskPatch } | { kind: "reopen" | "complete" | "restore" | "remove" };

/** What follows from other fields, or is told by events of its own. */
const NOT_SET = new Set([
  "recurrence_anchor",
  "completed",
  "completed_at",
  "deleted_at",
  "updated_at",
  "created_at",
  "due_at",
  "version",
  "parent_task_id",
]);

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** Null: there is nothing (left) to undo. */
export function undoOf(entry: AuditEntry, task: Task): Undo | null {
  const trashed = task.deleted_at !== null;
  switch (entry.event_type) {
    case "task.completed":
      return task.completed && !trashed ? { kind: "reopen" } : null;
    case "task.reopened":
      return !task.completed && !trashed ? { kind: "complete" } : null;
    case "task.deleted":
      return trashed ? { kind: "restore" } : null;
    case "task.created":
    case "task.restored":
      return trashed ? null : { kind: "remove" };
    case "task.updated":
    case "task.skipped": {
      if (trashed) return null;
      // What was changed again since stays as it is now.
      const still = changesOf(entry).filter(
        ({ field, before, after }) =>
          !NOT_SET.has(field) && field in task && same(task[field as keyof Task], after) && !same(before, after),
      );
      if (still.length === 0) return null;
      return {
        kind: "patch",
        patch: Object.fromEntries(still.map(({ field, before }) => [field, before])) as TaskPatch,
      };
    }
    default:
      return null;
  }
}
