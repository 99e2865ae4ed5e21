// Reminders on the desktop: only when the person has allowed it, and only while they do not look at the page.
import type { Notification as Reminder } from "@/api/types";

export type DesktopPermission = NotificationPermission | "unsupported";

/** Browsers allow it on https and on the machine itself only. */
export function desktopPermission(): DesktopPermission {
  return "Notification" in window && window.isSecureContext ? Notification.permission : "unsupported";
}

/** Asks the person; needs a press of a button. */
export async function askForDesktop(): Promise<DesktopPermission> {
  return desktopPermission() === "unsupported" ? "unsupported" : Notification.requestPermission();
}

export function showOnDesktop(reminder: Reminder, body: string, open: () => void): void {
  if (desktopPermission() !== "granted" || document.hasFocus()) return;
  // Two tabs show one: the later one with the same tag takes the place of the first.
  const options: NotificationOptions = { body, tag: reminder.id, icon: "/icon-192.png", data: reminder.task_id };
  try {
    const shown = new Notification(reminder.title, options);
    shown.addEventListener("click", () => {
      window.focus();
      open();
      shown.close();
    });
  } catch {
    // Phones want the service worker to show it (sw/worker.ts opens the task).
    void navigator.serviceWorker?.getRegistration().then((worker) => worker?.showNotification(reminder.title, options));
  }
}
