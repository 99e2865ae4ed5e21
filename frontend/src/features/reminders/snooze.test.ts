import { expect, test } from "vitest";

import { snoozeChoices } from "./snooze";

const at = (now: string, zone = "Europe/Berlin") =>
  Object.fromEntries(snoozeChoices(new Date(now), zone, "08:30").map((choice) => [choice.id, choice.at.toISOString()]));

test("tonight and tomorrow are those of the person's zone", () => {
  expect(at("2026-11-26T10:00:00Z")).toEqual({
    "10min": "2026-11-26T10:10:00.000Z",
    "1h": "2026-11-26T11:00:00.000Z",
    tonight: "2026-11-26T17:00:00.000Z",
    tomorrow: "2026-11-27T07:30:00.000Z",
  });
  // In Auckland it is the 27th already.
  expect(at("2026-11-26T12:00:00Z", "Pacific/Auckland")["tomorrow"]).toBe("2026-11-27T19:30:00.000Z");
});

test("late in the evening tonight is later, and then no more", () => {
  expect(at("2026-11-26T17:00:00Z")["tonight"]).toBe("2026-11-26T20:00:00.000Z");
  expect(at("2026-11-26T19:45:00Z")["tonight"]).toBeUndefined();
});

test("tomorrow morning keeps its time over a change of clocks", () => {
  expect(at("2026-10-24T10:00:00Z")["tomorrow"]).toBe("2026-10-25T07:30:00.000Z");
});
