import type { Task } from "@/api/types";

export interface Section {
  id: string;
  /** Null: the rows stand without a heading. */
  title: string | null;
  /** Said beside the title. */
  note?: string;
  tasks: readonly Task[];
}

export type Row = { kind: "heading"; section: Section } | { kind: "task"; task: Task; position: number };

/** Sections as the rows of one list, so that all of it is virtual. */
export function toRows(sections: readonly Section[]): Row[] {
  const rows: Row[] = [];
  let position = 0;
  for (const section of sections) {
    if (section.tasks.length === 0) continue;
    if (section.title !== null) rows.push({ kind: "heading", section });
    for (const task of section.tasks) {
      position += 1;
      rows.push({ kind: "task", task, position });
    }
  }
  return rows;
}

/** Where the focus goes when the row of this task goes: to the next task, else to the one before. */
export function neighbour(rows: readonly Row[], id: string): string | null {
  const tasks = rows.flatMap((row) => (row.kind === "task" ? [row.task.id] : []));
  const at = tasks.indexOf(id);
  return at < 0 ? null : (tasks[at + 1] ?? tasks[at - 1] ?? null);
}

/** The task `step` rows from this one, or the first when none is given. */
export function stepFrom(rows: readonly Row[], id: string | null, step: 1 | -1): string | null {
  const tasks = rows.flatMap((row) => (row.kind === "task" ? [row.task.id] : []));
  const at = id === null ? -1 : tasks.indexOf(id);
  if (at < 0) return (step === 1 ? tasks[0] : tasks.at(-1)) ?? null;
  return tasks[at + step] ?? id;
}
