// Swiping a row with a finger: to the right does the first thing (complete), to the left the other (trash). The menu of the row and the
// keys do the same, so nobody has to swipe.
import { type RefObject, useEffect, useRef } from "react";

/** So far sideways before it is a swipe and no tap, and so far before it does something, in px. */
const BEGINS = 12;
const DOES = 88;
/** The row follows the finger no farther than this, in px. */
const MOST = 140;

export interface SwipeActions {
  onRight: (id: string) => void;
  onLeft: (id: string) => void;
}

export function useRowSwipe(list: RefObject<HTMLElement | null>, actions: SwipeActions): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    const element = list.current;
    if (element === null) return;
    return listenForSwipes(element, {
      onRight: (id) => latest.current.onRight(id),
      onLeft: (id) => latest.current.onLeft(id),
    });
  }, [list]);
}

function rowOf(target: EventTarget | null): { item: HTMLElement; id: string } | null {
  if (!(target instanceof Element)) return null;
  const item = target.closest<HTMLElement>("li");
  const id = item?.querySelector<HTMLElement>("[data-row]")?.dataset["row"];
  return item === null || id === undefined ? null : { item, id };
}

/** The list has to have `touch-action: pan-y`, so that the browser leaves sideways movement to us. */
export function listenForSwipes(list: HTMLElement, { onRight, onLeft }: SwipeActions): () => void {
  let swipe: { pointer: number; x: number; y: number; by: number; item: HTMLElement; id: string } | null = null;

  const moved = () => swipe?.item.firstElementChild as HTMLElement | null;
  const reset = () => {
    const content = moved();
    if (content) content.style.transform = "";
    if (swipe !== null) delete swipe.item.dataset["swipe"];
    swipe = null;
  };
  const down = (event: PointerEvent) => {
    if (event.pointerType !== "touch" || !event.isPrimary) return;
    const found = rowOf(event.target);
    // What is dragged by a handle of its own, or typed into, is not swiped.
    if (found === null || (event.target as Element).closest("input:not([type=checkbox]), textarea, [data-handle]"))
      return;
    swipe = { pointer: event.pointerId, x: event.clientX, y: event.clientY, by: 0, ...found };
  };
  const move = (event: PointerEvent) => {
    if (swipe === null || event.pointerId !== swipe.pointer) return;
    const [byX, byY] = [event.clientX - swipe.x, event.clientY - swipe.y];
    if (swipe.by === 0 && Math.abs(byX) < BEGINS) {
      if (Math.abs(byY) > BEGINS) reset();
      return;
    }
    swipe.by = Math.max(-MOST, Math.min(MOST, byX));
    const content = moved();
    if (content) content.style.transform = `translateX(${swipe.by}px)`;
    swipe.item.dataset["swipe"] = `${byX > 0 ? "right" : "left"}${Math.abs(byX) >= DOES ? "-armed" : ""}`;
  };
  const up = (event: PointerEvent) => {
    if (swipe === null || event.pointerId !== swipe.pointer) return;
    const { by, id } = swipe;
    reset();
    if (by >= DOES) onRight(id);
    else if (by <= -DOES) onLeft(id);
  };
  const cancel = (event: PointerEvent) => {
    if (event.pointerId === swipe?.pointer) reset();
  };
  list.addEventListener("pointerdown", down);
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", up);
  window.addEventListener("pointercancel", cancel);
  return () => {
    reset();
    list.removeEventListener("pointerdown", down);
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointerup", up);
    window.removeEventListener("pointercancel", cancel);
  };
}
