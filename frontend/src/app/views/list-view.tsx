// What every list of tasks is: a heading, the filter, and the rows or what stands in their place. A view says what it asks for and how
// the answer is grouped.
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, lazy, Suspense, useCallback, useEffect, useMemo } from "react";

import { toProblem } from "@/api/problem";
import type { Task } from "@/api/types";
import { isFiltered, readListSearch, type ListSearch, stringifySearch, type TaskFilter } from "@/data/filter";
import { useTasks } from "@/data/tasks";
import type { Section } from "@/features/tasks/rows";
import { TaskFilters } from "@/features/tasks/task-filters";
import { TaskList } from "@/features/tasks/task-list";
import { t as say, useT, withWords } from "@/i18n/i18n";
import { problemText } from "@/i18n/problem-text";
import { firstViewShown } from "@/lib/first-view";
import { runShortcut } from "@/lib/keyboard";
import { Button, buttonClass } from "@/ui/button";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { showToast } from "@/ui/toast";

const TaskDetailsDialog = lazy(async () => ({
  default: (await withWords(import("@/app/task-dialogs"))).TaskDetailsDialog,
}));

const SaveFilter = lazy(async () => ({
  default: (await withWords(import("@/features/saved-filters/save-filter"))).SaveFilter,
}));

const FirstRun = lazy(async () => ({
  default: (await withWords(import("@/features/first-run/first-run"))).FirstRun,
}));

interface ListViewProps {
  title: string;
  /** Beside the title, such as the date. */
  note?: string;
  /** What the view is; the URL's parameters narrow and sort it. */
  filter: TaskFilter;
  /** How the tasks are grouped in the view's own order; with another order or a search they stand in one list. */
  group?: (tasks: readonly Task[]) => Section[];
  /** In the view's own order, rows are dragged from day to day. A list in manual order can always be arranged. */
  byDay?: boolean;
  /** Beside the title, at the end. */
  action?: ReactNode;
  /** Whether what is shown can be kept as a filter: not where the view's dates move with the day. */
  savable?: boolean;
  empty: { icon: ReactNode; title: string; hint: string };
}

export function ListView({ title, note, filter, group, byDay, action, savable = true, empty }: ListViewProps) {
  const t = useT();
  const navigate = useNavigate();
  const search = useSearch({ strict: false, select: (all): ListSearch => readListSearch(all) });
  const { task: open, ...narrowing } = search;
  const set = Object.entries(narrowing).filter(([, value]) => value !== undefined);
  const asked: TaskFilter = { ...filter, ...Object.fromEntries(set) };
  const { tasks, total, error, isPending, isError, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } =
    useTasks(asked);

  const manual = asked.sort_by === "position" && asked.sort_order !== "desc";
  const arrangeBy = manual ? "place" : byDay === true && search.sort_by === undefined ? "day" : undefined;
  const grouped = search.sort_by === undefined ? group : undefined;
  const sections = useMemo(() => grouped?.(tasks) ?? [{ id: "all", title: null, tasks }], [grouped, tasks]);

  useEffect(() => {
    document.title = `${title} · Spindle`;
  }, [title]);

  useEffect(() => {
    if (!isPending) firstViewShown();
  }, [isPending]);

  const change = useCallback(
    (next: Partial<ListSearch>, replace = true) =>
      void navigate({ to: ".", search: (before: ListSearch) => ({ ...before, ...next }), replace, resetScroll: false }),
    [navigate],
  );
  const openTask = useCallback((task: Task) => change({ task: task.id }, false), [change]);
  const openTag = useCallback((tag: string) => void navigate({ to: "/tag/$tag", params: { tag } }), [navigate]);
  const offerOrder = useCallback(
    () =>
      void showToast({
        title: say("task.order.other"),
        action: {
          label: say("task.order.by-hand"),
          run: () => change({ sort_by: "position", sort_order: "asc" }),
        },
      }),
    [change],
  );
  const nearEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  return (
    <>
      <header className="mb-4 flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h1 className="text-xl font-bold tracking-tight" dir="auto">
          {title}
        </h1>
        {note === undefined ? null : <p className="text-muted">{note}</p>}
        <p role="status" className="ml-auto text-sm text-muted">
          {isPending || isError ? "" : t("task.count", { count: total })}
        </p>
        {action}
      </header>
      <TaskFilters search={search} onChange={change}>
        {savable && isFiltered(search) ? (
          <Suspense>
            <SaveFilter query={stringifySearch(asked).slice(1)} />
          </Suspense>
        ) : null}
      </TaskFilters>
      <div className="mt-3">
        {isPending ? (
          <SkeletonRows label={t("app.skeleton")} />
        ) : isError && tasks.length === 0 ? (
          <ErrorState
            text={problemText(toProblem(error))}
            action={<Button onClick={() => void refetch()}>{t("app.retry")}</Button>}
          />
        ) : tasks.length > 0 ? (
          <TaskList
            label={title}
            sections={sections}
            total={total}
            onOpen={openTask}
            onNearEnd={nearEnd}
            onTag={openTag}
            arrangeBy={arrangeBy}
            onUnordered={asked.status === "completed" || asked.status === "trashed" ? undefined : offerOrder}
          />
        ) : isFiltered(search) ? (
          <EmptyState
            {...empty}
            title={t("view.filtered.empty")}
            hint={t("view.filtered.empty.hint")}
            action={
              <Button onClick={() => void navigate({ to: ".", search: {}, replace: true })}>
                {t("view.filtered.clear")}
              </Button>
            }
          />
        ) : (
          <NothingHere view={filter.status} empty={empty} />
        )}
      </div>
      {open === undefined ? null : (
        <Suspense>
          <TaskDetailsDialog id={open} onClose={() => change({ task: undefined })} />
        </Suspense>
      )}
    </>
  );
}

/** A view without a task: one thing to do next; and for somebody who has none at all yet, three to try. */
function NothingHere({ view, empty }: { view: TaskFilter["status"]; empty: ListViewProps["empty"] }) {
  const t = useT();
  const add = () => runShortcut("q");
  if (view === "completed" || view === "trashed") {
    const toInbox = (
      <Link to="/inbox" className={buttonClass()}>
        {t("view.to-inbox")}
      </Link>
    );
    return <EmptyState {...empty} action={toInbox} />;
  }
  const otherwise = (
    <EmptyState
      {...empty}
      action={
        <Button look="primary" onClick={add}>
          {t("task.add")}
        </Button>
      }
    />
  );
  return (
    <Suspense>
      <FirstRun otherwise={otherwise} onAdd={add} />
    </Suspense>
  );
}
