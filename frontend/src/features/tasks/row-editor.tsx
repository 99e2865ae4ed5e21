// One field of a task, edited in its row. Enter saves, Esc gives up, leaving the field saves what is valid.
import { type RefObject, useEffect, useId, useRef, useState } from "react";

import type { Priority, Task, TaskPatch } from "@/api/types";
import { PRIORITIES } from "@/data/filter";
import { useKnownTags } from "@/data/tags";
import { type Translate, useT } from "@/i18n/i18n";
import { addDays, type Day } from "@/lib/dates";
import { Button } from "@/ui/button";
import { Input } from "@/ui/input";

import { dueOf, splitTags } from "./task-values";

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
    case "tags":
      return <TextEditor field={field} {...rest} />;
    case "due":
      return <DueEditor {...rest} />;
    case "priority":
      return <PriorityEditor {...rest} />;
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

/** What is wrong with the title or the tags as they are typed, and what to do. */
function problemOf(field: "title" | "tags", text: string, t: Translate): string | null {
  if (field === "title") {
    return text.trim() === "" ? t("task.title.missing") : [...text.trim()].length > 500 ? t("task.title.long") : null;
  }
  const tags = splitTags(text);
  const long = tags.find((tag) => [...tag].length > 64);
  return long !== undefined ? t("task.tags.long", { tag: long }) : tags.length > 50 ? t("task.tags.many") : null;
}

function TextEditor({ field, task, onDone }: EditorProps & { field: "title" | "tags" }) {
  const t = useT();
  const id = useId();
  const known = useKnownTags();
  const [text, setText] = useState(field === "title" ? task.title : task.tags.join(", "));
  const wrong = problemOf(field, text, t);
  const said = wrong ?? (field === "tags" ? t("task.tags.hint") : null);
  const save = () => {
    if (wrong !== null) return;
    const patch = field === "title" ? { title: text.trim() } : { tags: splitTags(text) };
    onDone(String(Object.values(patch)) === String(task[field]) ? null : patch);
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
        {...(field === "tags" ? { list: `${id}-known` } : {})}
        aria-label={t(`task.${field}`)}
        aria-invalid={wrong === null ? undefined : true}
        aria-describedby={said === null ? undefined : `${id}-said`}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {field === "title" ? null : (
        <datalist id={`${id}-known`}>
          {known.map((tag) => (
            <option key={tag} value={[...splitTags(text).slice(0, -1), tag].join(", ")}>
              {tag}
            </option>
          ))}
        </datalist>
      )}
      {said === null ? null : (
        <p
          id={`${id}-said`}
          role={wrong === null ? undefined : "alert"}
          className={wrong === null ? "pt-1 text-sm text-muted" : "pt-1 text-sm text-danger"}
        >
          {said}
        </p>
      )}
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
  const save = () => onDone(day === before.day && time === before.time ? null : { due_date: dueOf({ day, time }) });
  const quick = (next: Day | null) => onDone({ due_date: dueOf({ day: next ?? "", time }) });
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
