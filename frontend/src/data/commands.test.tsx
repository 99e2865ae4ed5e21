import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Task } from "@/api/types";
import { forgetUndo } from "@/lib/undo";
import { type Asked, fakeApi, makeTask, problem } from "@/test/fake-api";
import { renderApp } from "@/test/render";

import { undoLastWithMessage } from "./announce";
import { useTaskCommands } from "./commands";
import { inverseOf } from "./task-calls";
import { useTasks } from "./tasks";

/** A list with the least around it. */
function List() {
  const { tasks } = useTasks({ status: "pending" });
  const commands = useTaskCommands();
  return tasks.map((task) => (
    <p key={task.id}>
      <span>{`${task.title}: ${task.completed ? "done" : "open"}`}</span>
      <button type="button" onClick={() => void commands.complete(task)}>{`complete ${task.title}`}</button>
      <button type="button" onClick={() => void commands.remove(task)}>{`remove ${task.title}`}</button>
      {(["high", "low"] as const).map((priority) => (
        <button key={priority} type="button" onClick={() => void commands.change(task, { priority })}>
          {`${priority} ${task.title}`}
        </button>
      ))}
    </p>
  ));
}

const page = (tasks: Task[]) => ({ items: tasks, total: tasks.length, page: 1, page_size: 200, pages: 1 });
const changes = (asked: Asked[]) => asked.filter((one) => one.method !== "GET").map((one) => [one.method, one.body]);

beforeEach(forgetUndo);
afterEach(() => vi.unstubAllGlobals());

test("completing shows at once, is one command however often it is pressed, and is undone by key", async () => {
  let task = makeTask({ title: "Milk" });
  const release: (() => void)[] = [];
  const asked = fakeApi({
    "GET /api/tasks": () => ({ body: page([task]) }),
    [`PATCH /api/tasks/${task.id}`]: async ({ body }) => {
      if (release.length === 0) await new Promise<void>((resolve) => release.push(resolve));
      task = { ...task, ...(body as Partial<Task>), version: task.version + 1 };
      return { body: task };
    },
  });
  renderApp(<List />);
  await userEvent.dblClick(await screen.findByText("complete Milk"));
  expect(screen.getByText("Milk: done")).toBeVisible();
  expect(changes(asked)).toEqual([["PATCH", { completed: true }]]);
  // Undone before it is answered: that means this one too.
  const undone = undoLastWithMessage();
  release[0]?.();
  await screen.findByText("Completed");
  await act(() => undone);
  await screen.findByText("Milk: open");
  expect(changes(asked).at(-1)).toEqual(["PATCH", { completed: false }]);
});

test("another command to the same task waits for the first; it is not lost", async () => {
  let task = makeTask({ title: "Milk" });
  let release: () => void = () => undefined;
  const first = new Promise<void>((resolve) => (release = resolve));
  const asked = fakeApi({
    "GET /api/tasks": () => ({ body: page([task]) }),
    [`PATCH /api/tasks/${task.id}`]: async ({ body }) => {
      await first;
      task = { ...task, ...(body as Partial<Task>), version: task.version + 1 };
      return { body: task };
    },
  });
  renderApp(<List />);
  await userEvent.click(await screen.findByText("high Milk"));
  await userEvent.click(screen.getByText("high Milk"));
  await userEvent.click(screen.getByText("low Milk"));
  expect(changes(asked)).toEqual([["PATCH", { priority: "high" }]]);
  release();
  await waitFor(() =>
    expect(changes(asked)).toEqual([
      ["PATCH", { priority: "high" }],
      ["PATCH", { priority: "low" }],
    ]),
  );
});

test("what the API refuses is taken back with the reason, and can be tried again", async () => {
  const task = makeTask({ title: "Bread" });
  let refuse = true;
  fakeApi({
    "GET /api/tasks": () => ({ body: page([task]) }),
    [`PATCH /api/tasks/${task.id}`]: () =>
      refuse ? problem(409, "in_trash") : { body: { ...task, completed: true, version: 2 } },
  });
  renderApp(<List />);
  await userEvent.click(await screen.findByText("complete Bread"));
  await screen.findAllByText("It is in_trash.");
  expect(screen.getByText("Bread: open")).toBeVisible();
  refuse = false;
  await userEvent.click(screen.getByRole("button", { name: "Try again", hidden: true }));
  await screen.findByText("Completed");
});

test("deleting takes the row away; the message brings it back", async () => {
  const task = makeTask({ title: "Eggs" });
  let trashed = false;
  fakeApi({
    "GET /api/tasks": () => ({ body: page(trashed ? [] : [task]) }),
    [`DELETE /api/tasks/${task.id}`]: () => {
      trashed = true;
      return { status: 204 };
    },
    [`POST /api/tasks/${task.id}/restore`]: () => {
      trashed = false;
      return { body: { ...task, version: 3 } };
    },
  });
  renderApp(<List />);
  await userEvent.click(await screen.findByText("remove Eggs"));
  await waitFor(() => expect(screen.queryByText("Eggs: open")).toBeNull());
  await userEvent.click(await screen.findByRole("button", { name: "Undo", hidden: true }));
  await screen.findByText("Eggs: open");
});

test("the inverse of a change names the same fields", () => {
  const task = makeTask({ title: "a", priority: "low", due_date: "2026-11-22" });
  expect(inverseOf(task, { title: "b", due_date: null })).toEqual({ title: "a", due_date: "2026-11-22" });
});
