// The keys of a list. They mean the task that has the focus.
import type { Priority, Task } from "@/api/types";
import type { TaskCommands } from "@/data/commands";
import { useT } from "@/i18n/i18n";
import { useShortcut } from "@/lib/keyboard";

import type { RowField } from "./row-editor";

interface RowKeys {
  current: () => Task | undefined;
  commands: TaskCommands;
  step: (by: 1 | -1) => void;
  open: (task: Task) => void;
  edit: (task: Task, field: RowField) => void;
  leave: (task: Task, command: (task: Task) => Promise<void>) => void;
  /** Undefined: the list cannot be arranged. */
  arrange: ((task: Task, by: 1 | -1) => void) | undefined;
}

function usePriorityKey(keys: string, priority: Priority, run: () => void): void {
  const t = useT();
  const label = t("keys.priority", { priority: t(`task.priority.${priority}`) });
  useShortcut({ keys, group: t("keys.tasks"), label, run });
}

export function useRowKeys({ current, commands, step, open, edit, leave, arrange }: RowKeys): void {
  const t = useT();
  const group = t("keys.tasks");
  const withCurrent = (act: (task: Task) => void) => () => {
    const task = current();
    if (task !== undefined) act(task);
  };
  const living = (act: (task: Task) => void) =>
    withCurrent((task) => (task.deleted_at === null ? act(task) : undefined));
  useShortcut({ keys: "j", group, label: t("keys.next"), run: () => step(1) });
  useShortcut({ keys: "k", group, label: t("keys.previous"), run: () => step(-1) });
  useShortcut({ keys: "ArrowDown", group, label: t("keys.next"), run: () => step(1) });
  useShortcut({ keys: "ArrowUp", group, label: t("keys.previous"), run: () => step(-1) });
  useShortcut({ keys: "o", group, label: t("keys.open"), run: withCurrent(open) });
  useShortcut({ keys: "e", group, label: t("task.edit.title"), run: living((task) => edit(task, "title")) });
  useShortcut({ keys: "t", group, label: t("keys.due"), run: living((task) => edit(task, "due")) });
  useShortcut({ keys: "l", group, label: t("task.edit.tags"), run: living((task) => edit(task, "tags")) });
  useShortcut({
    keys: "d",
    group,
    label: t("keys.complete"),
    run: living((task) => leave(task, task.completed ? commands.reopen : commands.complete)),
  });
  useShortcut({ keys: "Delete", group, label: t("keys.delete"), run: living((task) => leave(task, commands.remove)) });
  const prioritize = (priority: Priority) => living((task) => void commands.change(task, { priority }));
  usePriorityKey("1", "high", prioritize("high"));
  usePriorityKey("2", "medium", prioritize("medium"));
  usePriorityKey("3", "low", prioritize("low"));
  usePriorityKey("4", "none", prioritize("none"));
  const arranges = arrange !== undefined;
  useShortcut(
    { keys: "mod+shift+ArrowUp", group, label: t("task.move.up"), run: living((task) => arrange?.(task, -1)) },
    arranges,
  );
  useShortcut(
    { keys: "mod+shift+ArrowDown", group, label: t("task.move.down"), run: living((task) => arrange?.(task, 1)) },
    arranges,
  );
}
