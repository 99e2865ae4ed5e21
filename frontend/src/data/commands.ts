// What a person can do to tasks. Each is shown at once, sent, and taken back with the reason when the API refuses; each that can be
// undone says so in a message and stays undoable by key.
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";

import { api, ok } from "@/api/client";
import { toProblem } from "@/api/problem";
import type { Task, TaskMove, TaskPatch, TaskWrite } from "@/api/types";
import { t } from "@/i18n/i18n";
import { problemText } from "@/i18n/problem-text";
import { randomKey } from "@/lib/id";
import { begun } from "@/lib/undo";
import { showToast } from "@/ui/toast";

import { announce } from "./announce";
import { dueText } from "./due-text";
import { keys } from "./keys";
import { successorOf } from "./successor";
import { calls, inverseOf, patched } from "./task-calls";
import { changeCached, dropCached, moveCached, previewCached, putCached, zoneNow } from "./tasks";
import { addWaiting } from "./waiting";

interface Change {
  task: Task;
  /** What it is: the same of the same task while it is under way is one. */
  name: string;
  /** What is shown in its place until the answer is there; null takes it off the lists. */
  show?: (task: Task) => Task | null;
  /** Or: the task as it will be, shown where it will stand. */
  becomes?: Task;
  /** Or: whatever else is shown at once. */
  preview?: () => void;
  /** Null when nothing of the task is left, or it is in the trash. */
  send: () => Promise<Task | null>;
  /** What to say when it is done. */
  said: string | ((after: Task | null) => string);
  /** More to say, when it is known later. */
  saidLater?: (after: Task | null) => Promise<string | null>;
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
  change: (task: Task, patch: TaskPatch, said?: string) => Promise<void>;
  /** In the manual order, between two others. */
  move: (task: Task, to: TaskMove) => Promise<void>;
  /** The open task of a series to its next date. */
  skip: (task: Task) => Promise<void>;
  /** Many at once, each by its own patch; one message and one undo. */
  changeMany: (tasks: readonly Task[], patchOf: (task: Task) => TaskPatch, said: string) => Promise<void>;
  /** From a form: throws the problem, so that it can stand beside the fields. A task that is newer than `version` is refused (412). */
  save: (task: Task, patch: TaskPatch, version: number) => Promise<Task>;
  /** From a form. `key` is the same for each try of one form, so that one task comes of it. */
  create: (task: TaskWrite, key?: string) => Promise<Task>;
  /** From one line of text. `literal` are phrases of it that are title. */
  createQuick: (text: string, literal: readonly string[], key: string) => Promise<Task>;
  /** One task of each line, in their order, up to the first that fails: `error` says why, null when all are made. */
  createMany: (
    lines: readonly { text: string; key: string }[],
    onSaved: (count: number) => void,
  ) => Promise<{ saved: number; error: unknown }>;
}

/** Commands under way, by task and name: what is pressed twice is done once. */
const underWay = new Map<string, Promise<void>>();
/** The last command of each task: what else is done to it comes after that. */
const last = new Map<string, Promise<void>>();

/** Completing a series says when it comes again. */
async function nextSaid(after: Task | null): Promise<string | null> {
  if (after === null || !after.recurrence_enabled) return null;
  const next = await successorOf(after);
  return next?.due_date == null ? null : t("task.completed.next", { date: dueText(next) });
}

/** Loaded when many are first changed at once. */
const many = () => import("./bulk");

