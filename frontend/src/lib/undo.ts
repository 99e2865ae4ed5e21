// What can be undone in this tab, newest last. The toast, Ctrl/Cmd+Z and Activity take from the same place.

export interface Undoable {
  /** What was done, translated. */
  label: string;
  undo: () => Promise<void>;
}

/** Enough for a slip; the trash and the activity of a task go back farther. */
const MOST = 50;

const done: Undoable[] = [];
/** What is being done: whoever undoes means it, although it is not told yet. */
const underWay = new Set<Promise<void>>();

export function begun(work: Promise<void>): void {
  underWay.add(work);
  void work.finally(() => underWay.delete(work));
}

export function remembered(entry: Undoable): void {
  done.push(entry);
  if (done.length > MOST) done.shift();
}

/** Undoes this entry, once: null when it was undone already. */
export async function undoEntry(entry: Undoable): Promise<Undoable | null> {
  const at = done.indexOf(entry);
  if (at < 0) return null;
  done.splice(at, 1);
  try {
    await entry.undo();
  } catch (error) {
    // It is still done, so it can still be undone.
    done.push(entry);
    throw error;
  }
  return entry;
}

export async function undoLast(): Promise<Undoable | null> {
  await Promise.allSettled(underWay);
  const entry = done.at(-1);
  return entry === undefined ? null : undoEntry(entry);
}

/** Another person signs in: nothing of the one before is left. */
export function forgetUndo(): void {
  done.length = 0;
}
