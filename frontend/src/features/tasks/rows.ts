import type { ReactNode } from "react";

import type { Task } from "@/api/types";
import type { Day } from "@/lib/dates";

export interface Section {
  id: string;
  /** Null: the rows stand without a heading. */
  title: string | null;
  /** Said beside the title. */
  note?: string;
  /** The day that its tasks are due on: a task that is dropped here gets it. */
  day?: Day;
  /** At the end of the heading. */
  action?: ReactNode;
  tasks: readonly Task[];
}

export type Row =
  { kind: "heading"; section: Section } | { kind: "task"; task: Task; position: number; day: Day | undefined };

/** Sections as the rows of one list, so that all of it is virtual. */
export function toRows(sections: readonly Section[]): Row[] {
  const rows: Row[] = [];
  let position = 0;
  for (const section of sections) {
    if (section.tasks.length === 0 && section.day === undefined) continue;
    if (section.title !== null) rows.push({ kind: "heading", section });
    for (const task of section.tasks) {
      position += 1;
      rows.push({ kind: "task", task, position, day: section.day });
    }
  }
  return rows;
}

function ids(rows: readonly Row[]): string[] {
  return rows.flatMap((row) => (row.kind === "task" ? [row.task.id] : []));
}

/** Where the focus goes when the row of this task goes: to the next task, else to the one before. */
export function neighbour(rows: readonly Row[], id: string): string | null {
  const tasks = ids(rows);
  const at = tasks.indexOf(id);
  return at < 0 ? null : (tasks[at + 1] ?? tasks[at - 1] ?? null);
}

/** The task `step` rows from this one, or the first when none is given. */
export function stepFrom(rows: readonly Row[], id: string | null, step: 1 | -1): string | null {
  const tasks = ids(rows);
  const at = id === null ? -1 : tasks.indexOf(id);
  if (at < 0) return (step === 1 ? tasks[0] : tasks.at(-1)) ?? null;
  return tasks[at + step] ?? id;
}

export interface Between {
  after: string | null;
  before: string | null;
}

/** Between which two a task comes to stand that is dropped before row `at` (or behind all); null when it stands there already. */
export function dropBetween(rows: readonly Row[], id: string, at: number): Between | null {
  const before = ids(rows.slice(at));
  const after = ids(rows.slice(0, at));
  if (before[0] === id || after.at(-1) === id) return null;
  const place = { after: after.at(-1) ?? null, before: before[0] ?? null };
  return place.after === null && place.before === null ? null : place;
}

/** One place up or down; null at the ends. */
export function stepBetween(rows: readonly Row[], id: string, step: 1 | -1): Between | null {
  const tasks = ids(rows);
  const at = tasks.indexOf(id);
  if (at < 0 || tasks[at + step] === undefined) return null;
  return step === 1
    ? { after: tasks[at + 1] ?? null, before: tasks[at + 2] ?? null }
    : { after: tasks[at - 2] ?? null, before: tasks[at - 1] ?? null };
}

/** The day of the section in which row `at` stands: for a task that is dropped there. */
export function dropDay(rows: readonly Row[], at: number): Day | undefined {
  const row = rows[at];
  return row?.kind === "heading" ? row.section.day : row?.day;
}
