import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useLayoutEffect } from "react";

import { getSession, subscribeToSession } from "@/api/session";
import { forgetTags } from "@/data/tags";
import { afterFirstView } from "@/lib/first-view";
import { listenForShortcuts } from "@/lib/keyboard";
import { forgetUndo } from "@/lib/undo";
import { installServiceWorker } from "@/pwa/register";

import { queryClient } from "./query-client";
import { router } from "./router";

const Toaster = lazy(afterFirstView(async () => ({ default: (await import("@/ui/toaster")).Toaster })));

/** Nothing of one person is left when another signs in or somebody signs out, in this tab or another. */
function watchSession(): () => void {
  const personOf = () => {
    const session = getSession();
    return session.status === "signed-in" ? session.user.id : session.status;
  };
  let person = personOf();
  return subscribeToSession(() => {
    const now = personOf();
    if (now === person) return;
    if (person !== "unknown") {
      queryClient.clear();
      forgetUndo();
      forgetTags();
    }
    person = now;
    void router.invalidate();
  });
}

export function App() {
  // A key counts from the first frame on.
  useLayoutEffect(listenForShortcuts, []);
  useEffect(() => {
    const ends = [watchSession()];
    let here = true;
    // A part that cannot be loaded keeps nothing; the page works all the same.
    void afterFirstView(() => import("@/pwa/kept-lists"))().then(
      ({ keepLists }) => here && ends.push(keepLists(queryClient)),
      () => undefined,
    );
    installServiceWorker();
    return () => {
      here = false;
      ends.forEach((end) => end());
    };
  }, []);
  return (
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
      <Suspense>
        <Toaster />
      </Suspense>
    </QueryClientProvider>
  );
}
