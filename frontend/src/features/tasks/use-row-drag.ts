// Dragging a row to another place of the manual order, or to another day.
import { type RefObject, useCallback, useState } from "react";

import type { Task } from "@/api/types";
import { beginDrag } from "@/lib/drag";

import { dropBetween, dropDay, type Between, type Row } from "./rows";

/** What dragging does in a list. */
export type Arrange =
  | { by: "place"; onMove: (task: Task, to: Between) => void }
  | { by: "day"; onDay: (task: Task, day: string) => void }
  /** It has another order: what would be moved says so, and how to get the order by hand. */
  | { by: "order"; onRefuse: () => void };

export interface RowDrag {
  id: string;
  /** Before which row the task would come to stand; by day, in whose section. */
  at: number | null;
}

/** Before which row a drop at this height would put it. */
function rowAt(list: HTMLElement, x: number, y: number, by: Arrange["by"]): number | null {
  const inside = list.getBoundingClientRect();
  const within = Math.min(Math.max(x, inside.left + 1), inside.right - 1);
  const row = document.elementFromPoint(within, y)?.closest<HTMLElement>("li[data-index]");
  if (row == null || !list.contains(row)) return null;
  const index = Number(row.dataset["index"]);
  const box = row.getBoundingClientRect();
  return by === "day" || y < box.top + box.height / 2 ? index : index + 1;
}

export function useRowDrag(list: RefObject<HTMLElement | null>, rows: readonly Row[], arrange: Arrange | undefined) {
  const [drag, setDrag] = useState<RowDrag | null>(null);

  const begin = useCallback(
    (event: PointerEvent, task: Task) => {
      const element = list.current;
      if (arrange === undefined || element === null) return;
      const target = (x: number, y: number) => rowAt(element, x, y, arrange.by);
      beginDrag(event, {
        onStart: () => setDrag({ id: task.id, at: null }),
        onMove: (x, y) => {
          const at = target(x, y);
          setDrag((before) => (before !== null && before.at === at ? before : { id: task.id, at }));
        },
        onDrop: (x, y) => {
          const at = target(x, y);
          if (at === null) return;
          if (arrange.by === "order") {
            if (dropBetween(rows, task.id, at) !== null) arrange.onRefuse();
            return;
          }
          if (arrange.by === "day") {
            const day = dropDay(rows, at);
            if (day !== undefined) arrange.onDay(task, day);
            return;
          }
          const place = dropBetween(rows, task.id, at);
          if (place !== null) arrange.onMove(task, place);
        },
        onEnd: () => setDrag(null),
      });
    },
    [list, rows, arrange],
  );
  return { drag, begin };
}
