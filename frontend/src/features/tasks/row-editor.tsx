// One field of a task, edited in its row. Enter saves, Esc gives up, leaving the field saves what is valid.
import { type RefObject, useEffect, useId, useRef, useState } from "react";

import type { Priority, Task, TaskPatch } from "@/api/types";
import { PRIORITIES } from "@/data/filter";
import { useKnownTags } from "@/data/tags";
import { useT } from "@/i18n/i18n";
import { addDays, type Day } from "@/lib/dates";
import { Button } from "@/ui/button";
import { Input } from "@/ui/input";

import { splitTags } from "./task-values";

export type RowField = "title" | "due" | "priority" | "tags";

interface RowEditorProps {
  task: Task;
  field: RowField;
  today: Day;
  /** Null: nothing was changed. */
  onDone: (patch: TaskPatch | null) => void;
}

export function RowEditor({ field, onDone, ...given }: RowEditorProps) {
  // Enter saves and takes the editor away, which then loses the focus: that saves nothing again.
  const finished = useRef(false);
  const rest = {
    ...given,
    onDone: (patch: TaskPatch | null) => {
      if (!finished.current) onDone(patch);
      finished.current = true;
    },
  };
  switch (field) {
    case "title":
      return <TitleEditor {...rest} />;
    case "due":
      return <DueEditor {...rest} />;
    case "priority":
      return <PriorityEditor {...rest} />;
    case "tags":
      return <TagsEditor {...rest} />;
  }
}

type EditorProps = Omit<RowEditorProps, "field">;

/** Takes the focus; Esc gives up (and closes nothing else), and so may leaving it. */
function useEditor<T extends HTMLElement>(giveUp: () => void, leave: () => void): RefObject<T | null> {
  const ref = useRef<T>(null);
  const last = useRef({ giveUp, leave });
  useEffect(() => {
    last.current = { giveUp, leave };
  });
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const first = element.querySelector<HTMLElement>("[aria-pressed=true], input, button");
    first?.focus();
    if (first instanceof HTMLInputElement && first.type === "text") first.select();
    const key = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      last.current.giveUp();
    };
    const out = (event: FocusEvent) => {
      if (!element.contains(event.relatedTarget as Node | null)) last.current.leave();
    };
    element.addEventListener("keydown", key);
    element.addEventListener("focusout", out);
    return () => {
      element.removeEventListener("keydown", key);
      element.removeEventListener("focusout", out);
    };
  }, []);
  return ref;
}

function TitleEditor({ task, onDone }: EditorProps) {
  const t = useT();
  const id = useId();
  const [text, setText] = useState(task.title);
  const title = text.trim();
  const wrong = title === "" ? t("task.title.missing") : [...title].length > 500 ? t("task.title.long") : null;
  const save = () => {
    if (wrong === null) onDone(title === task.title ? null : { title });
  };
  const form = useEditor<HTMLFormElement>(() => onDone(null), save);
  return (
    <form
      ref={form}
      className="py-0.5"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Input
        dir="auto"
        autoComplete="off"
        aria-label={t("task.title")}
        aria-invalid={wrong === null ? undefined : true}
        aria-describedby={wrong === null ? undefined : id}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {wrong === null ? null : (
        <p id={id} role="alert" className="pt-1 text-sm text-danger">
          {wrong}
        </p>
      )}
    </form>
  );
}

function TagsEditor({ task, onDone }: EditorProps) {
  const t = useT();
  const id = useId();
  const known = useKnownTags();
  const [text, setText] = useState(task.tags.join(", "));
  const tags = splitTags(text);
  const long = tags.find((tag) => [...tag].length > 64);
  const wrong = long !== undefined ? t("task.tags.long", { tag: long }) : tags.length > 50 ? t("task.tags.many") : null;
  const save = () => {
    if (wrong === null) onDone(tags.join() === task.tags.join() ? null : { tags });
  };
  const form = useEditor<HTMLFormElement>(() => onDone(null), save);
  return (
    <form
      ref={form}
      className="py-0.5"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Input
        dir="auto"
        autoComplete="off"
        list={`${id}-known`}
        aria-label={t("task.tags")}
        aria-invalid={wrong === null ? undefined : true}
        aria-describedby={`${id}-said`}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <datalist id={`${id}-known`}>
        {known.map((tag) => (
          <option key={tag} value={[...tags.slice(0, -1), tag].join(", ")}>
            {tag}
          </option>
        ))}
      </datalist>
      <p id={`${id}-said`} className={wrong === null ? "pt-1 text-sm text-muted" : "pt-1 text-sm text-danger"}>
        {wrong ?? t("task.tags.hint")}
      </p>
    </form>
  );
}

function PriorityEditor({ task, onDone }: EditorProps) {
  const t = useT();
  const set = useEditor<HTMLFieldSetElement>(
    () => onDone(null),
    () => onDone(null),
  );
  return (
    <fieldset ref={set} className="flex flex-wrap gap-1 py-1">
      <legend className="sr-only">{t("task.priority")}</legend>
      {PRIORITIES.map((priority: Priority) => (
        <Button
          key={priority}
          aria-pressed={priority === task.priority}
          className="aria-pressed:border-accent aria-pressed:text-accent"
          onClick={() => onDone(priority === task.priority ? null : { priority })}
        >
          {t(`task.priority.${priority}`)}
        </Button>
      ))}
    </fieldset>
  );
}

function DueEditor({ task, today, onDone }: EditorProps) {
  const t = useT();
  const before = { day: task.due_date?.slice(0, 10) ?? "", time: task.due_date?.slice(11, 16) ?? "" };
  const [day, setDay] = useState(before.day);
  const [time, setTime] = useState(before.time);
  const due = day === "" ? null : time === "" ? day : `${day}T${time}`;
  const save = () => onDone(day === before.day && time === before.time ? null : { due_date: due });
  const quick = (next: Day | null) =>
    onDone({ due_date: next === null ? null : next + (time === "" ? "" : `T${time}`) });
  const form = useEditor<HTMLFormElement>(() => onDone(null), save);
  return (
    <form
      ref={form}
      aria-label={t("task.due")}
      className="flex flex-wrap items-center gap-1 py-1"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Button onClick={() => quick(today)}>{t("task.due.today")}</Button>
      <Button onClick={() => quick(addDays(today, 1))}>{t("task.due.tomorrow")}</Button>
      <Button onClick={() => quick(addDays(today, 7))}>{t("task.due.in-a-week")}</Button>
      {task.due_date === null ? null : (
        <Button look="quiet" onClick={() => quick(null)}>
          {t("task.due.none")}
        </Button>
      )}
      <Input
        type="date"
        max="9999-12-31"
        aria-label={t("task.due")}
        className="max-w-40"
        value={day}
        onChange={(event) => setDay(event.target.value)}
      />
      <Input
        type="time"
        aria-label={t("task.due.time")}
        className="max-w-32"
        disabled={day === ""}
        value={time}
        onChange={(event) => setTime(event.target.value)}
      />
      <Button type="submit" look="primary">
        {t("app.save")}
      </Button>
    </form>
  );
}
