import { expect, test } from "vitest";

import { makeTask } from "@/test/fake-api";

import { customFrom, LAST_DAY, nthWeekday, patchOf, PRESETS, presetOf, ruleOf } from "./rule";

test("what a task has is what is edited and sent", () => {
  const task = makeTask({
    recurrence_enabled: true,
    recurrence_pattern: "weekly",
    recurrence_interval: 2,
    recurrence_days: ["MO", "WE"],
    recurrence_count: 5,
  });
  const rule = ruleOf(task);
  expect(presetOf(rule.pattern)).toBe("custom");
  const patch = patchOf(rule);
  expect(ruleOf({ ...task, ...patch } as typeof task)).toEqual(rule);
  expect([patch.recurrence_rule, patch.recurrence_cron]).toEqual([null, null]);
});

test("each preset is found again", () => {
  for (const [preset, pattern] of PRESETS) expect(presetOf(pattern)).toBe(preset);
  expect(presetOf({ kind: "rule", rule: "FREQ=YEARLY;BYMONTH=2" })).toBe("cron");
  expect(presetOf({ kind: "cron", cron: "0 9 * * 1-5" })).toBe("cron");
});

test("no rule leaves nothing of the old one", () => {
  const none = patchOf({ ...ruleOf(makeTask()), pattern: { kind: "none" } });
  expect(none).toMatchObject({ recurrence_pattern: null, recurrence_rule: null, recurrence_enabled: false });
});

test("a form of one's own begins with what is there", () => {
  expect(customFrom({ kind: "plain", unit: "yearly", interval: 1, days: [] })).toMatchObject({ unit: "yearly" });
  expect(customFrom({ kind: "rule", rule: LAST_DAY })).toMatchObject({ unit: "weekly" });
});

test("which weekday of its month a day is", () => {
  expect(nthWeekday("2026-11-05")).toEqual({ nth: "1TH", last: null });
  expect(nthWeekday("2026-11-26")).toEqual({ nth: "4TH", last: "-1TH" });
  expect(nthWeekday("2026-11-30")).toEqual({ nth: "4MO", last: "-1MO" });
});
