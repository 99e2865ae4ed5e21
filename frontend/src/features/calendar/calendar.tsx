// A month or a week of days. A task is dragged to another day, or moved by Ctrl+Shift and the arrow keys, or by its date in the
// details; what a rule brings later is drawn apart, and opens the task it comes from.
import { Repeat } from "lucide-react";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

import type { Task } from "@/api/types";
import { useTaskCommands } from "@/data/commands";
import { onDay } from "@/data/task-calls";
import { useDateSettings, useToday } from "@/data/person";
import { t as say, useT } from "@/i18n/i18n";
import { cx } from "@/lib/cx";
import { addDays, type Day, formatDay, formatTime, weekdayName, weekdayOf } from "@/lib/dates";
import { beginDrag } from "@/lib/drag";
import { useShortcut } from "@/lib/keyboard";

import { inMonth, type Item, type Layout, type Span } from "./days";

/** So many stand in a day of a month before the rest is counted. */
const SHOWN_IN_MONTH = 4;

const tone = {
  high: "border-l-high",
  medium: "border-l-medium",
  low: "border-l-low",
  none: "border-l-edge",
} as const;

interface CalendarProps {
  layout: Layout;
  span: Span;
  /** Whose month it is. */
  day: Day;
  items: ReadonlyMap<Day, readonly Item[]>;
  onOpen: (taskId: string) => void;
  /** Shows one day: on a phone, and where not all of it has room. */
  onShowDay: (day: Day) => void;
}

export function Calendar({ layout, span, day: shown, items, onOpen, onShowDay }: CalendarProps) {
  const t = useT();
  const dates = useDateSettings();
  const today = useToday();
  const commands = useTaskCommands();
  const grid = useRef<HTMLOListElement>(null);
  const [target, setTarget] = useState<{ id: string; day: Day | null } | null>(null);
  const refocus = useFocusOf(grid);

  const move = useCallback(
    (task: Task, from: Day, to: Day) => {
      if (from === to) return;
      refocus(task.id);
      void commands.change(task, { due_date: onDay(task, to) }, say("task.moved"));
    },
    [commands, refocus],
  );
  const drag = (event: PointerEvent, task: Task, from: Day) => {
    const dayAt = (x: number, y: number): Day | null =>
      document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-day]")?.dataset["day"] ?? null;
    beginDrag(event, {
      onStart: () => setTarget({ id: task.id, day: null }),
      onMove: (x, y) => {
        const day = dayAt(x, y);
        setTarget((before) => (before?.day === day && before !== null ? before : { id: task.id, day }));
      },
      onDrop: (x, y) => {
        const to = dayAt(x, y);
        if (to !== null) move(task, from, to);
      },
      onEnd: () => setTarget(null),
    });
  };
  useMoveKeys(items, move);

  const narrowMonth = layout === "month";
  return (
    <>
      <div
        aria-hidden
        className={cx("grid-cols-7 border-b border-line text-xs text-muted", narrowMonth ? "grid" : "hidden sm:grid")}
      >
        {span.days.slice(0, 7).map((day) => (
          <div key={day} className="px-1.5 py-1">
            {weekdayName((weekdayOf(day) + 6) % 7, dates.locale, "short")}
          </div>
        ))}
      </div>
      <ol
        ref={grid}
        className={cx("grid border-line", narrowMonth ? "grid-cols-7 border-l" : "grid-cols-1 sm:grid-cols-7")}
      >
        {span.days.map((day) => {
          const ofDay = items.get(day) ?? [];
          const most = layout === "month" ? SHOWN_IN_MONTH : ofDay.length;
          const name = formatDay(day, dates);
          return (
            <li
              key={day}
              data-day={day}
              className={cx(
                "flex min-w-0 flex-col gap-0.5 border-line p-1",
                narrowMonth ? "min-h-16 border-r border-b sm:min-h-28" : "border-b sm:min-h-96 sm:border-r",
                layout === "month" && !inMonth(day, shown) && "bg-sunken",
                target?.day === day && "bg-accent-soft",
              )}
            >
              <button
                type="button"
                aria-label={t("calendar.day", { day: name, count: ofDay.length })}
                aria-current={day === today ? "date" : undefined}
                onClick={() => onShowDay(day)}
                className={cx(
                  "inline-flex min-h-7 min-w-7 items-center self-start rounded-full px-1.5 text-sm hover:bg-hover",
                  day === today ? "bg-accent font-semibold text-on-accent hover:bg-accent-hover" : "text-ink",
                )}
              >
                <span className={cx(layout === "week" && "hidden sm:inline")}>{Number(day.slice(8, 10))}</span>
                {layout === "week" ? <span className="sm:hidden">{name}</span> : null}
              </button>
              <ul className={cx("flex flex-col gap-0.5", narrowMonth && "max-sm:hidden")}>
                {ofDay.slice(0, most).map((item) => (
                  <li key={item.key} className={cx("min-w-0", target?.id === item.key && "opacity-40")}>
                    <Entry item={item} onOpen={onOpen} onDrag={drag} />
                  </li>
                ))}
              </ul>
              {ofDay.length > most ? (
                <button
                  type="button"
                  className="min-h-6 rounded px-1 text-left text-xs text-muted hover:bg-hover max-sm:hidden"
                  aria-label={t("calendar.day", { day: name, count: ofDay.length })}
                  onClick={() => onShowDay(day)}
                >
                  {t("calendar.more", { count: ofDay.length - most })}
                </button>
              ) : null}
              {narrowMonth && ofDay.length > 0 ? <Dots items={ofDay} /> : null}
            </li>
          );
        })}
      </ol>
    </>
  );
}

