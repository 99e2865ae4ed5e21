import { useNavigate, useSearch } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { lazy, Suspense, useEffect, useMemo } from "react";

import { toProblem } from "@/api/problem";
import { useCalendar } from "@/data/calendar";
import type { CalendarSearch } from "@/data/filter";
import { useDateSettings, usePerson, useToday } from "@/data/person";
import { Calendar, Entry } from "@/features/calendar/calendar";
import { itemsByDay, type Layout, spanOf, turned } from "@/features/calendar/days";
import { useT } from "@/i18n/i18n";
import { problemText } from "@/i18n/problem-text";
import { formatDay, formatMonth } from "@/lib/dates";
import { firstViewShown } from "@/lib/first-view";
import { useShortcut } from "@/lib/keyboard";
import { Button, buttonClass } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Select } from "@/ui/select";
import { ErrorState } from "@/ui/states";

const TaskDetailsDialog = lazy(async () => ({ default: (await import("@/app/task-dialogs")).TaskDetailsDialog }));

export function CalendarView() {
  const t = useT();
  const navigate = useNavigate();
  const search = useSearch({ from: "/shell/calendar" });
  const today = useToday();
  const dates = useDateSettings();
  const weekStart = usePerson()?.week_start ?? "monday";
  const layout: Layout = search.layout ?? "month";
  const day = search.day ?? today;
  const span = useMemo(() => spanOf(layout, day, weekStart), [layout, day, weekStart]);
  const { list, occurrences } = useCalendar(span.from, span.to);
  const items = useMemo(() => itemsByDay(list.tasks, occurrences, dates.zone), [list.tasks, occurrences, dates.zone]);
  const title = t("view.calendar");
  useEffect(() => {
    document.title = `${title} · Spindle`;
    firstViewShown();
  }, [title]);

  const change = (next: CalendarSearch, replace = false) =>
    void navigate({
      to: "/calendar",
      search: (before: CalendarSearch) => ({ ...before, ...next }),
      replace,
      resetScroll: false,
    });
  const turn = (by: 1 | -1) => () => change({ day: turned(layout, day, by) }, true);
  useShortcut({ keys: "k", group: title, label: t("calendar.previous"), run: turn(-1) });
  useShortcut({ keys: "j", group: title, label: t("calendar.next"), run: turn(1) });
  const open = (task: string) => change({ task });
  const opened = search.on;
  return (
    <>
      <header className="mb-3 flex flex-wrap items-center gap-x-2 gap-y-2">
        <h1 className="mr-2 text-xl font-bold tracking-tight">{title}</h1>
        <p aria-live="polite" className="min-w-36 font-medium">
          {layout === "month"
            ? formatMonth(day, dates)
            : `${formatDay(span.from, dates, "short")} – ${formatDay(span.days.at(-1) ?? span.from, dates, "short")}`}
        </p>
        <div className="ml-auto flex items-center gap-1">
          <button type="button" aria-label={t("calendar.previous")} className={buttonClass("icon")} onClick={turn(-1)}>
            <ChevronLeft aria-hidden className="size-5" />
          </button>
          <Button onClick={() => change({ day: undefined }, true)}>{t("calendar.today")}</Button>
          <button type="button" aria-label={t("calendar.next")} className={buttonClass("icon")} onClick={turn(1)}>
            <ChevronRight aria-hidden className="size-5" />
          </button>
          <Select
            aria-label={t("calendar.layout")}
            value={layout}
            options={[
              { value: "month", label: t("calendar.month") },
              { value: "week", label: t("calendar.week") },
            ]}
            onChange={(next) => change({ layout: next })}
          />
        </div>
      </header>
      {list.isError && list.tasks.length === 0 ? (
        <ErrorState
          text={problemText(toProblem(list.error))}
          action={<Button onClick={() => void list.refetch()}>{t("app.retry")}</Button>}
        />
      ) : (
        <Calendar
          layout={layout}
          span={span}
          day={day}
          items={items}
          onOpen={open}
          onShowDay={(on) => change({ on })}
        />
      )}
      <p className="pt-3 text-sm text-muted">{t("calendar.hint")}</p>
      {opened === undefined ? null : (
        <Dialog
          open={search.task === undefined}
          onOpenChange={(is) => !is && change({ on: undefined }, true)}
          title={formatDay(opened, dates)}
        >
          {(items.get(opened) ?? []).length === 0 ? (
            <p className="text-muted">{t("calendar.empty")}</p>
          ) : (
            <ul className="flex flex-col gap-1">
              {(items.get(opened) ?? []).map((item) => (
                <li key={item.key}>
                  <Entry item={item} onOpen={open} />
                </li>
              ))}
            </ul>
          )}
        </Dialog>
      )}
      {search.task === undefined ? null : (
        <Suspense>
          <TaskDetailsDialog id={search.task} onClose={() => change({ task: undefined }, true)} />
        </Suspense>
      )}
    </>
  );
}
