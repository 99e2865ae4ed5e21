// Changing many tasks by one request for each kind of change.
import type { QueryClient } from "@tanstack/react-query";

import { api, ok } from "@/api/client";
import { toProblem } from "@/api/problem";
import type { BulkItem, Task, TaskPatch } from "@/api/types";
import { t } from "@/i18n/i18n";
import { problemText } from "@/i18n/problem-text";
import { groupBy } from "@/lib/group";
import { showToast } from "@/ui/toast";

import { announce } from "./announce";
import { keys } from "./keys";
import { calls, inverseOf, patched } from "./task-calls";
import { dropCached, previewCached, putCached, zoneNow } from "./tasks";

/** The API's most for one request. */
const MOST = 100;

/** Tasks that are changed alike, at most a hundred together. */
export function batches(
  tasks: readonly Task[],
  patchOf: (task: Task) => TaskPatch,
): { patch: TaskPatch; ids: string[] }[] {
  const alike = groupBy(tasks, (task) => JSON.stringify(patchOf(task)));
  return [...alike].flatMap(([patch, group]) =>
    Array.from({ length: Math.ceil(group.length / MOST) }, (_, part) => ({
      patch: JSON.parse(patch) as TaskPatch,
      ids: group.slice(part * MOST, (part + 1) * MOST).map((task) => task.id),
    })),
  );
}

async function send(
  client: QueryClient,
  tasks: readonly Task[],
  patchOf: (task: Task) => TaskPatch,
): Promise<BulkItem[]> {
  const items: BulkItem[] = [];
  for (const { patch, ids } of batches(tasks, patchOf)) {
    const answer = await ok(api.POST("/api/tasks/bulk", { body: { ids, action: "update", changes: patch } }));
    items.push(...answer.items);
  }
  for (const { task } of items) if (task !== null) putCached(client, task);
  void client.invalidateQueries({ queryKey: keys.calendar });
  return items;
}

export async function changeMany(
  client: QueryClient,
  tasks: readonly Task[],
  patchOf: (task: Task) => TaskPatch,
  said: string,
): Promise<void> {
  for (const task of tasks) previewCached(client, patched(task, patchOf(task), zoneNow()));
  try {
    const items = await send(client, tasks, patchOf);
    const failed = items.filter((item) => item.problem !== null);
    const changed = tasks.filter((task) => items.some((item) => item.id === task.id && item.task !== null));
    if (failed.length > 0) {
      showToast({
        title: t("task.many.failed", { count: failed.length }),
        description: failed[0]?.problem?.detail ?? "",
        tone: "error",
      });
      void client.invalidateQueries({ queryKey: keys.taskLists });
    }
    if (changed.length === 0) return;
    announce(said, t("task.count", { count: changed.length }), async () => {
      await send(client, changed, (task) => inverseOf(task, patchOf(task)));
    });
  } catch (error) {
    // Some batches may have been done: what is true is read again.
    void client.invalidateQueries({ queryKey: keys.taskLists });
    showToast({
      title: t("task.many.failed", { count: tasks.length }),
      description: problemText(toProblem(error)),
      tone: "error",
      action: { label: t("app.retry"), run: () => void changeMany(client, tasks, patchOf, said) },
    });
  }
}

export interface Line {
  text: string;
  /** The same for each try. */
  key: string;
}

/** One task of each line, in their order, up to the first that fails. */
export async function createMany(
  client: QueryClient,
  lines: readonly Line[],
  onSaved: (count: number) => void,
): Promise<{ saved: number; error: unknown }> {
  const made: Task[] = [];
  let error: unknown = null;
  try {
    for (const { text, key } of lines) {
      // One after the other, so that they stand in the order of the lines.
      // oxlint-disable-next-line no-await-in-loop
      const task = await calls.quick(text, [], key);
      made.push(task);
      putCached(client, task);
      onSaved(made.length);
    }
  } catch (caught) {
    error = caught;
  }
  void client.invalidateQueries({ queryKey: keys.calendar });
  if (made.length > 0) {
    announce(t("task.created"), t("task.count", { count: made.length }), async () => {
      for (const { ids } of batches(made, () => ({}))) {
        // oxlint-disable-next-line no-await-in-loop
        await ok(api.POST("/api/tasks/bulk", { body: { ids, action: "delete" } }));
      }
      for (const task of made) dropCached(client, task.id);
    });
  }
  return { saved: made.length, error };
}