function makeCommands(client: QueryClient): TaskCommands {
  const settle = (task: Task | null, id?: string) => {
    if (task !== null) {
      putCached(client, task);
      void client.invalidateQueries({ queryKey: keys.activity(task.id) });
    } else if (id !== undefined) dropCached(client, id);
    void client.invalidateQueries({ queryKey: keys.calendar });
  };

  function run(change: Change): Promise<void> {
    const { id } = change.task;
    const key = `${id} ${change.name}`;
    const running = underWay.get(key);
    if (running !== undefined) return running;
    const before = last.get(id);
    const work = (before === undefined ? perform(change) : before.then(() => perform(change))).finally(() => {
      underWay.delete(key);
      if (last.get(id) === work) last.delete(id);
    });
    underWay.set(key, work);
    last.set(id, work);
    begun(work);
    return work;
  }

  async function perform(change: Change): Promise<void> {
    const { task, show, becomes, send, said, saidLater, undo } = change;
    // A list that is being read now would bring the old state back: it is read again afterwards.
    const lists = client.getQueryCache().findAll({ queryKey: keys.taskLists, fetchStatus: "fetching" });
    void client.cancelQueries({ queryKey: keys.taskLists });
    const before = client.getQueriesData({ queryKey: keys.tasks });
    if (show !== undefined) changeCached(client, task.id, show);
    if (becomes !== undefined) previewCached(client, becomes);
    change.preview?.();
    try {
      const after = await send();
      settle(after, task.id);
      const words = typeof said === "string" ? said : said(after);
      const shown = announce(words, task.title, undo && (() => undo(after ?? task)));
      void saidLater?.(after).then((more) => more !== null && shown.retitle(more));
    } catch (error) {
      for (const [key, data] of before) client.setQueryData(key, data);
      void client.invalidateQueries({ queryKey: keys.tasks });
      const problem = toProblem(error);
      // Without an answer it waits in the bar over the page, which tells when it can be sent.
      const waits = problem.status === 0;
      if (waits) addWaiting({ label: task.title, again: () => run(change) });
      showToast({
        title: t("task.change-failed", { title: task.title }),
        description: problemText(problem),
        tone: "error",
        ...(waits ? {} : { action: { label: t("app.retry"), run: () => void run(change) } }),
      });
    } finally {
      for (const { queryKey } of lists) void client.invalidateQueries({ queryKey, exact: true });
    }
  }

  const undoBy = (send: (after: Task) => Promise<Task | null>) => async (after: Task) =>
    settle(await send(after), after.id);
  const removal = async (task: Task) => {
    await calls.remove(task);
    return null;
  };
  const made = (task: Task) => {
    settle(task);
    announce(t("task.created"), task.title, async () => settle(await removal(task), task.id));
    return task;
  };

  return {
    complete: (task) =>
      run({
        task,
        name: "done",
        show: (shown) => ({ ...shown, completed: true, is_overdue: false }),
        send: () => calls.patch(task, { completed: true }),
        said: t("task.completed"),
        saidLater: nextSaid,
        undo: undoBy((after) => calls.patch(after, { completed: false })),
      }),
    reopen: (task) =>
      run({
        task,
        name: "done",
        show: (shown) => ({ ...shown, completed: false }),
        send: () => calls.patch(task, { completed: false }),
        said: t("task.reopened"),
        undo: undoBy((after) => calls.patch(after, { completed: true, completed_at: task.completed_at })),
      }),
    remove: (task) =>
      run({
        task,
        name: "trash",
        show: () => null,
        send: () => removal(task),
        said: t("task.deleted"),
        undo: undoBy((after) => calls.restore(after)),
      }),
    purge: (task) => run({ task, name: "trash", show: () => null, send: () => removal(task), said: t("task.purged") }),
    restore: (task) =>
      run({
        task,
        name: "trash",
        show: () => null,
        send: () => calls.restore(task),
        said: t("task.restored"),
        undo: undoBy(removal),
      }),
    change: (task, patch, said = t("task.saved")) =>
      run({
        task,
        name: `change ${JSON.stringify(patch)}`,
        becomes: patched(task, patch, zoneNow()),
        send: () => calls.patch(task, patch),
        said,
        undo: undoBy((after) => calls.patch(after, inverseOf(task, patch))),
      }),
    move: (task, to) =>
      run({
        task,
        name: `move ${JSON.stringify(to)}`,
        preview: () => moveCached(client, task, to.after ?? null, to.before ?? null),
        send: () => calls.move(task, to),
        said: t("task.moved"),
        undo: undoBy((after) => calls.patch(after, { position: task.position })),
      }),
    skip: (task) =>
      run({
        task,
        name: "skip",
        send: () => calls.skip(task),
        said: (after) => (after?.due_date == null ? t("task.saved") : t("task.skipped", { date: dueText(after) })),
        undo: undoBy((after) => calls.patch(after, { due_date: task.due_date })),
      }),
    changeMany: async (tasks, patchOf, said) => (await many()).changeMany(client, tasks, patchOf, said),
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
    create: async (body, key = randomKey()) =>
      made(await ok(api.POST("/api/tasks", { params: { header: { "Idempotency-Key": key } }, body }))),
    createQuick: async (text, literal, key) => made(await calls.quick(text, literal, key)),
    createMany: async (lines, onSaved) => (await many()).createMany(client, lines, onSaved),
  };
}

export function useTaskCommands(): TaskCommands {
  const client = useQueryClient();
  return useMemo(() => makeCommands(client), [client]);
}
