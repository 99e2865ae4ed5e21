import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";

import type { Task } from "@/api/types";
import { useTaskCommands } from "@/data/commands";
import { useDateSettings, useToday } from "@/data/person";
import { useT } from "@/i18n/i18n";
import { useShortcut } from "@/lib/keyboard";

import { neighbour, type Section, stepFrom, toRows } from "./rows";
import { TaskCard } from "./task-card";
import { useRowSwipe } from "./use-row-swipe";

/** A row with one line of title and one of details, in px: the guess until it is measured. */
const ROW_HEIGHT = 56;
/** So many rows before the end of what is loaded, the next page is asked for. */
const NEAR_END = 40;

interface TaskListProps {
  label: string;
  sections: readonly Section[];
  /** How many there are, loaded or not. */
  total: number;
  onOpen: (task: Task) => void;
  onNearEnd?: (() => void) | undefined;
}

/** Only the rows on the screen are in the page; the window scrolls. Focus stays on a task while rows come and go around it. */
export function TaskList({ label, sections, total, onOpen, onNearEnd }: TaskListProps) {
  const t = useT();
  const commands = useTaskCommands();
  const dates = useDateSettings();
  const today = useToday();
  const list = useRef<HTMLUListElement>(null);
  const rows = useMemo(() => toRows(sections), [sections]);
  const [margin, setMargin] = useState(0);
  const wanted = useRef<string | null>(null);

  useLayoutEffect(() => {
    const top = list.current === null ? 0 : list.current.getBoundingClientRect().top + window.scrollY;
    if (Math.abs(top - margin) > 1) setMargin(top);
  }, [margin, rows.length]);

  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
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

  const focusRow = useCallback(
    (id: string | null) => {
      if (id === null) return;
      const find = () => list.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`);
      const there = find();
      if (there) {
        there.focus();
        return;
      }
      // Not on the screen: scroll there, and the effect below focuses it when it is drawn.
      wanted.current = id;
      virtualizer.scrollToIndex(rows.findIndex((row) => row.kind === "task" && row.task.id === id));
    },
    [rows, virtualizer],
  );
  useEffect(() => {
    if (wanted.current === null) return;
    const element = list.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(wanted.current)}"]`);
    if (!element) return;
    wanted.current = null;
    element.focus();
  });

  const current = useCallback((): Task | undefined => {
    const row = document.activeElement?.closest("li")?.querySelector<HTMLElement>("[data-row]");
    const found = rows.find((each) => each.kind === "task" && each.task.id === row?.dataset["row"]);
    return found?.kind === "task" ? found.task : undefined;
  }, [rows]);

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

  const group = t("keys.tasks");
  const step = (by: 1 | -1) => focusRow(stepFrom(rows, current()?.id ?? null, by));
  const withCurrent = (act: (task: Task) => void) => () => {
    const task = current();
    if (task !== undefined) act(task);
  };
  useShortcut({ keys: "j", group, label: t("keys.next"), run: () => step(1) });
  useShortcut({ keys: "k", group, label: t("keys.previous"), run: () => step(-1) });
  useShortcut({ keys: "ArrowDown", group, label: t("keys.next"), run: () => step(1) });
  useShortcut({ keys: "ArrowUp", group, label: t("keys.previous"), run: () => step(-1) });
  useShortcut({ keys: "e", group, label: t("keys.open"), run: withCurrent(onOpen) });
  useShortcut({
    keys: "d",
    group,
    label: t("keys.complete"),
    run: withCurrent((task) => {
      if (task.deleted_at === null) leave(task, task.completed ? commands.reopen : commands.complete);
    }),
  });
  useShortcut({
    keys: "Delete",
    group,
    label: t("keys.delete"),
    run: withCurrent((task) => {
      if (task.deleted_at === null) leave(task, commands.remove);
    }),
  });

  return (
    <ul ref={list} aria-label={label} className="relative touch-pan-y" style={{ height: virtualizer.getTotalSize() }}>
      {items.map((item) => {
        const row = rows[item.index];
        if (row === undefined) return null;
        const place = {
          ref: virtualizer.measureElement,
          "data-index": item.index,
          className: "absolute inset-x-0 top-0",
          style: { transform: `translateY(${item.start - margin}px)` },
        };
        if (row.kind === "heading") {
          return (
            <li key={item.key} {...place}>
              <h2 className="flex items-baseline gap-2 border-b border-line pt-6 pb-1.5 text-sm font-semibold">
                {row.section.title}
                {row.section.note === undefined ? null : (
                  <span className="font-normal text-muted">{row.section.note}</span>
                )}
              </h2>
            </li>
          );
        }
        return (
          <li key={item.key} aria-posinset={row.position} aria-setsize={total} {...place}>
            <TaskCard task={row.task} today={today} dates={dates} commands={commands} onOpen={onOpen} onLeave={leave} />
          </li>
        );
      })}
    </ul>
  );
}
