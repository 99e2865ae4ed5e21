// Reading tasks, and changing what has been read without asking again.
import {
  type InfiniteData,
  type QueryClient,
  keepPreviousData,
  useInfiniteQuery,
  useQuery,
} from "@tanstack/react-query";

import { api, ok } from "@/api/client";
import type { Task, TaskPage } from "@/api/types";

import { type TaskFilter, toQuery } from "./filter";
import { keys } from "./keys";

/** The API's most: fewer requests for long lists. */
const PAGE_SIZE = 200;

export type TaskPages = InfiniteData<TaskPage, number>;

/** The tasks that match, page after page as the list is scrolled. */
export function useTasks(filter: TaskFilter) {
  const query = useInfiniteQuery({
    queryKey: keys.taskList(filter),
    queryFn: ({ pageParam, signal }) =>
      ok(
        api.GET("/api/tasks", {
          params: { query: { ...toQuery(filter), page: pageParam, page_size: PAGE_SIZE } },
          signal,
        }),
      ),
    initialPageParam: 1,
    getNextPageParam: (page) => (page.page < page.pages ? page.page + 1 : undefined),
    select: flatten,
    placeholderData: keepPreviousData,
  });
  return { ...query, tasks: query.data?.tasks ?? [], total: query.data?.total ?? 0 };
}

/** A task that moved between two pages while they were read stands once. */
function flatten(data: TaskPages): { tasks: Task[]; total: number } {
  const seen = new Set<string>();
  const tasks = data.pages.flatMap((page) => page.items).filter((task) => !seen.has(task.id) && seen.add(task.id));
  return { tasks, total: data.pages.at(-1)?.total ?? tasks.length };
}

export function useTask(id: string) {
  return useQuery({
    queryKey: keys.task(id),
    queryFn: ({ signal }) => ok(api.GET("/api/tasks/{id}", { params: { path: { id } }, signal })),
  });
}

/** What `change` makes of the task in every list and in its details; null takes it out of the lists. */
export function changeCached(client: QueryClient, id: string, change: (task: Task) => Task | null): void {
  client.setQueriesData<TaskPages>({ queryKey: keys.taskLists }, (data) => {
    if (data === undefined || !data.pages.some((page) => page.items.some((task) => task.id === id))) return data;
    let gone = 0;
    const pages = data.pages.map((page) => ({
      ...page,
      items: page.items.flatMap((task) => {
        if (task.id !== id) return [task];
        const next = change(task);
        if (next === null) gone += 1;
        return next === null ? [] : [next];
      }),
    }));
    return { ...data, pages: pages.map((page) => ({ ...page, total: Math.max(0, page.total - gone) })) };
  });
  client.setQueryData<Task>(keys.task(id), (task) => (task === undefined ? task : (change(task) ?? task)));
}

/** Puts a newer state of the task in the place of what is shown; an older one (an answer that was overtaken) changes nothing. */
export function putCached(client: QueryClient, task: Task): void {
  changeCached(client, task.id, (shown) => (shown.version > task.version ? shown : task));
}

/** The lists are asked anew, those on the screen at once. */
export function refreshLists(client: QueryClient): Promise<void> {
  return client.invalidateQueries({ queryKey: keys.taskLists });
}
