import { Bell, CalendarDays, Clock, Flag, Hash, Quote, Repeat, X } from "lucide-react";
import type { ReactNode } from "react";

import type { Priority } from "@/api/types";
import { useDateSettings } from "@/data/person";
import { useT } from "@/i18n/i18n";
import { type DateSettings, formatDay, relativeDay } from "@/lib/dates";
import type { QuickSpan } from "@/quick/generated";

const ICONS: Readonly<Record<QuickSpan["kind"], ReactNode>> = {
  tag: <Hash />,
  priority: <Flag />,
  date: <CalendarDays />,
  time: <Clock />,
  recurrence: <Repeat />,
  reminder: <Bell />,
  quoted: <Quote />,
};

const DAY = /^\d{4}-\d{2}-\d{2}/;

/** What a part of the text means, in the page's language. */
function useMeaning(rule: string | null): (span: QuickSpan) => string {
  const t = useT();
  const dates = useDateSettings();
  return ({ kind, meaning }) => {
    switch (kind) {
      case "priority":
        return isPriority(meaning) ? t(`task.priority.${meaning}`) : meaning;
      case "date":
        return DAY.test(meaning) ? dayText(meaning, dates) : meaning;
      case "reminder":
        return /^\d+$/.test(meaning) ? t("quick.before", { count: Number(meaning) }) : meaning;
      case "recurrence":
        return rule ?? meaning;
      default:
        return meaning;
    }
  };
}

function isPriority(word: string): word is Priority {
  return word === "high" || word === "medium" || word === "low" || word === "none";
}

function dayText(meaning: string, dates: DateSettings): string {
  const day = meaning.slice(0, 10);
  const words = relativeDay(day, dates) ?? formatDay(day, dates, "short");
  return meaning.length > 10 ? `${words} ${meaning.slice(11, 16)}` : words;
}

interface ChipsProps {
  spans: readonly QuickSpan[];
  /** The rule in words. */
  rule: string | null;
  literal: readonly string[];
  onRefuse: (phrase: string) => void;
  /** Reads a refused phrase again. */
  onAllow: (phrase: string) => void;
}

/** What was understood. A press, Backspace or Delete says that it is only text. */
export function Chips({ spans, rule, literal, onRefuse, onAllow }: ChipsProps) {
  const t = useT();
  const meaningOf = useMeaning(rule);
  const understood = spans.filter((span) => span.kind !== "quoted");
  if (understood.length === 0 && literal.length === 0) return null;
  const chip =
    "touch inline-flex max-w-full items-center gap-1.5 rounded-full px-3 text-sm [&_svg]:size-4 [&_svg]:shrink-0";
  return (
    <ul aria-label={t("quick.understood")} className="flex flex-wrap gap-1.5">
      {understood.map((span) => (
        <li key={`${span.start}:${span.kind}`} className="max-w-full">
          <button
            type="button"
            className={`${chip} bg-accent-soft hover:bg-hover`}
            aria-label={t("quick.refuse", {
              kind: t(`quick.kind.${span.kind}`),
              meaning: meaningOf(span),
              text: span.text,
            })}
            onClick={() => onRefuse(span.text)}
            onKeyDown={(event) => {
              if (event.key !== "Backspace" && event.key !== "Delete") return;
              event.preventDefault();
              onRefuse(span.text);
            }}
          >
            <span aria-hidden className="contents text-accent">
              {ICONS[span.kind]}
            </span>
            <span dir="auto" className="truncate">
              {meaningOf(span)}
            </span>
            <X aria-hidden className="text-muted" />
          </button>
        </li>
      ))}
      {literal.map((phrase) => (
        <li key={`literal:${phrase}`} className="max-w-full">
          <button
            type="button"
            className={`${chip} border border-edge text-muted hover:bg-hover`}
            aria-label={t("quick.allow", { text: phrase })}
            onClick={() => onAllow(phrase)}
          >
            <Quote aria-hidden />
            <span dir="auto" className="truncate line-through">
              {phrase}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
