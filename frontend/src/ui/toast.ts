// Messages at the foot of the page, by name only: what shows them is loaded after the first view is there.

interface ToastOptions {
  title: string;
  description?: string;
  /** An error stays until it is closed, and interrupts who listens. */
  tone?: "plain" | "error";
  action?: { label: string; run: () => void };
}

export type { ToastOptions };

export function showToast(options: ToastOptions): void {
  void import("./toaster").then(({ addToast }) => addToast(options));
}
