import { expect, test } from "vitest";

import { formatDuration } from "./clock";

test("a length of time is told by its largest unit", () => {
  expect(formatDuration(20, "en")).toBe("1 min");
  expect(formatDuration(299, "en")).toBe("4 min");
  expect(formatDuration(7_300, "en")).toBe("2 hr");
  expect(formatDuration(3 * 86_400, "de")).toBe("3 Tg.");
});
