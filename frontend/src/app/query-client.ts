import { notifyManager, QueryClient } from "@tanstack/react-query";

import { toProblem } from "@/api/problem";

// What a key changes is drawn in the frame of that key, not after a timer.
notifyManager.setScheduler(queueMicrotask);

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // Live updates say what changed, so nothing is asked again just because a view was opened anew.
      staleTime: 5 * 60_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < 3 && toProblem(error).isTemporary,
      retryDelay: (failures) => Math.min(500 * 2 ** failures, 5_000),
      // The browser's word on being online says nothing about a server in the next room.
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});
