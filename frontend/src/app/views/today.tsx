import { Sun } from "lucide-react";
import { useCallback, useMemo } from "react";

import type { Task } from "@/api/types";
import { useTaskCommands } from "@/data/commands";
import type { TaskFilter } from "@/data/filter";
import { useDateSettings, useToday } from "@/data/person";
import { onDay } from "@/data/task-calls";
import type { Section } from "@/features/tasks/rows";
import { useT } from "@/i18n/i18n";
import { addDays, type Day, dueDay, formatDay } from "@/lib/dates";
import { buttonClass } from "@/ui/button";
import { MenuButton } from "@/ui/menu";

import { ListView } from "./list-view";

/** All that is overdue to another day, each at its time of day. */
function Reschedule({ tasks, today }: { tasks: readonly Task[]; today: string }) {
  const t = useT();
  const commands = useTaskCommands();
  const to = (day: string) => () =>
    void commands.changeMany(tasks, (task) => ({ due_date: onDay(task, day) }), t("task.moved"));
  return (
    <MenuButton
      className={buttonClass("accent")}
      entries={() => [
        { kind: "item", label: t("task.due.today"), onSelect: to(today) },
        { kind: "item", label: t("task.due.tomorrow"), onSelect: to(addDays(today, 1)) },
        { kind: "item", label: t("task.due.in-a-week"), onSelect: to(addDays(today, 7)) },
      ]}
    >
      {t("view.overdue.reschedule")}
    </MenuButton>
  );
}

/** What is asked for on a day. */
export function filterOn(today: Day): TaskFilter {
  return { status: "pending", due_before: addDays(today, 1), sort_by: "due_date", sort_order: "asc" };
}

export function TodayView() {
  const t = useT();
  const today = useToday();
  const dates = useDateSettings();
  const { zone } = dates;
  const filter = useMemo(() => filterOn(today), [today]);
  const overdueTitle = t("view.overdue");
  const todayTitle = t("view.today");
  const group = useCallback(
    (tasks: readonly Task[]): Section[] => {
      const before = (task: Task) => (dueDay(task, zone) ?? today) < today;
      const overdue = tasks.filter(before);
      // One group alone needs no heading.
      if (overdue.length === 0) return [{ id: "today", title: null, tasks }];
      return [
        { id: "overdue", title: overdueTitle, tasks: overdue, action: <Reschedule tasks={overdue} today={today} /> },
        { id: "today", title: todayTitle, day: today, tasks: tasks.filter((task) => !before(task)) },
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
      byDay
      savable={false}
      empty={{ icon: <Sun />, title: t("view.today.empty"), hint: t("view.today.empty.hint") }}
    />
  );
}
