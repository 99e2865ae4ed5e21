import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Repeat } from "lucide-react";
import { useEffect, useState } from "react";

import { api, ok } from "@/api/client";
import { toProblem } from "@/api/problem";
import type { TaskPatch } from "@/api/types";
import { useDateSettings } from "@/data/person";
import { useT } from "@/i18n/i18n";
import { problemText } from "@/i18n/problem-text";
import { dueDay, formatDay, formatTime } from "@/lib/dates";

/** After the last change, in ms. */
const PAUSE_MS = 200;

function useSettled<T>(value: T): T {
  const [settled, set] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => set(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

interface PreviewProps {
  patch: TaskPatch;
  due: string | null;
  title: string;
}

/** The rule in words and its next five dates, as the server makes them; or what is wrong with it. */
export function Preview({ patch, due, title }: PreviewProps) {
  const t = useT();
  const dates = useDateSettings();
  // `until` without a day yet is no end.
  const asked = useSettled(
    JSON.stringify({ ...patch, title, due_date: due, recurrence_until: patch.recurrence_until || null }),
  );
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ["recurrence", asked],
    queryFn: ({ signal }) =>
      ok(
        api.POST("/api/recurrence/preview", {
          body: JSON.parse(asked) as TaskPatch,
          params: { query: { count: 5 } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    retry: false,
  });
  if (error !== null && !isPlaceholderData) {
    return (
      <p role="alert" className="text-sm text-danger">
        {problemText(toProblem(error))}
      </p>
    );
  }
  if (data === undefined) return <p className="min-h-10 text-sm text-muted">{t("app.loading")}</p>;
  return (
    <div className="rounded-xl bg-accent-soft px-4 py-3 text-sm">
      <p aria-live="polite" className="flex items-start gap-2 font-medium">
        <Repeat aria-hidden className="mt-0.5 size-4 shrink-0 text-accent" />
        {data.text}
      </p>
      <h3 className="pt-2 text-xs font-semibold text-muted">{t("repeat.next")}</h3>
      <ol className="flex flex-col">
        {data.items.map((item) => (
          <li key={item.due_date}>
            {formatDay(dueDay(item, dates.zone) ?? "", dates)}
            {item.due_at === null ? "" : `, ${formatTime(new Date(item.due_at), dates)}`}
          </li>
        ))}
      </ol>
      {data.ends ? <p className="pt-1 text-muted">{t("repeat.ends")}</p> : null}
    </div>
  );
}
