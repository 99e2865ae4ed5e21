// The calls about tasks, and what a change looks like before its answer and backwards.
import { api, done, ifMatch, ok } from "@/api/client";
import { getSession } from "@/api/session";
import type { Task, TaskMove, TaskPatch } from "@/api/types";
import { instantOf } from "@/lib/dates";

import { isPinned } from "./reminder";

const path = (task: Task) => ({ params: { path: { id: task.id } } });

export const calls = {
  read: (id: string) => ok(api.GET("/api/tasks/{id}", { params: { path: { id } } })),
  patch: (task: Task, body: TaskPatch, version?: number) =>
    ok(
      api.PATCH("/api/tasks/{id}", {
        params: { path: { id: task.id }, ...(version === undefined ? {} : { header: ifMatch(version) }) },
        body,
      }),
    ),
  quick: (text: string, literal: readonly string[], key: string) =>
    ok(
      api.POST("/api/tasks/quick", {
        params: { header: { "Idempotency-Key": key } },
        body: { text, literal: [...literal] },
      }),
    ),
  remove: (task: Task) => done(api.DELETE("/api/tasks/{id}", path(task))),
  restore: (task: Task) => ok(api.POST("/api/tasks/{id}/restore", path(task))),
  skip: (task: Task) => ok(api.POST("/api/tasks/{id}/skip", path(task))),
  move: (task: Task, body: TaskMove) => ok(api.POST("/api/tasks/{id}/move", { ...path(task), body })),
};

/** The values that the patched fields had. */
export function inverseOf(task: Task, patch: TaskPatch): TaskPatch {
  const fields = Object.keys(patch) as (keyof TaskPatch & keyof Task)[];
  const inverse = Object.fromEntries(fields.map((field) => [field, task[field]])) as TaskPatch;
  // A reminder that followed the due date is to follow it again, not to stay at the instant it had.
  const session = getSession();
  if ("reminder_at" in inverse && session.status === "signed-in" && !isPinned(task, session.user)) {
    inverse.reminder_at = null;
  }
  return inverse;
}

const WALL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/;

/** The task as it will look. `zone` is the person's. */
export function patched(task: Task, patch: TaskPatch, zone: string): Task {
  const next = { ...task, ...patch } as Task;
  if (patch.due_date === undefined) return next;
  const due = patch.due_date;
  const at =
    due === null || due.length === 10
      ? null
      : WALL.test(due)
        ? new Date(instantOf(due, task.time_zone ?? zone)).toISOString()
        : new Date(due).toISOString();
  return { ...next, due_at: at, is_overdue: false };
}

/** The due date on another day; the time of day stays. */
export function onDay(task: Pick<Task, "due_date">, day: string): string {
  return day + (task.due_date?.slice(10) ?? "");
}
