import { CalendarDays, MoreHorizontal, Repeat, RotateCcw, Trash2 } from "lucide-react";
import { memo } from "react";

import type { Priority, Task } from "@/api/types";
import type { TaskCommands } from "@/data/commands";
import { useT } from "@/i18n/i18n";
import { cx } from "@/lib/cx";
import { type DateSettings, dueDay, formatDue } from "@/lib/dates";
import { buttonClass } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { MenuButton, type MenuEntry } from "@/ui/menu";

export const priorityTone: Readonly<Record<Priority, string>> = {
  high: "text-high",
  medium: "text-medium",
  low: "text-low",
  none: "text-edge",
};

interface TaskCardProps {
  task: Task;
  today: string;
  dates: DateSettings;
  commands: TaskCommands;
  onOpen: (task: Task) => void;
  /** Completing, deleting and restoring go through the list, which then moves the focus to the next row. */
  onLeave: (task: Task, command: (task: Task) => Promise<void>) => void;
}

/** One task as a row: what it is, when, how urgent; done with one press. */
export const TaskCard = memo(function TaskCard({ task, today, dates, commands, onOpen, onLeave }: TaskCardProps) {
  const t = useT();
  const trashed = task.deleted_at !== null;
  const day = dueDay(task, dates.zone);
  const late = task.is_overdue || (day !== null && day < today && !task.completed);
  const entries = (): MenuEntry[] => {
    const trash = <Trash2 aria-hidden className="size-4" />;
    if (!trashed) {
      return [
        {
          kind: "item",
          label: t("task.delete"),
          icon: trash,
          danger: true,
          onSelect: () => onLeave(task, commands.remove),
        },
      ];
    }
    return [
      {
        kind: "item",
        label: t("task.restore"),
        icon: <RotateCcw aria-hidden className="size-4" />,
        onSelect: () => onLeave(task, commands.restore),
      },
      {
        kind: "item",
        label: t("task.delete-forever"),
        icon: trash,
        danger: true,
        onSelect: () => onLeave(task, commands.purge),
      },
    ];
  };
  return (
    <div className="group flex items-start gap-1 border-b border-line py-1">
      <Checkbox
        label={t(task.completed ? "task.reopen" : "task.complete", { title: task.title })}
        checked={task.completed}
        onCheckedChange={(checked) => {
          if (!trashed) onLeave(task, checked ? commands.complete : commands.reopen);
        }}
        tone={priorityTone[task.priority]}
        className={cx("-ml-2", trashed && "invisible")}
      />
      <button
        type="button"
        data-row={task.id}
        aria-label={t("task.open", { title: task.title })}
        onClick={() => onOpen(task)}
        className="touch min-w-0 flex-1 rounded-md py-1.5 text-left"
      >
        <span
          dir="auto"
          className={cx("block break-words whitespace-pre-wrap", task.completed && "text-muted line-through")}
        >
          {task.title}
        </span>
        <span className="flex flex-wrap items-center gap-x-3 gap-y-0.5 text-xs text-muted empty:hidden">
          {task.due_date === null ? null : (
            <span className={cx("inline-flex items-center gap-1", late && !task.completed && "text-danger")}>
              <CalendarDays aria-hidden className="size-3.5" />
              {late && !task.completed ? <span className="sr-only">{t("task.overdue")}:</span> : null}
              {formatDue(task, dates)}
            </span>
          )}
          {task.recurrence_enabled ? (
            <span className="inline-flex items-center gap-1">
              <Repeat aria-hidden className="size-3.5" />
              {t("task.repeats")}
            </span>
          ) : null}
          {task.priority === "none" ? null : (
            <span className={priorityTone[task.priority]}>{t(`task.priority.${task.priority}`)}</span>
          )}
          {task.tags.map((tag) => (
            <span key={tag} dir="auto">
              #{tag}
            </span>
          ))}
        </span>
      </button>
      <MenuButton
        aria-label={t("task.more", { title: task.title })}
        className={buttonClass(
          "icon",
          "group-focus-within:opacity-100 group-hover:opacity-100 aria-expanded:opacity-100 pointer-fine:opacity-0",
        )}
        entries={entries}
      >
        <MoreHorizontal aria-hidden className="size-5" />
      </MenuButton>
    </div>
  );
});
