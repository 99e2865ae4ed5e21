// Live updates: asks what changed, every second while the page is seen, and puts it into what is shown. No stream is held (the API
// has none); an answer of 304 has no body.
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";

import { api } from "@/api/client";
import { problemOf, toProblem } from "@/api/problem";
import type { Changes, Notification } from "@/api/types";

import { keys } from "./keys";
import { taskArrived } from "./successor";
import { applyToTags } from "./tags";
import { dropCached, putCached, refreshLists } from "./tasks";

/** While the page is seen, and while it is hidden (reminders are still to come), in ms. */
const SEEN_MS = 1_000;
const HIDDEN_MS = 15_000;
/** After failures in a row the pause doubles up to this, in ms. */
const MOST_MS = 10_000;
/** More changes than this in one answer, and the lists are read again. */
const MANY = 100;

const notified = new Set<(notifications: readonly Notification[]) => void>();
const reachability = new Set<() => void>();
let reachable = true;

function setReachable(next: boolean): void {
  if (reachable === next) return;
  reachable = next;
  for (const listener of reachability) listener();
}

/** Whether the last request was answered; the bar over the page says when not. */
export function useReachable(): boolean {
  return useSyncExternalStore(
    (listener) => {
      reachability.add(listener);
      return () => reachability.delete(listener);
    },
    () => reachable,
  );
}

/** Calls back with notifications as they come or change. */
export function onNotifications(listener: (notifications: readonly Notification[]) => void): () => void {
  notified.add(listener);
  return () => notified.delete(listener);
}

/** Puts what changed into the cache. */
export function applyChanges(client: QueryClient, changes: Changes): void {
  if (changes.reset) {
    void client.invalidateQueries();
    return;
  }
  for (const task of changes.tasks) {
    putCached(client, task);
    taskArrived(task);
    void client.invalidateQueries({ queryKey: keys.activity(task.id) });
  }
  for (const id of changes.gone) dropCached(client, id);
  applyToTags(client, changes);
  // So many at once (an import) are read sooner than they are put into place one by one.
  if (changes.tasks.length + changes.gone.length > MANY) void refreshLists(client);
  if (changes.tasks.length > 0 || changes.gone.length > 0) {
    // A series draws its dates from its task.
    void client.invalidateQueries({ queryKey: keys.calendar });
  }
  if (changes.filters) void client.invalidateQueries({ queryKey: keys.savedFilters });
  if (changes.notifications.length > 0) {
    void client.invalidateQueries({ queryKey: keys.notifications });
    for (const listener of notified) listener(changes.notifications);
  }
}

class Poller {
  private cursor: number | undefined;
  private etag: string | undefined;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;
  private asking = false;

  constructor(private readonly client: QueryClient) {}

  readonly wake = (): void => {
    if (document.visibilityState === "visible") void this.ask();
  };

  start(): void {
    document.addEventListener("visibilitychange", this.wake);
    window.addEventListener("focus", this.wake);
    window.addEventListener("online", this.wake);
    void this.ask();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.wake);
    window.removeEventListener("focus", this.wake);
    window.removeEventListener("online", this.wake);
  }

  private async ask(): Promise<void> {
    if (this.asking || this.stopped) return;
    this.asking = true;
    clearTimeout(this.timer);
    try {
      await this.read();
      this.failures = 0;
      setReachable(true);
    } catch (error) {
      this.failures += 1;
      // A refused token is the session's business; only silence and a server in trouble mean that what is shown may be old.
      if (toProblem(error).isTemporary) setReachable(false);
    } finally {
      this.asking = false;
      if (!this.stopped) this.timer = setTimeout(() => void this.ask(), this.pause());
    }
  }

  private pause(): number {
    const usual = document.visibilityState === "visible" ? SEEN_MS : HIDDEN_MS;
    return Math.max(usual, Math.min(MOST_MS, SEEN_MS * 2 ** this.failures - SEEN_MS));
  }

  private async read(): Promise<void> {
    const { data, error, response } = await api.GET("/api/changes", {
      params: {
        ...(this.cursor === undefined ? {} : { query: { since: this.cursor } }),
        ...(this.etag === undefined ? {} : { header: { "If-None-Match": this.etag } }),
      },
    });
    if (this.stopped || response.status === 304) return;
    if (data === undefined) throw problemOf(response.status, error);
    const begins = this.cursor === undefined;
    this.cursor = data.cursor;
    this.etag = response.headers.get("etag") ?? undefined;
    // The first answer only tells where to begin: everything else is being read at this moment.
    if (!begins) applyChanges(this.client, data);
  }
}

/** Runs while the component is there: once, in the shell. */
export function useLiveUpdates(): void {
  const client = useQueryClient();
  useEffect(() => {
    const poller = new Poller(client);
    poller.start();
    return () => poller.stop();
  }, [client]);
}
