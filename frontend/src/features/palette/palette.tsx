// Go, find, do: one line for whatever the page can do. The focus stays in the line; the arrows move the choice.
import { Circle, CircleCheck } from "lucide-react";
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useRef, useState } from "react";

import { useSearchTasks } from "@/data/search";
import { useT } from "@/i18n/i18n";
import { cx } from "@/lib/cx";
import { Dialog } from "@/ui/dialog";
import { Input } from "@/ui/input";
import { Keys } from "@/ui/keys";

import { matching, type PaletteEntry } from "./entries";

const MOST_FOUND = 7;

interface PaletteProps {
  entries: readonly PaletteEntry[];
  onOpenTask: (id: string) => void;
  onClose: () => void;
}

export function Palette({ entries, onOpenTask, onClose }: PaletteProps) {
  const t = useT();
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const asked = useDeferredValue(text);
  const { data: found, isFetching } = useSearchTasks(asked, MOST_FOUND);

  const tasks: PaletteEntry[] = (text.trim() === "" ? [] : (found ?? [])).map((task) => ({
    id: task.id,
    group: t("palette.tasks"),
    label: task.title,
    icon: task.completed ? (
      <CircleCheck aria-hidden className="size-4 text-muted" />
    ) : (
      <Circle aria-hidden className="size-4 text-muted" />
    ),
    run: () => onOpenTask(task.id),
  }));
  const matched = [...matching(entries, text), ...tasks];
  const groups = [...new Set(matched.map((entry) => entry.group))];
  // As they stand on the screen, so that the arrows go down it.
  const shown = groups.flatMap((group) => matched.filter((entry) => entry.group === group));
  const active = Math.min(at, Math.max(0, shown.length - 1));
  const optionId = (index: number) => `${id}-${index}`;

  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  });

  const run = (entry: PaletteEntry | undefined) => {
    if (entry === undefined) return;
    onClose();
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    const step = steps[event.key];
    if (step !== undefined && shown.length > 0) {
      event.preventDefault();
      const next = active + step;
      setAt(
        Math.abs(step) === 1 ? (next + shown.length) % shown.length : Math.max(0, Math.min(shown.length - 1, next)),
      );
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      run(shown[active]);
    }
  };

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("palette.title")}>
      <Input
        role="combobox"
        aria-label={t("palette.label")}
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={shown.length === 0 ? undefined : optionId(active)}
        placeholder={t("palette.placeholder")}
        autoComplete="off"
        dir="auto"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <p role="status" className={cx("text-sm text-muted", shown.length > 0 ? "sr-only" : "px-2 pt-4")}>
        {shown.length > 0
          ? t("palette.count", { count: shown.length })
          : isFetching
            ? t("app.loading")
            : t("palette.nothing")}
      </p>
      <div
        ref={list}
        id={`${id}-list`}
        role="listbox"
        aria-label={t("palette.label")}
        tabIndex={-1}
        className="mt-3 max-h-[50dvh] overflow-y-auto overscroll-contain"
      >
        {groups.map((group, order) => (
          <div key={group} role="group" aria-labelledby={`${id}-group-${order}`}>
            <div id={`${id}-group-${order}`} className="px-2 pt-2 pb-1 text-xs font-medium text-muted">
              {group}
            </div>
            {shown.map((entry, index) =>
              entry.group === group ? (
                // The line keeps the focus and its keys choose: an option is pressed by pointer only.
                // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
                <div
                  key={entry.id}
                  id={optionId(index)}
                  role="option"
                  tabIndex={-1}
                  aria-selected={index === active}
                  onPointerMove={() => setAt(index)}
                  onClick={() => run(entry)}
                  className={cx(
                    "touch flex cursor-pointer items-center gap-3 rounded-lg px-2",
                    index === active && "bg-hover",
                  )}
                >
                  {entry.icon}
                  <span dir="auto" className="min-w-0 flex-1 truncate">
                    {entry.label}
                  </span>
                  {entry.keys === undefined ? null : <Keys keys={entry.keys} />}
                </div>
              ) : null,
            )}
          </div>
        ))}
      </div>
    </Dialog>
  );
}
