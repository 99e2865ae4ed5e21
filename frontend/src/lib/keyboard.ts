// Every shortcut of the page is registered here: one listener, no two places that fight for a key, and a list for the sheet on `?`.
import { useLayoutEffect, useRef } from "react";

export interface Shortcut {
  /** What it is called in the sheet and the palette, translated. */
  label: string;
  /** Groups of the sheet, translated. */
  group: string;
  /** `"q"`, `"?"`, `"g t"` (one after the other), `"mod+k"` (Ctrl, or Cmd on a Mac), `"mod+shift+ArrowUp"`. */
  keys: string;
  run: () => void;
  /** Also while typing. For keys with a modifier only. */
  whileTyping?: boolean;
}

/** After this long, in ms, the first key of two is forgotten. */
const SEQUENCE_MS = 1_200;

const registered = new Map<symbol, Shortcut>();
const listeners = new Set<() => void>();
let snapshot: readonly Shortcut[] = [];
let first: { key: string; at: number } | null = null;

function changed(): void {
  snapshot = [...registered.values()];
  for (const listener of listeners) listener();
}

export function subscribeToShortcuts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What works at this moment, for the sheet and the palette. */
export function activeShortcuts(): readonly Shortcut[] {
  return snapshot;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select"))
  );
}

/** The pressed key in the notation of `Shortcut.keys`. Shift is named with other modifiers only: `?` is `?` on every layout. */
function nameOf(event: KeyboardEvent): string {
  const mod = event.ctrlKey || event.metaKey;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return [
    mod ? "mod+" : "",
    event.altKey ? "alt+" : "",
    event.shiftKey && (mod || event.key.length > 1) ? "shift+" : "",
    key,
  ].join("");
}

export function handleKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const typing = isTyping(event.target);
  const inDialog =
    event.target instanceof Element && event.target.closest("[role=dialog], [role=alertdialog], [role=menu]") !== null;
  const key = nameOf(event);
  const sequence = first !== null && event.timeStamp - first.at < SEQUENCE_MS ? `${first.key} ${key}` : null;
  // The newest first: what a dialog or a list registers goes before what the page does.
  const all = snapshot.toReversed().filter((shortcut) => (typing || inDialog ? shortcut.whileTyping === true : true));
  const found = all.find((shortcut) => shortcut.keys === sequence) ?? all.find((shortcut) => shortcut.keys === key);
  first = null;
  if (found !== undefined) {
    event.preventDefault();
    found.run();
  } else if (all.some((shortcut) => shortcut.keys.startsWith(`${key} `))) {
    first = { key, at: event.timeStamp };
  }
}

/** Does what a key would do, for a button in a view that does not know who does it. */
export function runShortcut(keys: string): void {
  snapshot.findLast((shortcut) => shortcut.keys === keys)?.run();
}

export function listenForShortcuts(): () => void {
  document.addEventListener("keydown", handleKey);
  return () => document.removeEventListener("keydown", handleKey);
}

/** Works as long as the component is there and `enabled`: from the frame on that shows it, not some time after. */
export function useShortcut(shortcut: Shortcut, enabled = true): void {
  const run = useRef(shortcut.run);
  useLayoutEffect(() => {
    run.current = shortcut.run;
  });
  const { label, group, keys, whileTyping } = shortcut;
  useLayoutEffect(() => {
    if (!enabled) return;
    const id = Symbol(keys);
    registered.set(id, {
      label,
      group,
      keys,
      run: () => run.current(),
      ...(whileTyping === undefined ? {} : { whileTyping }),
    });
    changed();
    return () => {
      registered.delete(id);
      changed();
    };
  }, [label, group, keys, whileTyping, enabled]);
}
