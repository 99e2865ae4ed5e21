import { Sun } from "lucide-react";
import { useCallback, useMemo } from "react";

import type { Task } from "@/api/types";
import { useDateSettings, useToday } from "@/data/person";
import type { Section } from "@/features/tasks/rows";
import { useT } from "@/i18n/i18n";
import { addDays, dueDay, formatDay } from "@/lib/dates";

import { ListView } from "./list-view";

export function TodayView() {
  const t = useT();
  const today = useToday();
  const dates = useDateSettings();
  const { zone } = dates;
  const filter = useMemo(
    () => ({ status: "pending", due_before: addDays(today, 1), sort_by: "due_date", sort_order: "asc" }) as const,
    [today],
  );
  const overdueTitle = t("view.overdue");
  const todayTitle = t("view.today");
  const group = useCallback(
    (tasks: readonly Task[]): Section[] => {
      const before = (task: Task) => (dueDay(task, zone) ?? today) < today;
      const overdue = tasks.filter(before);
      // One group alone needs no heading.
      if (overdue.length === 0) return [{ id: "today", title: null, tasks }];
      return [
        { id: "overdue", title: overdueTitle, tasks: overdue },
        { id: "today", title: todayTitle, tasks: tasks.filter((task) => !before(task)) },
      ];
    },
    [today, zone, overdueTitle, todayTitle],
  );
  return (
    <ListView
      title={todayTitle}
      note={formatDay(today, dates)}
      filter={filter}
      group={group}
      empty={{ icon: <Sun />, title: t("view.today.empty"), hint: t("view.today.empty.hint") }}
    />
  );
}
