// Changes that were refused because the server could not be reached. Nothing is sent behind the person's back: they wait until they are
// sent again, or dropped, by hand. They live as long as the tab.
import { useSyncExternalStore } from "react";

export interface WaitingChange {
  /** What it is about, such as the title of the task. */
  label: string;
  /** Sends it again; it tells itself how that went. */
  again: () => Promise<void>;
}

let waiting: readonly WaitingChange[] = [];
const listeners = new Set<() => void>();

function set(next: readonly WaitingChange[]): void {
  waiting = next;
  for (const listener of listeners) listener();
}

export function addWaiting(change: WaitingChange): void {
  set([...waiting, change]);
}

/** Sends all of them, in the order in which they were made; what fails again waits again. */
export async function sendWaiting(): Promise<void> {
  const all = waiting;
  set([]);
  for (const change of all) await change.again();
}

export function dropWaiting(): void {
  set([]);
}

export function useWaiting(): readonly WaitingChange[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting,
  );
}
