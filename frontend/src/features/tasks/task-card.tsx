import { CalendarDays, GripVertical, MoreHorizontal, Repeat } from "lucide-react";
import { lazy, memo, Suspense } from "react";

import type { Priority, Task, TaskPatch } from "@/api/types";
import { useT, withWords } from "@/i18n/i18n";
import { cx } from "@/lib/cx";
import { type DateSettings, dueDay, formatDue } from "@/lib/dates";
import { afterFirstView } from "@/lib/first-view";
import { buttonClass } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { MenuButton, type MenuEntry } from "@/ui/menu";

import { loadRowMenu } from "./load-row-menu";
import type { RowField } from "./row-editor";

const RowEditor = lazy(async () => ({ default: (await import("./row-editor")).RowEditor }));
const RowRule = lazy(afterFirstView(async () => ({ default: (await withWords(import("./row-rule"))).RowRule })));

export const priorityTone: Readonly<Record<Priority, string>> = {
  high: "text-high",
  medium: "text-medium",
  low: "text-low",
  none: "text-edge",
};

/** What a row can do. One object for all rows, so that a row is drawn again only when its task changes. */
export interface RowActions {
  open: (task: Task) => void;
  complete: (task: Task, done: boolean) => void;
  edit: (task: Task, field: RowField) => void;
  edited: (task: Task, patch: TaskPatch | null) => void;
  menu: (task: Task) => readonly MenuEntry[];
  tag?: ((tag: string) => void) | undefined;
  /** Null: this list cannot be arranged. */
  drag: ((event: PointerEvent, task: Task) => void) | null;
}

interface TaskCardProps {
  task: Task;
  today: string;
  dates: DateSettings;
  actions: RowActions;
  editing: RowField | null;
}

const chip = "inline-flex min-h-6 items-center gap-1 rounded-md px-1 -mx-1 hover:bg-hover";

/** One task as a row: what it is, when, how urgent; done with one press, each part changed where it stands. */
export const TaskCard = memo(function TaskCard({ task, today, dates, actions, editing }: TaskCardProps) {
  const t = useT();
  const trashed = task.deleted_at !== null;
  const edit = (field: RowField) => (trashed ? undefined : () => actions.edit(task, field));
  return (
    <div className="group flex items-start gap-1 border-b border-line py-1">
      <Checkbox
        label={t(task.completed ? "task.reopen" : "task.complete", { title: task.title })}
        checked={task.completed}
        onCheckedChange={(checked) => {
          if (!trashed) actions.complete(task, checked);
        }}
        tone={priorityTone[task.priority]}
        className={cx("-ml-2", trashed && "invisible")}
      />
      <div className="min-w-0 flex-1">
        {editing === "title" ? (
          <Editor task={task} today={today} actions={actions} field="title" />
        ) : (
          <button
            type="button"
            data-row={task.id}
            aria-label={t("task.open", { title: task.title })}
            onClick={() => actions.open(task)}
            className="touch block w-full rounded-md py-1.5 text-left"
          >
            <span
              dir="auto"
              className={cx("block break-words whitespace-pre-wrap", task.completed && "text-muted line-through")}
            >
              {task.title}
            </span>
          </button>
        )}
        {editing !== null && editing !== "title" ? (
          <Editor task={task} today={today} actions={actions} field={editing} />
        ) : (
          <Facts task={task} today={today} dates={dates} edit={edit} onTag={actions.tag} />
        )}
      </div>
      {actions.drag === null || trashed ? null : (
        <span
          aria-hidden
          title={t("task.drag")}
          data-handle
          onPointerDown={(event) => actions.drag?.(event.nativeEvent, task)}
          className="touch-square inline-flex cursor-grab touch-none items-center justify-center text-edge group-focus-within:opacity-100 group-hover:opacity-100 pointer-fine:opacity-0"
        >
          <GripVertical className="size-4" />
        </span>
      )}
      <MenuButton
        aria-label={t("task.more", { title: task.title })}
        className={buttonClass(
          "icon",
          "group-focus-within:opacity-100 group-hover:opacity-100 aria-expanded:opacity-100 pointer-fine:opacity-0",
        )}
        prepare={loadRowMenu}
        entries={() => actions.menu(task)}
      >
        <MoreHorizontal aria-hidden className="size-5" />
      </MenuButton>
    </div>
  );
});

type EditorProps = Pick<TaskCardProps, "task" | "today" | "actions"> & { field: RowField };

function Editor({ task, today, actions, field }: EditorProps) {
  return (
    <Suspense fallback={<div className="h-10" />}>
      <RowEditor task={task} field={field} today={today} onDone={(patch) => actions.edited(task, patch)} />
    </Suspense>
  );
}

interface FactsProps {
  task: Task;
  today: string;
  dates: DateSettings;
  edit: (field: RowField) => (() => void) | undefined;
  onTag: ((tag: string) => void) | undefined;
}

export function hasFacts(task: Task): boolean {
  return task.due_date !== null || task.recurrence_enabled || task.priority !== "none" || task.tags.length > 0;
}

/** Date, priority and tags, each a button that changes it, and the rule. */
function Facts({ task, today, dates, edit, onTag }: FactsProps) {
  const t = useT();
  const day = dueDay(task, dates.zone);
  const late = !task.completed && (task.is_overdue || (day !== null && day < today));
  const due = formatDue(task, dates);
  const priority = t(`task.priority.${task.priority}`);
  return (
    <div className="-mt-1 flex flex-wrap items-center gap-x-3 pb-0.5 text-xs text-muted empty:hidden">
      {task.due_date === null ? null : (
        <button
          type="button"
          className={cx(chip, late && "text-danger")}
          aria-label={t(late ? "task.due.change-late" : "task.due.change", { date: due })}
          onClick={edit("due")}
        >
          <CalendarDays aria-hidden className="size-3.5" />
          {due}
        </button>
      )}
      {task.priority === "none" ? null : (
        <button
          type="button"
          className={cx(chip, priorityTone[task.priority])}
          aria-label={t("task.priority.change", { priority })}
          onClick={edit("priority")}
        >
          {priority}
        </button>
      )}
      {task.tags.map((tag) => (
        <button key={tag} type="button" dir="auto" className={chip} onClick={() => onTag?.(tag)}>
          #{tag}
        </button>
      ))}
      {task.recurrence_enabled ? (
        // Last, and as wide as the line is: nothing moves when its words come.
        <span className="inline-flex min-w-0 flex-[1_1_5rem] items-center gap-1">
          <Repeat aria-hidden className="size-3.5 shrink-0" />
          <Suspense fallback={t("task.repeats")}>
            <RowRule task={task} dates={dates} />
          </Suspense>
        </span>
      ) : null}
    </div>
  );
}
