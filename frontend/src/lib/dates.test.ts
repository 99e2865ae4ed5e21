import { describe, expect, test } from "vitest";

import { addDays, type DateSettings, dayIn, daysBetween, dueDay, formatDue, instantOf } from "./dates";

const settings: DateSettings = {
  locale: "en-GB",
  zone: "Pacific/Kiritimati",
  hourCycle: null,
  now: new Date("2026-11-22T11:00:00Z"),
};

test("the day is that of the zone", () => {
  expect(dayIn("Pacific/Kiritimati", settings.now)).toBe("2026-11-23");
  expect(dayIn("Pacific/Pago_Pago", new Date("2026-11-22T10:30:00Z"))).toBe("2026-11-21");
});

test("days are counted over clock changes, months and leap years", () => {
  expect(addDays("2026-10-24", 2)).toBe("2026-10-26");
  expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
  expect(addDays("2026-01-01", -1)).toBe("2025-12-31");
  expect(daysBetween("2026-03-28", "2026-03-30")).toBe(2);
});

test("a time on a day is an instant of the zone, on both sides of a change of clocks", () => {
  const berlin = (day: string, time: string) => new Date(instantOf(`${day}T${time}`, "Europe/Berlin")).toISOString();
  expect(berlin("2026-03-28", "18:00")).toBe("2026-03-28T17:00:00.000Z");
  expect(berlin("2026-03-29", "18:00")).toBe("2026-03-29T16:00:00.000Z");
  expect(berlin("2026-10-25", "09:00")).toBe("2026-10-25T08:00:00.000Z");
  // 02:30 does not exist on this day.
  expect(berlin("2026-03-29", "02:30")).toBe("2026-03-29T01:30:00.000Z");
  expect(new Date(instantOf("2026-11-23T00:15", "Pacific/Kiritimati")).toISOString()).toBe("2026-11-22T10:15:00.000Z");
});

describe("a due date", () => {
  test("without time is a day in any zone", () => {
    const task = { due_date: "2026-11-23", due_at: null };
    expect(dueDay(task, settings.zone)).toBe("2026-11-23");
    expect(formatDue(task, settings)).toBe("Today");
  });

  test("with an instant stands under the person's day", () => {
    const task = { due_date: "2026-11-22T23:30", due_at: "2026-11-23T10:30:00Z" };
    expect(dueDay(task, settings.zone)).toBe("2026-11-24");
    expect(formatDue(task, settings)).toBe("Tomorrow 00:30");
  });

  test("names the year when it is not this one", () => {
    expect(formatDue({ due_date: "2027-01-31", due_at: null }, settings)).toMatch(/Sun.* 31 Jan.* 2027/);
    expect(formatDue({ due_date: "2026-12-24", due_at: null }, settings)).not.toContain("2026");
  });

  test("speaks the language and the clock that were chosen", () => {
    const german = { ...settings, locale: "de", hourCycle: "h12" as const };
    expect(formatDue({ due_date: "2026-11-23", due_at: null }, german)).toBe("Heute");
    expect(formatDue({ due_date: "x", due_at: "2026-11-23T05:00:00Z" }, { ...settings, hourCycle: "h12" })).toMatch(
      /7:00 pm/i,
    );
  });
});
