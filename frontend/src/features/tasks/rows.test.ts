import { expect, test } from "vitest";

import { makeTask } from "@/test/fake-api";

import { dropBetween, dropDay, neighbour, stepBetween, stepFrom, toRows } from "./rows";

const [a, b, c] = [makeTask({ id: "a" }), makeTask({ id: "b" }), makeTask({ id: "c" })];
const rows = toRows([
  { id: "1", title: "Overdue", tasks: [a] },
  { id: "2", title: "Empty", tasks: [] },
  { id: "3", title: "Today", tasks: [b, c] },
]);

test("empty sections have no heading, and positions run through", () => {
  expect(rows.map((row) => (row.kind === "heading" ? row.section.title : row.position))).toEqual([
    "Overdue",
    1,
    "Today",
    2,
    3,
  ]);
});

test("focus goes to the next row over headings, from the last to the one before", () => {
  expect([neighbour(rows, "a"), neighbour(rows, "c"), neighbour(rows, "gone")]).toEqual(["b", "b", null]);
  expect(neighbour(toRows([{ id: "1", title: null, tasks: [a] }]), "a")).toBeNull();
});

test("steps stop at the ends and begin at the first", () => {
  expect([stepFrom(rows, null, 1), stepFrom(rows, "a", 1), stepFrom(rows, "c", 1), stepFrom(rows, "a", -1)]).toEqual([
    "a",
    "b",
    "c",
    "a",
  ]);
});

const flat = toRows([{ id: "1", title: null, tasks: [a, b, c] }]);

test("a drop says between which two, and nothing where the task stands already", () => {
  expect(dropBetween(flat, "a", 3)).toEqual({ after: "c", before: null });
  expect(dropBetween(flat, "c", 0)).toEqual({ after: null, before: "a" });
  expect(dropBetween(flat, "c", 1)).toEqual({ after: "a", before: "b" });
  expect([dropBetween(flat, "b", 1), dropBetween(flat, "b", 2)]).toEqual([null, null]);
});

test("the keys move one place, and not over the ends", () => {
  expect(stepBetween(flat, "a", 1)).toEqual({ after: "b", before: "c" });
  expect(stepBetween(flat, "c", -1)).toEqual({ after: "a", before: "b" });
  expect([stepBetween(flat, "a", -1), stepBetween(flat, "c", 1)]).toEqual([null, null]);
});

test("a drop on a day's heading or rows means that day; an empty day has a heading", () => {
  const days = toRows([
    { id: "1", title: "Mon", day: "2026-11-23", tasks: [a] },
    { id: "2", title: "Tue", day: "2026-11-24", tasks: [] },
  ]);
  expect([0, 1, 2].map((at) => dropDay(days, at))).toEqual(["2026-11-23", "2026-11-23", "2026-11-24"]);
});
