import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";

import type { Task, TaskPatch } from "@/api/types";
import { useTaskCommands } from "@/data/commands";
import { useDateSettings, useToday } from "@/data/person";
import { onDay } from "@/data/task-calls";
import { t as say } from "@/i18n/i18n";
import { cx } from "@/lib/cx";
import { addDays, dueDay } from "@/lib/dates";
import { idle } from "@/lib/first-view";

import { rowMenu } from "./load-row-menu";
import type { RowField } from "./row-editor";
import { neighbour, type Section, stepBetween, stepFrom, toRows } from "./rows";
import { hasFacts, type RowActions, TaskCard } from "./task-card";
import { type Arrange, useRowDrag } from "./use-row-drag";
import { useRowFocus } from "./use-row-focus";
import { useRowKeys } from "./use-row-keys";
import { useRowSwipe } from "./use-row-swipe";

/** Rows that are drawn beyond the edge of the screen, on each side. */
const ROWS_AHEAD = 8;
/** In px, with one line of title, with and without details: right for most, and the guess until it is measured. */
const ROW_HEIGHT = 67;
const BARE_ROW_HEIGHT = 45;
const HEADING_HEIGHT = 51;
/** Where the list begins, in px from the top of the page: the guess until it is measured, rather too little than too much. */
const USUAL_TOP = 100;
/** So many rows before the end of what is loaded, the next page is asked for. */
const NEAR_END = 40;

interface TaskListProps {
  label: string;
  sections: readonly Section[];
  /** How many there are, loaded or not. */
  total: number;
  onOpen: (task: Task) => void;
  onNearEnd?: (() => void) | undefined;
  onTag?: ((tag: string) => void) | undefined;
  /** How rows can be arranged: in the order they are given by hand, or from day to day. */
  arrangeBy?: "place" | "day" | undefined;
  /** Somebody tries to arrange a list that has another order. */
  onUnordered?: (() => void) | undefined;
}

