import type { Task } from "@/api/types";
import { ruleWords } from "@/data/rule-words";
import { useT } from "@/i18n/i18n";
import type { DateSettings } from "@/lib/dates";

/** The rule of a task in words, in one line. */
export function RowRule({ task, dates }: { task: Task; dates: DateSettings }) {
  const t = useT();
  const words = ruleWords(task, task.recurrence_anchor ?? task.due_date, dates) ?? t("task.repeats");
  return (
    <span className="truncate" title={words}>
      {words.charAt(0).toLocaleUpperCase(dates.locale) + words.slice(1)}
    </span>
  );
}
