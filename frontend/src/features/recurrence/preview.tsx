import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Repeat } from "lucide-react";
import { useEffect, useState } from "react";

import { api, ok } from "@/api/client";
import { toProblem } from "@/api/problem";
import type { Occurrences, Task, TaskPatch } from "@/api/types";
import { keys } from "@/data/keys";
import { useDateSettings } from "@/data/person";
import { ruleWords } from "@/data/rule-words";
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

/** So many dates are shown. */
const COUNT = 5;

interface PreviewProps {
  task: Task;
  /** The rule as it is edited. */
  patch: TaskPatch;
  due: string | null;
  /** Nothing differs from the task: its own dates count, by the day from which its rule was set. */
  isSaved: boolean;
}

function useDates({ task, patch, due, isSaved }: PreviewProps) {
  const { title, time_zone, recurrence_exdates } = task;
  // `until` without a day yet is no end.
  const body = { ...patch, title, time_zone, recurrence_exdates, due_date: due };
  const asked = useSettled(JSON.stringify({ ...body, recurrence_until: patch.recurrence_until || null }));
  return useQuery({
    queryKey: isSaved ? [...keys.occurrences(task.id), task.version] : ["recurrence", asked],
    queryFn: ({ signal }): Promise<Occurrences> => {
      const query = { count: COUNT };
      return isSaved
        ? ok(api.GET("/api/tasks/{id}/occurrences", { params: { path: { id: task.id }, query }, signal }))
        : ok(api.POST("/api/recurrence/preview", { body: JSON.parse(asked) as TaskPatch, params: { query }, signal }));
    },
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** The rule in words and its next five dates, as the server makes them; or what is wrong with it. */
export function Preview(props: PreviewProps) {
  const t = useT();
  const dates = useDateSettings();
  const { task, patch, due, isSaved } = props;
  const { data, error, isPlaceholderData } = useDates(props);
  if (error !== null && !isPlaceholderData) {
    return (
      <p role="alert" className="text-sm text-danger">
        {problemText(toProblem(error))}
      </p>
    );
  }
  if (data === undefined) return <p className="min-h-10 text-sm text-muted">{t("app.loading")}</p>;
  const anchor = (isSaved ? task.recurrence_anchor : null) ?? due;
  const fields = { ...patch, recurrence_exdates: task.recurrence_exdates };
  return (
    <div className="rounded-xl bg-accent-soft px-4 py-3 text-sm">
      <p aria-live="polite" className="flex items-start gap-2 font-medium">
        <Repeat aria-hidden className="mt-0.5 size-4 shrink-0 text-accent" />
        {ruleWords(fields, anchor, dates) ?? data.text}
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
