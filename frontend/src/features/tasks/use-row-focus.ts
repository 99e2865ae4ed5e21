// Focus by task: it goes to a row that may not be drawn yet, and stays on its task (or near it) when rows come, go and move.
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef } from "react";

import type { Task } from "@/api/types";

import { neighbour, type Row } from "./rows";

export function useRowFocus(
  list: RefObject<HTMLElement | null>,
  rows: readonly Row[],
  scrollTo: (index: number) => void,
) {
  const wanted = useRef<string | null>(null);
  /** The task that has the focus, and the one to go to when it leaves. */
  const held = useRef<{ id: string; next: string | null } | null>(null);

  const find = useCallback(
    (id: string) => list.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`) ?? null,
    [list],
  );

  const focusRow = useCallback(
    (id: string | null) => {
      if (id === null) return;
      const there = find(id);
      if (there !== null) {
        there.focus();
        return;
      }
      // Not on the screen: scroll there, and the effect below focuses it when it is drawn.
      const index = rows.findIndex((row) => row.kind === "task" && row.task.id === id);
      if (index < 0) return;
      wanted.current = id;
      scrollTo(index);
    },
    [find, rows, scrollTo],
  );

  useEffect(() => {
    const focused = (event: Event) => {
      const row =
        event.target instanceof Element && list.current?.contains(event.target)
          ? event.target.closest("li")?.querySelector<HTMLElement>("[data-row]")
          : null;
      const id = row?.dataset["row"];
      held.current = id === undefined ? null : { id, next: neighbour(rows, id) };
    };
    if (held.current !== null) held.current = { id: held.current.id, next: neighbour(rows, held.current.id) };
    document.addEventListener("focusin", focused);
    document.addEventListener("pointerdown", focused);
    return () => {
      document.removeEventListener("focusin", focused);
      document.removeEventListener("pointerdown", focused);
    };
  }, [list, rows]);

  useLayoutEffect(() => {
    const { current } = held;
    if (current === null || document.activeElement !== document.body) return;
    const still = rows.some((row) => row.kind === "task" && row.task.id === current.id);
    focusRow(still ? current.id : current.next);
  }, [rows, focusRow]);

  useEffect(() => {
    if (wanted.current === null) return;
    const element = find(wanted.current);
    if (element === null) return;
    wanted.current = null;
    element.focus();
  });

  const current = useCallback((): Task | undefined => {
    const row = document.activeElement?.closest("li")?.querySelector<HTMLElement>("[data-row]");
    const found = rows.find((each) => each.kind === "task" && each.task.id === row?.dataset["row"]);
    return found?.kind === "task" ? found.task : undefined;
  }, [rows]);

  return { focusRow, current };
}
