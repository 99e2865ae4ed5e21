// What the first view does without is loaded once that is there: until then everything else would only be in its way.

/** If no view says so, in ms. */
const PATIENCE_MS = 3_000;

let show: () => void = () => undefined;
const shown = new Promise<void>((resolve) => {
  show = resolve;
});
setTimeout(() => show(), PATIENCE_MS);

/** When the page has nothing better to do; at the latest after two seconds. */
export function idle(): Promise<void> {
  return new Promise((resolve) => {
    if ("requestIdleCallback" in window) requestIdleCallback(() => resolve(), { timeout: 2_000 });
    else setTimeout(resolve, 200);
  });
}

/** A view is on the screen, with what it is about. */
export function firstViewShown(): void {
  // After the frame that shows it, and what a person may do at once.
  requestAnimationFrame(() => void idle().then(show));
}

/** `lazy(afterFirstView(() => import("…")))` */
export function afterFirstView<Module>(load: () => Promise<Module>): () => Promise<Module> {
  return async () => {
    await shown;
    return load();
  };
}
