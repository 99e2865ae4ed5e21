import { expect, test } from "vitest";

import { matching, type PaletteEntry } from "./entries";

const entries: PaletteEntry[] = ["Today", "Add task", "Über uns", "Go to trash", "Heute"].map((label) => ({
  id: label,
  group: "",
  label,
  run: () => undefined,
}));
const found = (text: string) => matching(entries, text).map((entry) => entry.label);

test("the best match stands first, and all words have to be there", () => {
  expect(found("t")).toEqual(["Today", "Add task", "Go to trash", "Heute"]);
  expect(found("trash go")).toEqual(["Go to trash"]);
  expect(found("trash x")).toEqual([]);
  expect(found("  ")).toHaveLength(5);
});

test("case and accents make no difference", () => {
  expect(found("UBER")).toEqual(["Über uns"]);
});
