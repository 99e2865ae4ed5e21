import { expect, test } from "vitest";

import type { AuditEntry } from "@/api/types";
import { makeTask } from "@/test/fake-api";

import { undoOf } from "./undo-entry";

function entry(event_type: string, changes: Record<string, { before: unknown; after: unknown }> = {}): AuditEntry {
  return {
    id: "e",
    event_id: "e",
    event_type,
    user_id: "u",
    task_id: "t",
    timestamp: "2026-11-22T09:00:00Z",
    created_at: "2026-11-22T09:00:00Z",
    version: 2,
    actor: "user:u",
    request_id: "r",
    changes: changes as AuditEntry["changes"],
    payload_snapshot: null,
    prev_hash: "",
    hash: "",
  };
}

test("an edit is undone field by field, without what was changed again since", () => {
  const task = makeTask({ title: "new", priority: "high" });
  const edit = entry("task.updated", {
    title: { before: "old", after: "new" },
    priority: { before: "low", after: "medium" },
    recurrence_anchor: { before: null, after: "2026-11-22" },
  });
  expect(undoOf(edit, task)).toEqual({ kind: "patch", patch: { title: "old" } });
  expect(undoOf(edit, { ...task, title: "newer" })).toBeNull();
});

test("completing, deleting and making are undone while they hold", () => {
  const open = makeTask();
  const done = makeTask({ completed: true });
  const trashed = makeTask({ deleted_at: "2026-11-22T09:00:00Z" });
  expect(undoOf(entry("task.completed"), done)).toEqual({ kind: "reopen" });
  expect(undoOf(entry("task.completed"), open)).toBeNull();
  expect(undoOf(entry("task.deleted"), trashed)).toEqual({ kind: "restore" });
  expect(undoOf(entry("task.created"), open)).toEqual({ kind: "remove" });
  expect(undoOf(entry("task.created"), trashed)).toBeNull();
});
