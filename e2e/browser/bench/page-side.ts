// What runs inside the page. Each is sent there as text, so none may use anything around it.

export interface Marks {
  /** From the start of the navigation until the first row is on the screen and the page would answer, in ms. */
  interactive: number | null;
  /** Sum of the layout shifts that no input caused. */
  shift: number;
}

/** From the very start of the page: waits for the first row, and sums up layout shifts. */
export function watchLoad(): void {
  const marks: Marks = { interactive: null, shift: 0 };
  let done: () => void = () => undefined;
  const interactive = new Promise<void>((resolve) => (done = resolve));
  Object.assign(window, { marks, interactive });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
      if (!entry.hadRecentInput) marks.shift += entry.value;
    }
  }).observe({ type: "layout-shift", buffered: true });
  const observer = new MutationObserver(() => {
    if (document.querySelector("[data-row]") === null) return;
    observer.disconnect();
    // After the frame that shows it, and after all that was to be done at once: then a key would be answered.
    requestAnimationFrame(() =>
      setTimeout(() => {
        marks.interactive = performance.now();
        done();
      }, 0),
    );
  });
  observer.observe(document, { childList: true, subtree: true });
}

/** Scrolls to the end, so many px each frame, and gives the times between frames in ms. */
export async function scrollThrough([step, most]: [number, number]): Promise<number[]> {
  const frames: number[] = [];
  const next = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
  let before = await next();
  let still = 0;
  // At the end the list may only be waiting for its next page.
  while (still < 90 && frames.length < most) {
    const from = window.scrollY;
    window.scrollBy(0, step);
    const now = await next();
    frames.push(now - before);
    before = now;
    still = window.scrollY === from ? still + 1 : 0;
  }
  return frames;
}

/** From the next key press until the frame in which the row of the task is another or gone, in ms: `window.timed` will say. */
export function timeNextKey(id: string): void {
  const timed = new Promise<number>((resolve) => {
    window.addEventListener(
      "keydown",
      (event) => {
        const row = () => document.querySelector(`[data-row="${id}"]`)?.closest("li")?.outerHTML;
        const before = row();
        const look = () => {
          // Looked at right before a frame is drawn; the timer comes after it.
          if (row() === before) requestAnimationFrame(look);
          else setTimeout(() => resolve(performance.now() - event.timeStamp), 0);
        };
        requestAnimationFrame(look);
      },
      { capture: true, once: true },
    );
  });
  Object.assign(window, { timed });
}
