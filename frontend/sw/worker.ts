// The service worker: keeps the page itself, so that it opens without the server, and nothing else. What the API answers is never kept
// here; the page keeps the last lists of the person who is signed in (src/pwa/kept-lists.ts).
//
// It is built into /sw.js with the list of files of the build (vite.config.ts). A new build is a new worker: it fetches its files and
// then waits until the person asks for it, since a page must not get files of two builds.
/// <reference lib="webworker" />

const worker = self as unknown as ServiceWorkerGlobalScope;
/** Put in by the build. */
declare const SHELL_FILES: readonly string[];
declare const SHELL_VERSION: string;

const PREFIX = "spindle-shell-";
const CACHE = PREFIX + SHELL_VERSION;
const PAGE = "/index.html";

worker.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      // Past the browser's own cache: what is kept has to be of this build.
      await cache.addAll(SHELL_FILES.map((file) => new Request(file, { cache: "reload" })));
    })(),
  );
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
      }
      await worker.clients.claim();
    })(),
  );
});

worker.addEventListener("message", (event) => {
  if (event.data === "take-over") void worker.skipWaiting();
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (url.pathname.startsWith("/api/") || url.pathname.startsWith("/health")) return;
  const name = request.mode === "navigate" ? PAGE : url.pathname;
  if (name !== PAGE && !SHELL_FILES.includes(name)) return;
  event.respondWith(
    (async () => {
      const cache = await caches.open(CACHE);
      return (await cache.match(name)) ?? fetch(request);
    })(),
  );
});

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const task: unknown = event.notification.data;
  const path = typeof task === "string" ? `/today?task=${encodeURIComponent(task)}` : "/today";
  event.waitUntil(
    (async () => {
      const [page] = await worker.clients.matchAll({ type: "window" });
      if (page === undefined) await worker.clients.openWindow(path);
      else await (await page.focus()).navigate(path);
    })(),
  );
});
