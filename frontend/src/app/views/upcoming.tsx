import { CalendarDays } from "lucide-react";
import { useCallback, useMemo } from "react";

import type { Task } from "@/api/types";
import type { TaskFilter } from "@/data/filter";
import { useDateSettings, useToday } from "@/data/person";
import type { Section } from "@/features/tasks/rows";
import { useT } from "@/i18n/i18n";
import { addDays, type Day, dueDay, formatDay, relativeDay } from "@/lib/dates";
import { groupBy } from "@/lib/group";

import { ListView } from "./list-view";

const NEXT_DAYS = 7;

/** What is asked for on a day. */
export function filterOn(today: Day): TaskFilter {
  return { status: "pending", due_after: addDays(today, 1), sort_by: "due_date", sort_order: "asc" };
}

export function UpcomingView() {
  const t = useT();
  const today = useToday();
  const dates = useDateSettings();
  const filter = useMemo(() => filterOn(today), [today]);
  const group = useCallback(
    (tasks: readonly Task[]): Section[] => {
      const days = groupBy(tasks, (task) => dueDay(task, dates.zone) ?? "");
      // The next days stand there even when they are empty, to drop a task on.
      for (let ahead = 1; ahead <= NEXT_DAYS && tasks.length > 0; ahead += 1) {
        const day = addDays(today, ahead);
        if (!days.has(day)) days.set(day, []);
      }
      return [...days]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([day, ofDay]) => {
          const relative = relativeDay(day, dates);
          const date = formatDay(day, dates);
          return {
            id: day,
            day,
            tasks: ofDay,
            ...(relative === null ? { title: date } : { title: relative, note: date }),
          };
        });
    },
    [dates, today],
  );
  return (
    <ListView
      title={t("view.upcoming")}
      filter={filter}
      group={group}
      byDay
      savable={false}
      empty={{ icon: <CalendarDays />, title: t("view.upcoming.empty"), hint: t("view.upcoming.empty.hint") }}
    />
  );
}
