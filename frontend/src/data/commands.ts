// What a person can do to tasks. Each is shown at once, sent, and taken back with the reason when the API refuses; each that can be
// undone says so in a message and stays undoable by key.
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";

import { api, done, ifMatch, ok } from "@/api/client";
import { toProblem } from "@/api/problem";
import type { Task, TaskPatch, TaskWrite } from "@/api/types";
import { t } from "@/i18n/i18n";
import { problemText } from "@/i18n/problem-text";
import { randomKey } from "@/lib/id";
import { remembered, undoEntry, type Undoable, undoLast } from "@/lib/undo";
import { showToast } from "@/ui/toast";

import { keys } from "./keys";
import { changeCached, putCached, refreshLists } from "./tasks";

interface Change {
  task: Task;
  /** What is shown until the answer is there; null takes it off the lists. */
  show: (task: Task) => Task | null;
  /** Null when nothing of the task is left. */
  send: () => Promise<Task | null>;
  /** What to say when it is done. */
  said: string;
  undo?: (after: Task) => Promise<void>;
}

export interface TaskCommands {
  complete: (task: Task) => Promise<void>;
  reopen: (task: Task) => Promise<void>;
  /** To the trash. */
  remove: (task: Task) => Promise<void>;
  /** For good: only from the trash, and not to be undone. */
  purge: (task: Task) => Promise<void>;
  restore: (task: Task) => Promise<void>;
  /** One or a few fields at once, as inline editing, drag and the keyboard do. */
  change: (task: Task, patch: TaskPatch) => Promise<void>;
  /** From a form: throws the problem, so that it can stand beside the fields. A task that is newer than `version` is refused (412). */
  save: (task: Task, patch: TaskPatch, version: number) => Promise<Task>;
  /** From a form. `key` is the same for each try of one form, so that one task comes of it. */
  create: (task: TaskWrite, key?: string) => Promise<Task>;
}

/** Commands under way by task: what is pressed twice is done once. */
const underWay = new Map<string, Promise<void>>();

/** Undoes an entry and says how it went. */
export async function undoWithMessage(take: () => Promise<Undoable | null>): Promise<void> {
  try {
    const undone = await take();
    showToast({ title: undone === null ? t("app.nothing-to-undo") : t("app.undone", { what: undone.label }) });
  } catch (error) {
    showToast({ title: t("app.undo.failed", { why: problemText(toProblem(error)) }), tone: "error" });
  }
}

export function undoLastWithMessage(): Promise<void> {
  return undoWithMessage(undoLast);
}

/** Remembers how to undo what was done, and offers it. */
export function announce(said: string, description: string, undo?: () => Promise<void>): void {
  if (undo === undefined) {
    showToast({ title: said, description });
    return;
  }
  const entry: Undoable = { label: `${said} — ${description}`, undo };
  remembered(entry);
  showToast({
    title: said,
    description,
    action: { label: t("app.undo"), run: () => void undoWithMessage(() => undoEntry(entry)) },
  });
}

const path = (task: Task) => ({ params: { path: { id: task.id } } });

const calls = {
  patch: (task: Task, body: TaskPatch, version?: number) =>
    ok(
      api.PATCH("/api/tasks/{id}", {
        params: { path: { id: task.id }, ...(version === undefined ? {} : { header: ifMatch(version) }) },
        body,
      }),
    ),
  remove: (task: Task) => done(api.DELETE("/api/tasks/{id}", path(task))),
  restore: (task: Task) => ok(api.POST("/api/tasks/{id}/restore", path(task))),
};

/** The values that the patched fields had. */
export function inverseOf(task: Task, patch: TaskPatch): TaskPatch {
  const fields = Object.keys(patch) as (keyof TaskPatch & keyof Task)[];
  return Object.fromEntries(fields.map((field) => [field, task[field]])) as TaskPatch;
}

