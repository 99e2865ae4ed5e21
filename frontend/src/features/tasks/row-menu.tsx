// What can be done to a task beside pressing its row: the way for those who neither drag nor know the keys.
import { ArrowDown, ArrowUp, CalendarDays, Flag, Pencil, RotateCcw, SkipForward, Tag, Trash2 } from "lucide-react";
import type { ReactNode } from "react";

import type { Task } from "@/api/types";
import type { TaskCommands } from "@/data/commands";
import { onDay } from "@/data/task-calls";
import { t } from "@/i18n/i18n";
import { addDays, type Day } from "@/lib/dates";
import type { MenuEntry } from "@/ui/menu";

import type { RowField } from "./row-editor";

export interface RowMenu {
  task: Task;
  today: Day;
  commands: TaskCommands;
  edit: (task: Task, field: RowField) => void;
  /** Through the list, which moves the focus on. */
  leave: (task: Task, command: (task: Task) => Promise<void>) => void;
  /** One place up or down; null where that cannot be. */
  step: { up: (() => void) | null; down: (() => void) | null } | null;
}

const icon = "size-4";

export function rowMenu({ task, today, commands, edit, leave, step }: RowMenu): MenuEntry[] {
  const entry = (label: string, image: ReactNode, onSelect: () => void, danger = false): MenuEntry => ({
    kind: "item",
    label,
    icon: image,
    onSelect,
    danger,
  });

  if (task.deleted_at !== null) {
    return [
      entry(t("task.restore"), <RotateCcw aria-hidden className={icon} />, () => leave(task, commands.restore)),
      entry(t("task.delete-forever"), <Trash2 aria-hidden className={icon} />, () => leave(task, commands.purge), true),
    ];
  }
  const calendar = <CalendarDays aria-hidden className={icon} />;
  const to = (day: Day) => () => void commands.change(task, { due_date: onDay(task, day) }, t("task.moved"));
  return [
    entry(t("task.edit.title"), <Pencil aria-hidden className={icon} />, () => edit(task, "title")),
    entry(t("task.edit.priority"), <Flag aria-hidden className={icon} />, () => edit(task, "priority")),
    entry(t("task.edit.tags"), <Tag aria-hidden className={icon} />, () => edit(task, "tags")),
    { kind: "separator" },
    entry(t("task.move.today"), calendar, to(today)),
    entry(t("task.move.tomorrow"), calendar, to(addDays(today, 1))),
    entry(t("task.move.date"), calendar, () => edit(task, "due")),
    ...(task.recurrence_enabled && !task.completed
      ? [entry(t("task.skip"), <SkipForward aria-hidden className={icon} />, () => void commands.skip(task))]
      : []),
    ...(step === null ? [] : [{ kind: "separator" } as const]),
    ...(step?.up == null ? [] : [entry(t("task.move.up"), <ArrowUp aria-hidden className={icon} />, step.up)]),
    ...(step?.down == null ? [] : [entry(t("task.move.down"), <ArrowDown aria-hidden className={icon} />, step.down)]),
    { kind: "separator" },
    entry(t("task.delete"), <Trash2 aria-hidden className={icon} />, () => leave(task, commands.remove), true),
  ];
}
