import { QueryClient } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";

import { makeTask } from "@/test/fake-api";

import { applyChanges, onNotifications } from "./changes";
import { keys } from "./keys";
import type { TaskPages } from "./tasks";

const list = keys.taskList({ status: "pending" });

function withTasks(...titles: string[]) {
  const client = new QueryClient();
  const tasks = titles.map((title) => makeTask({ title, version: 2 }));
  client.setQueryData<TaskPages>(list, {
    pages: [{ items: tasks, total: tasks.length, page: 1, page_size: 200, pages: 1 }],
    pageParams: [1],
  });
  const shown = () =>
    client.getQueryData<TaskPages>(list)?.pages.flatMap((page) => page.items.map((task) => task.title));
  return { client, tasks, shown };
}

const nothing = { cursor: 1, reset: false, tasks: [], gone: [], notifications: [], filters: false };

test("a change made elsewhere is shown, an older state is not", () => {
  const { client, tasks, shown } = withTasks("a", "b");
  const [a, b] = tasks as [(typeof tasks)[0], (typeof tasks)[0]];
  applyChanges(client, {
    ...nothing,
    tasks: [
      { ...a, title: "a2", version: 3 },
      { ...b, title: "old", version: 1 },
    ],
  });
  expect(shown()).toEqual(["a2", "b"]);
});

test("what is gone leaves the lists, and the count follows", () => {
  const { client, tasks, shown } = withTasks("a", "b");
  applyChanges(client, { ...nothing, gone: [tasks[0]?.id ?? ""] });
  expect(shown()).toEqual(["b"]);
  expect(client.getQueryData<TaskPages>(list)?.pages[0]?.total).toBe(1);
});

test("a reset reads everything again", () => {
  const { client } = withTasks("a");
  applyChanges(client, { ...nothing, reset: true });
  expect(client.getQueryState(list)?.isInvalidated).toBe(true);
});

test("notifications reach who shows them", () => {
  const { client } = withTasks();
  const heard = vi.fn();
  const end = onNotifications(heard);
  const notification = {
    id: "n",
    task_id: "t",
    title: "x",
    due_date: null,
    fire_at: "",
    fired_at: "",
    late_seconds: 0,
    acknowledged_at: null,
    snoozed_until: null,
  };
  applyChanges(client, { ...nothing, notifications: [notification] });
  expect(heard).toHaveBeenCalledExactlyOnceWith([notification]);
  end();
});
