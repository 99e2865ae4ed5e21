// Dragging by mouse, pen or finger. Begins once the pointer has moved a little, scrolls the page at its edges, and Esc gives it up.
// Whatever can be dragged can also be moved without dragging (WCAG 2.5.7).

export interface DragHandlers {
  onStart: () => void;
  /** In px of the window. */
  onMove: (x: number, y: number) => void;
  onDrop: (x: number, y: number) => void;
  /** Always the last call, after a drop as well as after giving up. */
  onEnd: () => void;
}

/** So far the pointer moves before it is a drag and no press, in px. */
const THRESHOLD = 4;
/** So near to the edge of the window it scrolls, and so far each frame, in px. */
const EDGE = 48;
const SCROLL_STEP = 12;

/** Begins on a `pointerdown`. The element should have `touch-action: none`, else a finger scrolls. */
export function beginDrag(start: PointerEvent, { onStart, onMove, onDrop, onEnd }: DragHandlers): void {
  if (start.button !== 0) return;
  const id = start.pointerId;
  let [x, y] = [start.clientX, start.clientY];
  let dragging = false;
  let frame = 0;

  const scroll = () => {
    const by = y < EDGE ? -SCROLL_STEP : y > window.innerHeight - EDGE ? SCROLL_STEP : 0;
    if (by !== 0) {
      window.scrollBy(0, by);
      onMove(x, y);
    }
    frame = requestAnimationFrame(scroll);
  };
  const move = (event: PointerEvent) => {
    if (event.pointerId !== id) return;
    [x, y] = [event.clientX, event.clientY];
    if (!dragging && Math.hypot(x - start.clientX, y - start.clientY) >= THRESHOLD) {
      dragging = true;
      document.documentElement.dataset["dragging"] = "";
      onStart();
      frame = requestAnimationFrame(scroll);
    }
    if (dragging) {
      event.preventDefault();
      onMove(x, y);
    }
  };
  const end = () => {
    cancelAnimationFrame(frame);
    delete document.documentElement.dataset["dragging"];
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointerup", up);
    window.removeEventListener("pointercancel", cancel);
    window.removeEventListener("keydown", key, true);
    if (dragging) onEnd();
    dragging = false;
  };
  const up = (event: PointerEvent) => {
    if (event.pointerId !== id) return;
    if (dragging) {
      swallowClick();
      onDrop(event.clientX, event.clientY);
    }
    end();
  };
  const cancel = (event: PointerEvent) => {
    if (event.pointerId === id) end();
  };
  const key = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !dragging) return;
    event.preventDefault();
    event.stopPropagation();
    swallowClick();
    end();
  };
  window.addEventListener("pointermove", move, { passive: false });
  window.addEventListener("pointerup", up);
  window.addEventListener("pointercancel", cancel);
  window.addEventListener("keydown", key, true);
}

/** The click that ends a drag presses nothing. */
function swallowClick(): void {
  const swallow = (event: MouseEvent) => {
    event.preventDefault();
    event.stopPropagation();
  };
  window.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => window.removeEventListener("click", swallow, true), 0);
}
