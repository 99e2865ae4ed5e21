// All tags of the person's open tasks. The API has no list of them, so the tasks are read through once, when the page has time, and
// live changes keep what was found; the next visit begins with it.
import { type QueryClient, useQuery } from "@tanstack/react-query";

import { api, ok } from "@/api/client";
import { getSession } from "@/api/session";
import type { Changes, Task } from "@/api/types";
import { afterFirstView, idle } from "@/lib/first-view";
import { recall, remember } from "@/lib/storage";

import { keys } from "./keys";

/** The API's most. */
const PAGE_SIZE = 200;
/** More open tasks than this are read through once a day at most; fewer, at each visit. */
const MANY = 2_000;
const DAY_MS = 86_400_000;
const KEY = "spindle.tags";

export interface KnownTags {
  /** Those of the open tasks that have some, by id. */
  ofTasks: ReadonlyMap<string, readonly string[]>;
  /** What an earlier visit found, where it was not read through again; the most used first. */
  kept: readonly string[];
}

interface Kept {
  person: string;
  at: number;
  tags: string[];
}

const personNow = () => {
  const session = getSession();
  return session.status === "signed-in" ? session.user.id : null;
};

function isKept(value: unknown): value is Kept {
  if (typeof value !== "object" || value === null) return false;
  const { person, at, tags } = value as Record<string, unknown>;
  return (
    typeof person === "string" &&
    typeof at === "number" &&
    Array.isArray(tags) &&
    tags.every((tag) => typeof tag === "string")
  );
}

function keptTags(): Kept | null {
  try {
    const kept: unknown = JSON.parse(recall(KEY) ?? "null");
    return isKept(kept) && kept.person === personNow() ? kept : null;
  } catch {
    // Not ours.
    return null;
  }
}

/** The most used first. Tags that differ in case only are one, shown as first seen. */
export function countTags({ ofTasks, kept }: KnownTags): string[] {
  const counts = new Map<string, { tag: string; count: number }>();
  const add = (tag: string, count: number) => {
    const entry = counts.get(tag.toLowerCase());
    if (entry === undefined) counts.set(tag.toLowerCase(), { tag, count });
    else entry.count += count;
  };
  for (const tags of ofTasks.values()) for (const tag of tags) add(tag, 1);
  const counted = [...counts.values()].toSorted((a, b) => b.count - a.count || a.tag.localeCompare(b.tag));
  const before = new Set(kept.map((tag) => tag.toLowerCase()));
  return [...kept, ...counted.map((entry) => entry.tag).filter((tag) => !before.has(tag.toLowerCase()))];
}

/** Whoever signs out leaves nothing. */
export function forgetTags(): void {
  remember(KEY, null);
}

function put(ofTasks: Map<string, readonly string[]>, task: Task): void {
  if (task.completed || task.deleted_at !== null || task.tags.length === 0) ofTasks.delete(task.id);
  else ofTasks.set(task.id, task.tags);
}

export async function readTags(signal: AbortSignal): Promise<KnownTags> {
  const kept = keptTags();
  const ofTasks = new Map<string, readonly string[]>();
  let pages = 1;
  for (let page = 1; page <= pages; page += 1) {
    // One after the other, each when the page has nothing better to do.
    // oxlint-disable-next-line no-await-in-loop
    await idle();
    const query = { status: "pending", sort_by: "created_at", sort_order: "asc", page, page_size: PAGE_SIZE } as const;
    // oxlint-disable-next-line no-await-in-loop
    const answer = await ok(api.GET("/api/tasks", { params: { query }, signal }));
    for (const task of answer.items) put(ofTasks, task);
    ({ pages } = answer);
    if (page === 1 && answer.total > MANY && kept !== null && Date.now() - kept.at < DAY_MS)
      return { ofTasks, kept: kept.tags };
  }
  const found = { ofTasks, kept: [] };
  const person = personNow();
  if (person !== null) remember(KEY, JSON.stringify({ person, at: Date.now(), tags: countTags(found) } satisfies Kept));
  return found;
}

/** Live changes, own ones included, keep it true. */
export function applyToTags(client: QueryClient, { tasks, gone }: Changes): void {
  client.setQueryData<KnownTags>(keys.tags, (known) => {
    if (known === undefined || tasks.length + gone.length === 0) return known;
    const ofTasks = new Map(known.ofTasks);
    for (const task of tasks) put(ofTasks, task);
    for (const id of gone) ofTasks.delete(id);
    return { ...known, ofTasks };
  });
}

const NONE: readonly string[] = [];

/** The most used first. */
export function useKnownTags(): readonly string[] {
  const { data = NONE } = useQuery({
    queryKey: keys.tags,
    queryFn: ({ signal }) => afterFirstView(() => readTags(signal))(),
    select: countTags,
    staleTime: Infinity,
    gcTime: Infinity,
    placeholderData: () => ({ ofTasks: new Map(), kept: keptTags()?.tags ?? [] }),
  });
  return data;
}
