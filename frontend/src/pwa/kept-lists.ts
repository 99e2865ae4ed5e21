// The last lists that were seen, kept in this browser for as long as the person is signed in here, so that they can be read while the
// server cannot be reached. They lie in the browser's cache storage, which is there where service workers are.
import { dehydrate, hydrate, type InfiniteData, type QueryClient } from "@tanstack/react-query";

import { getSession, subscribeToSession } from "@/api/session";
import type { TaskPage } from "@/api/types";
import { keys } from "@/data/keys";

const STORE = "spindle-lists";
const PATH = "/kept-lists";
/** After a change, in ms, so that a burst of them is written once. */
const PAUSE_MS = 1_500;
/** So many lists, the last seen; each with so many pages. */
const MOST_LISTS = 12;
const MOST_PAGES = 2;

interface Kept {
  person: string;
  state: ReturnType<typeof dehydrate>;
}

const personNow = () => {
  const session = getSession();
  return session.status === "signed-in" ? session.user.id : null;
};

const isKept = (key: readonly unknown[]) =>
  (key[0] === keys.taskLists[0] && key[1] === keys.taskLists[1]) ||
  key[0] === keys.notifications[0] ||
  key[0] === keys.savedFilters[0];

function snapshot(client: QueryClient, person: string): Kept {
  const state = dehydrate(client, {
    shouldDehydrateQuery: (query) => query.state.data !== undefined && isKept(query.queryKey),
  });
  const last = state.queries.toSorted((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt).slice(0, MOST_LISTS);
  for (const query of last) {
    const data = query.state.data as Partial<InfiniteData<TaskPage, number>> | undefined;
    if (data?.pages === undefined || data.pageParams === undefined) continue;
    query.state = {
      ...query.state,
      data: { pages: data.pages.slice(0, MOST_PAGES), pageParams: data.pageParams.slice(0, MOST_PAGES) },
    };
  }
  return { person, state: { mutations: [], queries: last } };
}

async function write(client: QueryClient): Promise<void> {
  const person = personNow();
  if (person === null) return;
  const store = await caches.open(STORE);
  await store.put(PATH, Response.json(snapshot(client, person)));
}

/** Shows what was kept for this person where nothing newer is there; it counts as old, so that it is read anew. */
export async function restoreLists(client: QueryClient): Promise<void> {
  const person = personNow();
  if (person === null || !("caches" in window)) return;
  const found = await (await caches.open(STORE)).match(PATH);
  const kept = (await found?.json()) as Kept | undefined;
  if (kept?.person !== person) return;
  hydrate(client, kept.state);
  void client.invalidateQueries({ refetchType: "none" });
}

/** Keeps the lists as they change; nothing is left of whoever signs out. */
export function keepLists(client: QueryClient): () => void {
  if (!("caches" in window)) return () => undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  // A full or blocked store only means that nothing can be read offline.
  const ignore = () => undefined;
  const endCache = client.getQueryCache().subscribe((event) => {
    if (event.type !== "updated" || event.action.type !== "success" || !isKept(event.query.queryKey)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void write(client).catch(ignore), PAUSE_MS);
  });
  const endSession = subscribeToSession(() => {
    if (getSession().status !== "signed-out") return;
    clearTimeout(timer);
    void caches.delete(STORE).catch(ignore);
  });
  return () => {
    clearTimeout(timer);
    endCache();
    endSession();
  };
}