/** The task as it will look. What only the server can derive (`due_at`) is left to its answer. */
function patched(task: Task, patch: TaskPatch): Task {
  const next = { ...task, ...patch } as Task;
  if (patch.due_date === undefined) return next;
  const day = patch.due_date?.length === 10 || patch.due_date === null;
  return { ...next, due_at: day ? null : task.due_at, is_overdue: false };
}

function makeCommands(client: QueryClient): TaskCommands {
  const settle = (task: Task | null) => {
    if (task !== null) putCached(client, task);
    void refreshLists(client);
  };

  function run(change: Change): Promise<void> {
    const { task } = change;
    const running = underWay.get(task.id);
    if (running !== undefined) return running;
    const work = perform(change).finally(() => underWay.delete(task.id));
    underWay.set(task.id, work);
    return work;
  }

  async function perform(change: Change): Promise<void> {
    const { task, show, send, said, undo } = change;
    // A list that is being read now would bring the old state back.
    void client.cancelQueries({ queryKey: keys.taskLists });
    const before = client.getQueriesData({ queryKey: keys.tasks });
    changeCached(client, task.id, show);
    try {
      const after = await send();
      settle(after);
      announce(said, task.title, undo && (() => undo(after ?? task)));
    } catch (error) {
      for (const [key, data] of before) client.setQueryData(key, data);
      void refreshLists(client);
      showToast({
        title: t("task.change-failed", { title: task.title }),
        description: problemText(toProblem(error)),
        tone: "error",
        action: { label: t("app.retry"), run: () => void run(change) },
      });
    }
  }

  const undoBy = (send: (after: Task) => Promise<Task | null>) => async (after: Task) => settle(await send(after));

  return {
    complete: (task) =>
      run({
        task,
        show: (shown) => ({ ...shown, completed: true, is_overdue: false }),
        send: () => calls.patch(task, { completed: true }),
        said: t("task.completed"),
        undo: undoBy((after) => calls.patch(after, { completed: false })),
      }),
    reopen: (task) =>
      run({
        task,
        show: (shown) => ({ ...shown, completed: false }),
        send: () => calls.patch(task, { completed: false }),
        said: t("task.reopened"),
        undo: undoBy((after) => calls.patch(after, { completed: true, completed_at: task.completed_at })),
      }),
    remove: (task) =>
      run({
        task,
        show: () => null,
        send: async () => {
          await calls.remove(task);
          return null;
        },
        said: t("task.deleted"),
        undo: undoBy((after) => calls.restore(after)),
      }),
    purge: (task) =>
      run({
        task,
        show: () => null,
        send: async () => {
          await calls.remove(task);
          return null;
        },
        said: t("task.purged"),
      }),
    restore: (task) =>
      run({
        task,
        show: () => null,
        send: () => calls.restore(task),
        said: t("task.restored"),
        undo: undoBy(async (after) => {
          await calls.remove(after);
          return null;
        }),
      }),
    change: (task, patch) =>
      run({
        task,
        show: (shown) => patched(shown, patch),
        send: () => calls.patch(task, patch),
        said: t("task.saved"),
        undo: undoBy((after) => calls.patch(after, inverseOf(task, patch))),
      }),
    save: async (task, patch, version) => {
      const after = await calls.patch(task, patch, version);
      settle(after);
      announce(
        t("task.saved"),
        after.title,
        undoBy(() => calls.patch(after, inverseOf(task, patch))).bind(null, after),
      );
      return after;
    },
    create: async (body, key = randomKey()) => {
      const task = await ok(api.POST("/api/tasks", { params: { header: { "Idempotency-Key": key } }, body }));
      settle(task);
      announce(t("task.created"), task.title, async () => {
        await calls.remove(task);
        settle(null);
      });
      return task;
    },
  };
}

export function useTaskCommands(): TaskCommands {
  const client = useQueryClient();
  return useMemo(() => makeCommands(client), [client]);
}
