import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";

import { makeTask } from "@/test/fake-api";

import type { TaskFilter } from "./filter";
import { keys } from "./keys";
import { comparator, matches } from "./matching";
import { dropCached, moveCached, nextPage, previewCached, putCached, type TaskPages } from "./tasks";

const zone = "Europe/Berlin";

test("a task is told to be in a list or not, by the API's rules", () => {
  const task = makeTask({ tags: ["Büro", "home"], priority: "high", due_date: "2026-11-22" });
  const is = (filter: TaskFilter) => matches(task, filter, zone);
  expect(is({})).toBe(true);
  expect(is({ status: "completed" })).toBe(false);
  expect(is({ priority: "high,low", tags: "BÜRO" })).toBe(true);
  expect(is({ tags: "büro,work" })).toBe(true);
  expect(is({ tags: "büro,work", tags_match: "all" })).toBe(false);
  expect(is({ due_after: "2026-11-22", due_before: "2026-11-23" })).toBe(true);
  expect(is({ due_before: "2026-11-22" })).toBe(false);
  expect(matches(makeTask(), { due_before: "2026-11-22" }, zone)).toBe(false);
});

test("what only the API can tell is left to it, unless something else decides", () => {
  const task = makeTask({ priority: "low" });
  expect(matches(task, { search: "milk" }, zone)).toBeNull();
  expect(matches(task, { search: "milk", priority: "high" }, zone)).toBe(false);
  expect(matches(task, { status: "overdue" }, zone)).toBeNull();
});

test("an instant stands under the person's day", () => {
  const late = makeTask({ due_date: "2026-11-22T23:30:00Z", due_at: "2026-11-22T23:30:00Z" });
  expect(matches(late, { due_after: "2026-11-23" }, zone)).toBe(true);
});

test("order: what has no value last in either order, ties by id", () => {
  const [none, day, time] = [
    makeTask({ id: "a" }),
    makeTask({ id: "b", due_date: "2026-11-22" }),
    makeTask({ id: "c", due_date: "2026-11-22T00:00", due_at: "2026-11-21T23:00:00Z" }),
  ];
  const sorted = (filter: TaskFilter) => [none, time, day].toSorted(comparator(filter, zone)).map((task) => task.id);
  expect(sorted({ sort_by: "due_date", sort_order: "asc" })).toEqual(["b", "c", "a"]);
  expect(sorted({ sort_by: "due_date", sort_order: "desc" })).toEqual(["b", "c", "a"]);
});

function cached(filter: TaskFilter, titles: string[], total = titles.length) {
  const client = new QueryClient();
  const tasks = titles.map((title) => makeTask({ title, version: 2 }));
  client.setQueryData<TaskPages>(keys.taskList(filter), {
    pages: [{ items: tasks, total, page: 1, page_size: 200, pages: Math.ceil(total / 200) }],
    pageParams: [1],
  });
  const data = () => client.getQueryData<TaskPages>(keys.taskList(filter));
  const shown = () =>
    data()
      ?.pages.flatMap((page) => page.items.map((task) => task.title))
      .join();
  const count = () => data()?.pages[0]?.total;
  const task = (title: string) => tasks.find((each) => each.title === title) ?? makeTask();
  return { client, task, shown, count, stale: () => client.getQueryState(keys.taskList(filter))?.isInvalidated };
}

const byTitle: TaskFilter = { status: "pending", sort_by: "title", sort_order: "asc" };

test("a new task is put where it belongs, without asking the API", () => {
  const list = cached(byTitle, ["a", "c", "e"]);
  putCached(list.client, makeTask({ title: "d" }));
  putCached(list.client, makeTask({ title: "z" }));
  expect([list.shown(), list.count(), list.stale()]).toEqual(["a,c,d,e,z", 5, false]);
});

test("a changed one moves, a completed one leaves, and an overtaken answer brings nothing back", () => {
  const list = cached(byTitle, ["a", "b", "c"]);
  putCached(list.client, { ...list.task("a"), title: "x", version: 3 });
  putCached(list.client, { ...list.task("b"), completed: true, version: 3 });
  putCached(list.client, list.task("b"));
  expect([list.shown(), list.count()]).toEqual(["c,x", 2]);
});

test("behind what was read, a task waits for its page", () => {
  const list = cached(byTitle, ["a", "b"], 500);
  putCached(list.client, makeTask({ title: "z" }));
  expect([list.shown(), list.count()]).toEqual(["a,b", 501]);
});

test("what is in the trash leaves the lists", () => {
  const list = cached(byTitle, ["a", "b"]);
  dropCached(list.client, list.task("a").id);
  expect([list.shown(), list.count()]).toEqual(["b", 1]);
});

test("a move shows at once, whatever the positions say", () => {
  const list = cached({ status: "pending", sort_by: "position" }, ["a", "b", "c"]);
  moveCached(list.client, list.task("c"), list.task("a").id, list.task("b").id);
  expect(list.shown()).toBe("a,c,b");
});

test("a change that is under way shows where it will stand", () => {
  const list = cached(byTitle, ["a", "b"]);
  previewCached(list.client, { ...list.task("a"), title: "z" });
  expect(list.shown()).toBe("b,z");
});

test("pages are read by what is there: after tasks left, the page of the first unread one again", () => {
  const page = (number: number, from: number, count: number, total: number) => ({
    items: Array.from({ length: count }, (_, at) => makeTask({ id: String(from + at) })),
    total,
    page: number,
    page_size: 200,
    pages: Math.ceil(total / 200),
  });
  expect(nextPage([page(1, 0, 200, 450)])).toBe(2);
  expect(nextPage([page(1, 0, 199, 449)])).toBe(1);
  expect(nextPage([page(1, 0, 199, 449), page(1, 0, 200, 449)])).toBe(2);
  expect(nextPage([page(1, 0, 3, 3)])).toBeUndefined();
  // A page that brought nothing new is not read for ever.
  expect(nextPage([page(1, 0, 199, 449), page(1, 0, 199, 449)])).toBe(2);
});
