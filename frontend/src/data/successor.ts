// The next task of a series is made by the server once one is completed. Who wants to name its date waits for it here.
import type { Task } from "@/api/types";

/** It comes with the live changes, within a second or two, in ms. */
const PATIENCE_MS = 6_000;

type Listener = (task: Task) => void;
const listeners = new Set<Listener>();

/** Live changes tell of every task here. */
export function taskArrived(task: Task): void {
  for (const listener of listeners) listener(task);
}

/** The open task that follows a completed one, or null when none came. */
export function successorOf(completed: Task): Promise<Task | null> {
  const series = completed.parent_task_id ?? completed.id;
  return new Promise((resolve) => {
    const finish = (task: Task | null) => {
      listeners.delete(listener);
      clearTimeout(timer);
      resolve(task);
    };
    const listener = (task: Task) => {
      if (task.parent_task_id === series && task.id !== completed.id && !task.completed) finish(task);
    };
    const timer = setTimeout(() => finish(null), PATIENCE_MS);
    listeners.add(listener);
  });
}