/** Only the rows on the screen are in the page; the window scrolls. Focus stays on a task while rows come and go around it. */
export function TaskList({ label, sections, total, onOpen, onNearEnd, onTag, arrangeBy, onUnordered }: TaskListProps) {
  const commands = useTaskCommands();
  const dates = useDateSettings();
  const today = useToday();
  const list = useRef<HTMLUListElement>(null);
  const rows = useMemo(() => toRows(sections), [sections]);
  const [margin, setMargin] = useState(USUAL_TOP);
  const [editing, setEditing] = useState<{ id: string; field: RowField } | null>(null);

  // First what is on the screen, in one go; then what scrolling will need.
  const [ahead, setAhead] = useState(0);
  useLayoutEffect(() => {
    // Nothing is drawn twice for a little: only somebody who has scrolled would see it.
    if (ahead === 0 && window.scrollY === 0) return;
    const top = list.current === null ? 0 : list.current.getBoundingClientRect().top + window.scrollY;
    if (Math.abs(top - margin) > 1) setMargin(top);
  }, [ahead, margin, rows.length]);
  useEffect(() => {
    let gone = false;
    void idle().then(() => gone || setAhead(ROWS_AHEAD));
    return () => {
      gone = true;
    };
  }, []);
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => {
      const row = rows[index];
      return row === undefined || row.kind === "heading"
        ? HEADING_HEIGHT
        : hasFacts(row.task)
          ? ROW_HEIGHT
          : BARE_ROW_HEIGHT;
    },
    overscan: ahead,
    // So that the rows are drawn with the list, not after it.
    initialRect: { width: window.innerWidth, height: window.innerHeight },
    scrollMargin: margin,
    // A row is its task, wherever it stands: heights and focus follow it.
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : row.kind === "task" ? row.task.id : `heading:${row.section.id}`;
    },
  });
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;

  useEffect(() => {
    if (last >= rows.length - NEAR_END) onNearEnd?.();
  }, [last, rows.length, onNearEnd]);

  const scrollTo = useCallback((index: number) => virtualizer.scrollToIndex(index), [virtualizer]);
  const { focusRow, current } = useRowFocus(list, rows, scrollTo);

  const leave = useCallback(
    (task: Task, command: (task: Task) => Promise<void>) => {
      const next = neighbour(rows, task.id);
      const inList = list.current?.contains(document.activeElement) ?? false;
      void command(task);
      if (inList || document.activeElement === document.body) focusRow(next);
    },
    [rows, focusRow],
  );

  const swiped = (id: string, act: (task: Task) => void) => {
    const row = rows.find((each) => each.kind === "task" && each.task.id === id);
    if (row?.kind === "task" && row.task.deleted_at === null) act(row.task);
  };
  useRowSwipe(list, {
    onRight: (id) => swiped(id, (task) => leave(task, task.completed ? commands.reopen : commands.complete)),
    onLeft: (id) => swiped(id, (task) => leave(task, commands.remove)),
  });

  const arrange = useMemo<Arrange | undefined>(() => {
    if (arrangeBy === "place") return { by: "place", onMove: (task, to) => void commands.move(task, to) };
    if (arrangeBy === undefined) return onUnordered && { by: "order", onRefuse: onUnordered };
    return {
      by: "day",
      onDay: (task, day) => {
        if (dueDay(task, dates.zone) === day) return;
        void commands.change(task, { due_date: onDay(task, day) }, say("task.moved"));
      },
    };
  }, [arrangeBy, onUnordered, commands, dates.zone]);
  const { drag, begin } = useRowDrag(list, rows, arrange);

  const step = useCallback(
    (task: Task, by: 1 | -1): (() => void) | null => {
      if (arrange === undefined) return null;
      if (arrange.by === "order") return stepBetween(rows, task.id, by) === null ? null : arrange.onRefuse;
      if (arrange.by === "place") {
        const to = stepBetween(rows, task.id, by);
        return to === null ? null : () => arrange.onMove(task, to);
      }
      const day = dueDay(task, dates.zone);
      return day === null ? null : () => arrange.onDay(task, addDays(day, by));
    },
    [arrange, rows, dates.zone],
  );

  const edit = useCallback((task: Task, field: RowField) => setEditing({ id: task.id, field }), []);
  const edited = (task: Task, patch: TaskPatch | null) => {
    setEditing(null);
    if (patch !== null) void commands.change(task, patch);
    // After this frame the row is drawn without the editor.
    requestAnimationFrame(() => document.activeElement === document.body && focusRow(task.id));
  };
  const menu = (task: Task) => {
    const steps = arrange !== undefined && arrange.by !== "day";
    return rowMenu({
      task,
      today,
      commands,
      edit,
      leave,
      step: steps ? { up: step(task, -1), down: step(task, 1) } : null,
    });
  };
  // What rows do changes with every change of the list, rows do not: they get what always does the latest.
  const latest = useRef({ onOpen, onTag, leave, begin, edited, menu });
  useLayoutEffect(() => {
    latest.current = { onOpen, onTag, leave, begin, edited, menu };
  });
  const canDrag = arrange !== undefined;
  const actions = useMemo<RowActions>(
    () => ({
      open: (task) => latest.current.onOpen(task),
      complete: (task, done) => latest.current.leave(task, done ? commands.complete : commands.reopen),
      edit,
      edited: (task, patch) => latest.current.edited(task, patch),
      menu: (task) => latest.current.menu(task),
      tag: (tag) => latest.current.onTag?.(tag),
      drag: canDrag ? (event, task) => latest.current.begin(event, task) : null,
    }),
    [commands, edit, canDrag],
  );

  useRowKeys({
    current,
    commands,
    step: (by) => focusRow(stepFrom(rows, current()?.id ?? null, by)),
    open: onOpen,
    edit,
    leave,
    arrange: arrange === undefined ? undefined : (task, by) => step(task, by)?.(),
  });

  /** Where the line of a drop is drawn, and of which rows. */
  const mark = (index: number): string | false => {
    if (drag?.at == null) return false;
    if (arrange?.by === "day") {
      const row = rows[index];
      const target = rows[drag.at];
      const day = target?.kind === "heading" ? target.section.day : target?.day;
      return row?.kind === "heading" && row.section.day === day && day !== undefined && "bg-accent-soft rounded-lg";
    }
    if (drag.at === index) return "shadow-[0_-2px_0_var(--accent)]";
    return drag.at === rows.length && index === rows.length - 1 && "shadow-[0_2px_0_var(--accent)]";
  };

  return (
    <ul ref={list} aria-label={label} className="relative touch-pan-y" style={{ height: virtualizer.getTotalSize() }}>
      {items.map((item) => {
        const row = rows[item.index];
        if (row === undefined) return null;
        const dragged = row.kind === "task" && row.task.id === drag?.id;
        const place = {
          ref: virtualizer.measureElement,
          "data-index": item.index,
          className: cx("absolute inset-x-0 top-0", dragged && "opacity-40", mark(item.index)),
          style: { transform: `translateY(${item.start - margin}px)` },
        };
        if (row.kind === "heading") {
          return (
            <li key={item.key} {...place}>
              <div className="flex items-baseline gap-2 border-b border-line pt-6 pb-1.5">
                <h2 className="flex items-baseline gap-2 text-sm font-semibold">
                  {row.section.title}
                  {row.section.note === undefined ? null : (
                    <span className="font-normal text-muted">{row.section.note}</span>
                  )}
                </h2>
                {row.section.action === undefined ? null : <div className="-my-2 ml-auto">{row.section.action}</div>}
              </div>
            </li>
          );
        }
        return (
          <li key={item.key} aria-posinset={row.position} aria-setsize={total} {...place}>
            <TaskCard
              task={row.task}
              today={today}
              dates={dates}
              actions={actions}
              editing={editing?.id === row.task.id ? editing.field : null}
            />
          </li>
        );
      })}
    </ul>
  );
}
