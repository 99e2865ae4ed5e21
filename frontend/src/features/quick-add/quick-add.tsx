// A task in one line: what is understood is marked and shown as chips while typing; what was meant as text is refused by one key.
import { Repeat } from "lucide-react";
import { type ClipboardEvent, type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";

import { toProblem } from "@/api/problem";
import { useTaskCommands } from "@/data/commands";
import { useDateSettings, usePerson } from "@/data/person";
import { ruleWords } from "@/data/rule-words";
import { useT } from "@/i18n/i18n";
import { problemText } from "@/i18n/problem-text";
import { formatDay } from "@/lib/dates";
import { randomKey } from "@/lib/id";
import type { QuickResult } from "@/quick/generated";
import { Button } from "@/ui/button";

import { Chips } from "./chips";
import { type Draft, keepDraft, keptDraft, linesOf, stillLiteral } from "./draft";
import { MarkedInput } from "./marked-input";
import { useQuickResult } from "./parser";
import { SeveralTasks } from "./several-tasks";

/** The API's most. */
const MOST_CHARACTERS = 2_000;

interface QuickAddProps {
  onDone: () => void;
  /** The way to the form with every field. */
  children?: ReactNode;
}

export function QuickAdd({ onDone, children }: QuickAddProps) {
  const t = useT();
  const id = useId();
  const commands = useTaskCommands();
  const person = usePerson()?.id ?? "";
  const [draft, setDraft] = useState<Draft>(() => keptDraft(person));
  const [lines, setLines] = useState<readonly string[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const attempt = useRef({ body: "", key: "" });
  const field = useRef<HTMLInputElement>(null);
  const { text, literal } = draft;
  const { result, failed } = useQuickResult(text, literal);
  const dates = useDateSettings();
  const words = result === null ? null : (ruleWords(result, result.due_date, dates) ?? result.words);

  useEffect(() => keepDraft(person, draft), [person, draft]);

  const change = (next: string, refused: readonly string[] = literal) => {
    setDraft({ text: next, literal: stillLiteral(next, refused) });
    setError(null);
  };
  const refuse = (phrase: string) => {
    change(text, [...new Set([...literal, phrase])]);
    field.current?.focus();
  };

  const wrong = (): string | null => {
    if (text.trim() === "") return t("quick.empty");
    if ([...text].length > MOST_CHARACTERS) return t("quick.long");
    return result?.errors[0]?.message ?? null;
  };
  const add = async (more: boolean): Promise<void> => {
    const reason = wrong();
    if (reason !== null) {
      setError(reason);
      field.current?.focus();
      return;
    }
    // The same line again is the same command, even when the first answer was lost.
    const body = JSON.stringify(draft);
    if (attempt.current.body !== body) attempt.current = { body, key: randomKey() };
    setBusy(true);
    setError(null);
    try {
      await commands.createQuick(text, literal, attempt.current.key);
      attempt.current = { body: "", key: "" };
      keepDraft(person, { text: "", literal: [] });
      setDraft({ text: "", literal: [] });
      if (more) field.current?.focus();
      else onDone();
    } catch (caught) {
      const problem = toProblem(caught);
      setError(problem.field("text") ?? problem.field("title") ?? problemText(problem));
    } finally {
      setBusy(false);
    }
  };

  const paste = (event: ClipboardEvent<HTMLInputElement>) => {
    const pasted = linesOf(event.clipboardData.getData("text/plain"));
    if (pasted.length < 2) return;
    event.preventDefault();
    setLines(text.trim() === "" ? pasted : [`${text.trim()} ${pasted[0] ?? ""}`, ...pasted.slice(1)]);
  };
  const key = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      void add(event.ctrlKey || event.metaKey || event.shiftKey);
    } else if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      const caret = event.currentTarget.selectionStart ?? text.length;
      const spans = (result?.spans ?? []).filter((span) => span.kind !== "quoted");
      const span = spans.find((each) => each.start <= caret && caret <= each.end) ?? spans.at(-1);
      if (span !== undefined) refuse(span.text);
    }
  };

  if (lines !== null) {
    return (
      <SeveralTasks
        lines={lines}
        onOneLine={() => {
          change(lines.join(" "));
          setLines(null);
        }}
        onLeft={setLines}
        onDone={() => {
          keepDraft(person, { text: "", literal: [] });
          onDone();
        }}
      />
    );
  }
  return (
    <div className="flex flex-col gap-3">
      <label htmlFor={`${id}-line`} className="sr-only">
        {t("quick.label")}
      </label>
      <MarkedInput
        id={`${id}-line`}
        field={field}
        text={text}
        spans={result?.spans ?? []}
        dir="auto"
        autoComplete="off"
        enterKeyHint="done"
        placeholder={t("quick.placeholder")}
        aria-describedby={`${id}-said`}
        aria-invalid={error === null ? undefined : true}
        onChange={(event) => change(event.target.value)}
        onPaste={paste}
        onKeyDown={key}
      />
      <Chips
        spans={result?.spans ?? []}
        rule={words}
        literal={literal}
        onRefuse={refuse}
        onAllow={(phrase) => {
          change(
            text,
            literal.filter((each) => each !== phrase),
          );
          field.current?.focus();
        }}
      />
      {result === null || words === null ? null : <Rule result={result} words={words} />}
      <p
        id={`${id}-said`}
        className={error === null ? "text-sm text-muted" : "text-sm text-danger"}
        role={error === null ? undefined : "alert"}
      >
        {error ?? (failed ? t("quick.no-parser") : t("quick.hint"))}
      </p>
      <div className="flex flex-wrap items-center justify-end gap-2">
        {children}
        <Button look="primary" busy={busy} onClick={() => void add(false)}>
          {t("task.add")}
        </Button>
      </div>
    </div>
  );
}

/** The rule in words, and when it comes. */
function Rule({ result, words }: { result: QuickResult; words: string }) {
  const t = useT();
  const dates = useDateSettings();
  const days = [result.due_date, ...result.next].flatMap((due) =>
    due === null ? [] : [formatDay(due.slice(0, 10), dates, "short")],
  );
  return (
    <p className="flex items-start gap-2 text-sm">
      <Repeat aria-hidden className="mt-0.5 size-4 shrink-0 text-accent" />
      <span>
        <span className="font-medium">{words}</span>{" "}
        <span className="text-muted">{t("quick.next", { days: days.slice(0, 5).join(" · ") })}</span>
      </span>
    </p>
  );
}
