// The tags that are in use, from the tasks that have been read: the API has no list of them.
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";

import { keys } from "./keys";
import type { TaskPages } from "./tasks";

/** So many at most, the most used first. */
const MOST = 20;
/** Counting goes over all tasks that are there, so it waits until the page has time, in ms. */
const PAUSE_MS = 300;

interface Known {
  tags: readonly string[];
  subscribe: (listener: () => void) => () => void;
}

const known = new WeakMap<QueryClient, Known>();

/** Those of open tasks. Tags that differ in case only are one, shown as first seen. */
export function countTags(pages: readonly TaskPages[]): string[] {
  const counts = new Map<string, { tag: string; count: number }>();
  const seen = new Set<string>();
  for (const task of pages.flatMap((data) => data.pages.flatMap((page) => page.items))) {
    if (task.completed || task.deleted_at !== null || seen.has(task.id)) continue;
    seen.add(task.id);
    for (const tag of task.tags) {
      const key = tag.toLowerCase();
      const entry = counts.get(key) ?? { tag, count: 0 };
      entry.count += 1;
      counts.set(key, entry);
    }
  }
  return [...counts.values()]
    .toSorted((a, b) => b.count - a.count || a.tag.localeCompare(b.tag))
    .slice(0, MOST)
    .map((entry) => entry.tag);
}

function watch(client: QueryClient): Known {
  const listeners = new Set<() => void>();
  const count = () =>
    countTags(client.getQueriesData<TaskPages>({ queryKey: keys.taskLists }).flatMap(([, data]) => data ?? []));
  const store: Known = {
    tags: count(),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  client.getQueryCache().subscribe(({ query }) => {
    if (query.queryKey[1] !== keys.taskLists[1] || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      const tags = count();
      if (tags.join() === store.tags.join()) return;
      store.tags = tags;
      for (const listener of listeners) listener();
    }, PAUSE_MS);
  });
  return store;
}

export function useKnownTags(): readonly string[] {
  const client = useQueryClient();
  let store = known.get(client);
  if (store === undefined) {
    store = watch(client);
    known.set(client, store);
  }
  const { subscribe } = store;
  return useSyncExternalStore(subscribe, () => known.get(client)?.tags ?? []);
}
