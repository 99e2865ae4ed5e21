// What stands in a span of days: the tasks themselves, and what rules bring later.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";

import { api, ok } from "@/api/client";
import type { Day } from "@/lib/dates";

import { keys } from "./keys";
import { useTasks } from "./tasks";

/** `to` is exclusive; at most 62 days. */
export function useCalendar(from: Day, to: Day) {
  const filter = useMemo(
    () => ({ status: "all", due_after: from, due_before: to, sort_by: "due_date", sort_order: "asc" }) as const,
    [from, to],
  );
  const list = useTasks(filter);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const occurrences = useQuery({
    queryKey: keys.calendarOf(from, to),
    queryFn: async ({ signal }) =>
      (await ok(api.GET("/api/occurrences", { params: { query: { from, to } }, signal }))).items,
  });
  return { list, occurrences: occurrences.data ?? NONE };
}

const NONE: never[] = [];
