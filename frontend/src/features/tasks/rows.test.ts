import { expect, test } from "vitest";

import { makeTask } from "@/test/fake-api";

import { neighbour, stepFrom, toRows } from "./rows";

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
