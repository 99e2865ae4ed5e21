// Reading tasks, and putting what changed into what has been read without asking again.
import {
  type InfiniteData,
  type Query,
  type QueryClient,
  infiniteQueryOptions,
  keepPreviousData,
  useInfiniteQuery,
  useQuery,
} from "@tanstack/react-query";

import { api, ok } from "@/api/client";
import { getSession } from "@/api/session";
import type { Task, TaskPage } from "@/api/types";

import { type TaskFilter, toQuery } from "./filter";
import { keys } from "./keys";
import { comparator, matches } from "./matching";

/** The API's most: fewer requests for long lists. */
const PAGE_SIZE = 200;

export type TaskPages = InfiniteData<TaskPage, number>;

function listQuery(filter: TaskFilter) {
  return infiniteQueryOptions({
    queryKey: keys.taskList(filter),
    queryFn: ({ pageParam, signal }) =>
      ok(
        api.GET("/api/tasks", {
          params: { query: { ...toQuery(filter), page: pageParam, page_size: PAGE_SIZE } },
          signal,
        }),
      ),
    initialPageParam: 1,
    getNextPageParam: (_, pages) => nextPage(pages),
  });
}

/** Reads the beginning of a list that is about to be shown. What fails is told by the list. */
export async function readAhead(client: QueryClient, filter: TaskFilter): Promise<void> {
  await client.prefetchInfiniteQuery({ ...listQuery(filter), retry: false });
}

/** The tasks that match, page after page as the list is scrolled. */
export function useTasks(filter: TaskFilter) {
  const query = useInfiniteQuery({
    ...listQuery(filter),
    select: flatten,
    placeholderData: keepPreviousData,
  });
  return { ...query, tasks: query.data?.tasks ?? [], total: query.data?.total ?? 0 };
}

/**
 * By how many tasks are there, not by how many pages were read: where tasks left the list, those behind them moved up, and the page
 * on which the first unread one stands now is read (again).
 */
export function nextPage(pages: readonly TaskPage[]): number | undefined {
  const last = pages.at(-1);
  if (last === undefined) return 1;
  const before = new Set(pages.slice(0, -1).flatMap((page) => page.items.map((task) => task.id)));
  const loaded = new Set([...before, ...last.items.map((task) => task.id)]).size;
  if (loaded >= last.total) return undefined;
  const next = loaded === before.size ? last.page + 1 : Math.floor(loaded / PAGE_SIZE) + 1;
  return next <= Math.ceil(last.total / PAGE_SIZE) ? next : undefined;
}

/** A task that stands on two pages (one was read again) is shown once. */
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

/** What `change` makes of the task where it stands, and in its details; null takes it out of the lists. */
export function changeCached(client: QueryClient, id: string, change: (task: Task) => Task | null): void {
  client.setQueriesData<TaskPages>({ queryKey: keys.taskLists }, (data) => {
    if (data === undefined || !data.pages.some((page) => page.items.some((task) => task.id === id))) return data;
    let gone = 0;
    const pages = data.pages.map((page) => ({
      ...page,
      items: page.items.flatMap((task) => {
        if (task.id !== id) return [task];
        const next = change(task);
        if (next === null) gone = 1;
        return next === null ? [] : [next];
      }),
    }));
    return { ...data, pages: pages.map((page) => ({ ...page, total: Math.max(0, page.total - gone) })) };
  });
  client.setQueryData<Task>(keys.task(id), (task) => (task === undefined ? task : (change(task) ?? task)));
}

/** The newest version seen of each task: an answer that was overtaken changes nothing, also when the task is in no list now. */
const newest = new WeakMap<QueryClient, Map<string, number>>();

function isOld(client: QueryClient, task: Task): boolean {
  const versions = newest.get(client) ?? new Map<string, number>();
  newest.set(client, versions);
  const known = versions.get(task.id) ?? client.getQueryData<Task>(keys.task(task.id))?.version ?? 0;
  if (known > task.version) return true;
  versions.set(task.id, task.version);
  return false;
}

function filterOf(query: Query): TaskFilter {
  return query.queryKey[2] as TaskFilter;
}

const insertAt = (items: readonly Task[], at: number, task: Task) => [...items.slice(0, at), task, ...items.slice(at)];

