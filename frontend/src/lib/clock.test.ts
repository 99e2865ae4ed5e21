import { expect, test } from "vitest";

import { formatDuration, instantIn } from "./clock";

test("a time on a day is an instant of the zone, on both sides of a change of clocks", () => {
  const berlin = (day: string, time: string) => instantIn("Europe/Berlin", day, time).toISOString();
  expect(berlin("2026-03-28", "18:00")).toBe("2026-03-28T17:00:00.000Z");
  expect(berlin("2026-03-29", "18:00")).toBe("2026-03-29T16:00:00.000Z");
  expect(berlin("2026-10-25", "09:00")).toBe("2026-10-25T08:00:00.000Z");
  // 02:30 does not exist on this day.
  expect(berlin("2026-03-29", "02:30")).toBe("2026-03-29T01:30:00.000Z");
  expect(instantIn("Pacific/Kiritimati", "2026-11-23", "00:15").toISOString()).toBe("2026-11-22T10:15:00.000Z");
});

test("a length of time is told by its largest unit", () => {
  expect(formatDuration(20, "en")).toBe("1 min");
  expect(formatDuration(299, "en")).toBe("4 min");
  expect(formatDuration(7_300, "en")).toBe("2 hr");
  expect(formatDuration(3 * 86_400, "de")).toBe("3 Tg.");
});
