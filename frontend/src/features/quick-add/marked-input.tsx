import { type ComponentProps, type RefObject, useLayoutEffect, useRef } from "react";

import type { QuickSpan } from "@/quick/generated";
import { Input } from "@/ui/input";

interface MarkedInputProps extends Omit<ComponentProps<"input">, "ref"> {
  text: string;
  spans: readonly QuickSpan[];
  field: RefObject<HTMLInputElement | null>;
}

/** A line of text whose understood parts are marked as they are typed. The marks lie under the text and are nothing to read. */
export function MarkedInput({ text, spans, field, ...rest }: MarkedInputProps) {
  const marks = useRef<HTMLDivElement>(null);
  const follow = () => {
    if (marks.current !== null && field.current !== null) marks.current.scrollLeft = field.current.scrollLeft;
  };
  useLayoutEffect(follow);
  const parts = spans.reduce<{ at: number; parts: { text: string; marked: boolean; start: number }[] }>(
    (done, span) => ({
      at: span.end,
      parts: [
        ...done.parts,
        { text: text.slice(done.at, span.start), marked: false, start: done.at },
        { text: text.slice(span.start, span.end), marked: true, start: span.start },
      ],
    }),
    { at: 0, parts: [] },
  ).parts;
  return (
    <div className="relative">
      <div
        ref={marks}
        aria-hidden
        className="pointer-events-none absolute inset-0 overflow-hidden rounded-lg border border-transparent px-3 text-base leading-[2.25rem] whitespace-pre text-transparent pointer-coarse:text-[1rem] pointer-coarse:leading-[2.75rem]"
      >
        {parts.map((part) =>
          part.marked ? (
            <span key={part.start} className="rounded bg-accent-soft shadow-[0_0_0_2px_var(--accent-soft)]">
              {part.text}
            </span>
          ) : (
            <span key={part.start}>{part.text}</span>
          ),
        )}
      </div>
      <Input {...rest} ref={field} value={text} onScroll={follow} className="relative bg-transparent" />
    </div>
  );
}
