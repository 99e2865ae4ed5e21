import { CalendarDays } from "lucide-react";
import { useCallback, useMemo } from "react";

import type { Task } from "@/api/types";
import { useDateSettings, useToday } from "@/data/person";
import type { Section } from "@/features/tasks/rows";
import { useT } from "@/i18n/i18n";
import { addDays, dueDay, formatDay, relativeDay } from "@/lib/dates";

import { ListView } from "./list-view";

export function UpcomingView() {
  const t = useT();
  const today = useToday();
  const dates = useDateSettings();
  const filter = useMemo(
    () => ({ status: "pending", due_after: addDays(today, 1), sort_by: "due_date", sort_order: "asc" }) as const,
    [today],
  );
  const group = useCallback(
    (tasks: readonly Task[]): Section[] => {
      const days = Map.groupBy(tasks, (task) => dueDay(task, dates.zone) ?? "");
      return [...days].map(([day, ofDay]) => {
        const relative = relativeDay(day, dates);
        const date = formatDay(day, dates);
        return relative === null
          ? { id: day, title: date, tasks: ofDay }
          : { id: day, title: relative, note: date, tasks: ofDay };
      });
    },
    [dates],
  );
  return (
    <ListView
      title={t("view.upcoming")}
      filter={filter}
      group={group}
      empty={{ icon: <CalendarDays />, title: t("view.upcoming.empty"), hint: t("view.upcoming.empty.hint") }}
    />
  );
}