/** What stands on a day, where there is no room for titles. The day's own button says how many. */
function Dots({ items }: { items: readonly Item[] }) {
  return (
    <div aria-hidden className="flex flex-wrap gap-1 px-1 sm:hidden">
      {items.slice(0, 4).map((item) => (
        <span
          key={item.key}
          className={cx(
            "size-1.5 rounded-full",
            item.kind === "occurrence" ? "border border-edge" : "bg-accent",
            item.kind === "task" && item.task.completed && "opacity-40",
          )}
        />
      ))}
    </div>
  );
}

interface EntryProps {
  item: Item;
  onOpen: (taskId: string) => void;
  onDrag?: (event: PointerEvent, task: Task, day: Day) => void;
}

export function Entry({ item, onOpen, onDrag }: EntryProps) {
  const t = useT();
  const dates = useDateSettings();
  const time = item.at === null ? null : formatTime(new Date(item.at), dates);
  const base =
    "flex min-h-6 w-full min-w-0 items-center gap-1 rounded border-l-2 px-1.5 py-0.5 text-left text-xs hover:bg-hover";
  if (item.kind === "occurrence") {
    return (
      <button
        type="button"
        aria-label={t("calendar.occurrence", { title: time === null ? item.title : `${time} ${item.title}` })}
        onClick={() => onOpen(item.taskId)}
        className={cx(base, "border border-dashed border-edge text-muted")}
      >
        <Repeat aria-hidden className="size-3 shrink-0" />
        {time === null ? null : <span className="shrink-0">{time}</span>}
        <span dir="auto" className="truncate italic">
          {item.title}
        </span>
      </button>
    );
  }
  const { task } = item;
  return (
    <button
      type="button"
      data-item={task.id}
      {...(task.completed ? { "aria-label": t("calendar.done", { title: task.title }) } : {})}
      onClick={() => onOpen(task.id)}
      onPointerDown={
        onDrag === undefined || task.completed ? undefined : (event) => onDrag(event.nativeEvent, task, item.day)
      }
      className={cx(
        base,
        "bg-surface shadow-[0_0_0_1px_var(--line)]",
        tone[task.priority],
        task.completed ? "text-muted line-through" : "cursor-grab touch-none",
      )}
    >
      {time === null ? null : <span className="shrink-0 text-muted">{time}</span>}
      <span dir="auto" className="truncate">
        {task.title}
      </span>
    </button>
  );
}

/** The focus follows a task to its new day. */
function useFocusOf(grid: RefObject<HTMLElement | null>): (id: string) => void {
  const wanted = useRef<string | null>(null);
  useEffect(() => {
    if (wanted.current === null || document.activeElement !== document.body) return;
    grid.current?.querySelector<HTMLElement>(`[data-item="${CSS.escape(wanted.current)}"]`)?.focus();
    wanted.current = null;
  });
  return useCallback((id: string) => {
    wanted.current =
      document.activeElement instanceof HTMLElement && document.activeElement.dataset["item"] === id ? id : null;
  }, []);
}

function useMoveKeys(items: ReadonlyMap<Day, readonly Item[]>, move: (task: Task, from: Day, to: Day) => void): void {
  const t = useT();
  const group = t("view.calendar");
  const by = (days: number) => () => {
    const id = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["item"] : undefined;
    for (const ofDay of items.values()) {
      const item = ofDay.find((each) => each.kind === "task" && each.key === id);
      if (item?.kind === "task" && !item.task.completed) move(item.task, item.day, addDays(item.day, days));
    }
  };
  useShortcut({ keys: "mod+shift+ArrowLeft", group, label: t("calendar.move.earlier"), run: by(-1) });
  useShortcut({ keys: "mod+shift+ArrowRight", group, label: t("calendar.move.later"), run: by(1) });
  useShortcut({ keys: "mod+shift+ArrowUp", group, label: t("calendar.move.week-earlier"), run: by(-7) });
  useShortcut({ keys: "mod+shift+ArrowDown", group, label: t("calendar.move.next-week"), run: by(7) });
}