/** The list with the task where it belongs. `wanted` says whether it does. */
function placed(data: TaskPages, task: Task, wanted: boolean, compare: (a: Task, b: Task) => number): TaskPages {
  const old = data.pages.findIndex((page) => page.items.some((shown) => shown.id === task.id));
  if (old < 0 && !wanted) return data;
  const shown = data.pages[old]?.items.find((each) => each.id === task.id);
  if (shown !== undefined && shown.version > task.version) return data;
  const change = (wanted ? 1 : 0) - (old < 0 ? 0 : 1);
  const pages = data.pages.map((page) => ({
    ...page,
    total: Math.max(0, page.total + change),
    items: page.items.filter((each) => each.id !== task.id),
  }));
  const last = pages.at(-1);
  if (!wanted || last === undefined) return { ...data, pages };
  for (const page of pages) {
    const at = page.items.findIndex((each) => compare(task, each) < 0);
    if (at < 0) continue;
    page.items = insertAt(page.items, at, task);
    return { ...data, pages };
  }
  // Behind all that was read: at the end, if that is the end of the list. Else it comes with its page.
  const read = pages.reduce((count, page) => count + page.items.length, 0);
  if (read + 1 >= last.total) last.items = [...last.items, task];
  return { ...data, pages };
}

/** Puts a newer state of the task into its details and into each list: where it belongs, or out of it. */
export function putCached(client: QueryClient, task: Task): void {
  if (isOld(client, task)) return;
  client.setQueryData<Task>(keys.task(task.id), (shown) => (shown === undefined ? shown : task));
  const zone = zoneNow();
  for (const query of client.getQueryCache().findAll({ queryKey: keys.taskLists })) {
    const filter = filterOf(query);
    const wanted = matches(task, filter, zone);
    // What is being read may have been read before this change.
    if (wanted === null || query.state.fetchStatus === "fetching")
      void client.invalidateQueries({ queryKey: query.queryKey, exact: true });
    if (wanted === null) {
      client.setQueryData<TaskPages>(query.queryKey, (data) => data && inPlace(data, task));
      continue;
    }
    const compare = comparator(filter, zone);
    client.setQueryData<TaskPages>(query.queryKey, (data) => data && placed(data, task, wanted, compare));
  }
}

/** The person's zone. */
export function zoneNow(): string {
  const session = getSession();
  return session.status === "signed-in" ? session.user.time_zone : "UTC";
}

/** As `putCached`, for what is not yet answered: where it will stand, if that can be told. */
export function previewCached(client: QueryClient, task: Task): void {
  client.setQueryData<Task>(keys.task(task.id), (shown) => (shown === undefined ? shown : task));
  const zone = zoneNow();
  for (const query of client.getQueryCache().findAll({ queryKey: keys.taskLists })) {
    const wanted = matches(task, filterOf(query), zone);
    const compare = comparator(filterOf(query), zone);
    client.setQueryData<TaskPages>(
      query.queryKey,
      (data) => data && (wanted === null ? inPlace(data, task) : placed(data, task, wanted, compare)),
    );
  }
}

function inPlace(data: TaskPages, task: Task): TaskPages {
  if (!data.pages.some((page) => page.items.some((shown) => shown.id === task.id))) return data;
  const items = (page: TaskPage) => page.items.map((shown) => (shown.id === task.id ? task : shown));
  return { ...data, pages: data.pages.map((page) => ({ ...page, items: items(page) })) };
}

/** Went to the trash, or for good: out of all lists but that of the trash, which is asked anew. */
export function dropCached(client: QueryClient, id: string): void {
  for (const query of client.getQueryCache().findAll({ queryKey: keys.taskLists })) {
    if (filterOf(query).status === "trashed" || query.state.fetchStatus === "fetching") {
      void client.invalidateQueries({ queryKey: query.queryKey, exact: true });
    }
  }
  changeCached(client, id, (task) => (task.deleted_at === null ? null : task));
  void client.invalidateQueries({ queryKey: keys.task(id) });
}

/** Shows a task between two others in the lists in manual order, until the API says its new position. */
export function moveCached(client: QueryClient, task: Task, after: string | null, before: string | null): void {
  for (const query of client.getQueryCache().findAll({ queryKey: keys.taskLists })) {
    if (filterOf(query).sort_by !== "position") continue;
    client.setQueryData<TaskPages>(query.queryKey, (data) => {
      if (data === undefined || !data.pages.some((page) => page.items.some((each) => each.id === task.id))) return data;
      const pages = data.pages.map((page) => ({ ...page, items: page.items.filter((each) => each.id !== task.id) }));
      for (const page of pages) {
        const at = page.items.findIndex((each) => each.id === before || each.id === after);
        if (at < 0) continue;
        page.items = insertAt(page.items, page.items[at]?.id === before ? at : at + 1, task);
        return { ...data, pages };
      }
      return data;
    });
  }
}

/** The lists are asked anew, those on the screen at once. */
export function refreshLists(client: QueryClient): Promise<void> {
  return client.invalidateQueries({ queryKey: keys.taskLists });
}
