// Installs the service worker, after the first view is there, and tells when a newer build waits to take over.
import { useSyncExternalStore } from "react";

/** So often, in ms, a page that stays open looks for a newer build. */
const LOOK_MS = 60 * 60_000;

const listeners = new Set<() => void>();
let waiting: ServiceWorker | null = null;

function setWaiting(worker: ServiceWorker | null): void {
  waiting = worker;
  for (const listener of listeners) listener();
}

function watch(registration: ServiceWorkerRegistration): void {
  // Without a controller this is the first build here: the page is of it already.
  if (registration.waiting !== null && navigator.serviceWorker.controller !== null) setWaiting(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => {
      if (worker.state === "installed" && navigator.serviceWorker.controller !== null) setWaiting(worker);
    });
  });
}

async function register(): Promise<void> {
  const registration = await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  watch(registration);
  // A look that finds no server is no news: the next one will.
  const look = () => void registration.update().catch(() => undefined);
  setInterval(look, LOOK_MS);
  window.addEventListener("online", look);
}

/** Browsers have service workers on https and on the machine itself only; elsewhere the page works as it does without one. */
export function installServiceWorker(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const start = () => void register().catch(() => undefined);
  if (document.readyState === "complete") start();
  else window.addEventListener("load", start, { once: true });
}

/** Whether a newer build waits. */
export function useUpdateWaits(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting !== null,
  );
}

/** The newer build takes over, and the page begins anew with it. */
export function takeUpdate(): void {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting?.postMessage("take-over");
}
