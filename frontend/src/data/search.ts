import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { api, ok } from "@/api/client";

import { keys } from "./keys";

/** The tasks that match best, whatever their state but the trash; nothing is asked for a blank text. */
export function useSearchTasks(text: string, count: number) {
  const q = text.trim().slice(0, 500);
  return useQuery({
    queryKey: [...keys.tasks, "search", q, count],
    queryFn: async ({ signal }) =>
      (await ok(api.GET("/api/tasks/search", { params: { query: { q, page_size: count } }, signal }))).items,
    enabled: q !== "",
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
}
