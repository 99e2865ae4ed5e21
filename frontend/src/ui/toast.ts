// Messages at the foot of the page, by name only: what shows them is loaded after the first view is there.

interface ToastOptions {
  title: string;
  description?: string;
  /** An error stays until it is closed, and interrupts who listens. */
  tone?: "plain" | "error";
  action?: { label: string; run: () => void };
}

export type { ToastOptions };

/** What is shown can be said anew, while it is there. */
export interface ShownToast {
  retitle: (title: string) => void;
}

export function showToast(options: ToastOptions): ShownToast {
  const shown = import("./toaster").then((toaster) => ({ toaster, id: toaster.addToast(options) }));
  return { retitle: (title) => void shown.then(({ toaster, id }) => toaster.retitleToast(id, title)) };
}

/** What opens over the page must not lie under messages that only offer an undo: keys and the activity offer it too. */
export function clearPassingToasts(): void {
  void import("./toaster").then((toaster) => toaster.closePassing());
}
