import { expect, test } from "vitest";

import { makeTask } from "@/test/fake-api";

import { itemsByDay, monthStart, spanOf, turned } from "./days";

test("a month is shown in whole weeks, from the person's first day", () => {
  const monday = spanOf("month", "2026-11-26", "monday");
  expect([monday.from, monday.to, monday.days.length]).toEqual(["2026-10-26", "2026-12-07", 42]);
  const sunday = spanOf("month", "2026-11-26", "sunday");
  expect([sunday.from, sunday.to]).toEqual(["2026-11-01", "2026-12-06"]);
  expect(spanOf("week", "2026-11-26", "saturday").days).toEqual([
    "2026-11-21",
    "2026-11-22",
    "2026-11-23",
    "2026-11-24",
    "2026-11-25",
    "2026-11-26",
    "2026-11-27",
  ]);
});

test("months and weeks turn over the year", () => {
  expect([monthStart("2026-12-31", 1), monthStart("2026-01-15", -1)]).toEqual(["2027-01-01", "2025-12-01"]);
  expect([turned("month", "2026-11-26", -1), turned("week", "2026-12-28", 1)]).toEqual(["2026-10-01", "2027-01-04"]);
});

test("tasks and coming occurrences stand on the person's days, without time first", () => {
  const days = itemsByDay(
    [
      makeTask({ title: "late", due_date: "2026-11-22T23:30:00Z", due_at: "2026-11-22T23:30:00Z" }),
      makeTask({ title: "day", due_date: "2026-11-23" }),
    ],
    [{ task_id: "t", title: "weekly", priority: "high", due_date: "2026-11-23", due_at: null }],
    "Europe/Berlin",
  );
  expect(days.get("2026-11-23")?.map((item) => [item.title, item.kind])).toEqual([
    ["weekly", "occurrence"],
    ["day", "task"],
    ["late", "task"],
  ]);
});
