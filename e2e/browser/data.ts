// Real task titles of the collection that all of Spindle's tests use.
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface Sample {
  title: string;
  tags: string[];
  priority: "high" | "medium" | "low" | "none";
}

const lines = readFileSync(join(import.meta.dirname, "../data/tasks-2000.jsonl"), "utf8")
  .trimEnd()
  .split("\n");

/** `count` of them from the `from`th on, no two alike. */
export function samples(count: number, from = 0): Sample[] {
  const seen = new Set<string>();
  return lines
    .slice(from)
    .map((line) => JSON.parse(line) as Sample)
    .filter(({ title }) => !seen.has(title) && seen.add(title))
    .slice(0, count)
    .map(({ title, tags, priority }) => ({ title, tags, priority }));
}

/** A day of Berlin, so many from today: `2026-11-26`. */
export function day(offset: number): string {
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Berlin" }).format(new Date());
  return new Date(Date.parse(`${today}T12:00:00Z`) + offset * 864e5).toISOString().slice(0, 10);
}
