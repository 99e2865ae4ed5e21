// Reminders that have rung: all that are known, those that wait to be seen to, and what a person does with them.
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";

import { api, ok } from "@/api/client";
import { toProblem } from "@/api/problem";
import type { Notification, Snooze, Task } from "@/api/types";
import { t } from "@/i18n/i18n";
import { problemText } from "@/i18n/problem-text";
import { showToast } from "@/ui/toast";

import { useTaskCommands } from "./commands";
import { keys } from "./keys";

/** The newest first, those seen to included. */
export function useNotifications() {
  return useQuery({
    queryKey: keys.notifications,
    queryFn: async ({ signal }) => (await ok(api.GET("/api/notifications", { signal }))).items,
  });
}

/** Those that wait to be seen to, the oldest last. */
export function waitingOf(notifications: readonly Notification[] | undefined): Notification[] {
  return (notifications ?? []).filter((one) => one.acknowledged_at === null);
}

function put(client: QueryClient, next: Notification): void {
  client.setQueryData<Notification[]>(keys.notifications, (shown) =>
    shown?.map((one) => (one.id === next.id ? next : one)),
  );
}

export interface ReminderCommands {
  /** Completes the task. */
  finish: (notification: Notification) => Promise<void>;
  /** Has been seen: it goes from the stack and stays in the list. */
  acknowledge: (...notifications: Notification[]) => Promise<void>;
  snooze: (notification: Notification, snooze: Snooze, until: string) => Promise<void>;
}

export function useReminderCommands(): ReminderCommands {
  const client = useQueryClient();
  const commands = useTaskCommands();
  return useMemo(() => {
    /** Shown as seen to at once; it comes back with the reason when the API refuses. */
    const act = async (notification: Notification, send: () => Promise<Notification | null>): Promise<boolean> => {
      put(client, { ...notification, acknowledged_at: new Date().toISOString() });
      try {
        const after = await send();
        if (after !== null) put(client, after);
        return true;
      } catch (error) {
        put(client, notification);
        showToast({
          title: t("reminder.failed", { title: notification.title }),
          description: problemText(toProblem(error)),
          tone: "error",
        });
        return false;
      }
    };
    const path = ({ id }: Notification) => ({ params: { path: { id } } });
    const acknowledge = (one: Notification) =>
      act(one, () => ok(api.POST("/api/notifications/{id}/ack", path(one)))).then(() => undefined);

    return {
      finish: async (one) => {
        await act(one, async () => {
          const task = await read(one.task_id);
          if (task !== null && !task.completed && task.deleted_at === null) void commands.complete(task);
          return ok(api.POST("/api/notifications/{id}/ack", path(one)));
        });
      },
      acknowledge: async (...all) => {
        await Promise.all(all.map(acknowledge));
      },
      snooze: async (one, body, until) => {
        const send = () => ok(api.POST("/api/notifications/{id}/snooze", { ...path(one), body }));
        if (await act(one, send)) showToast({ title: t("reminder.snoozed", { until }), description: one.title });
      },
    };
  }, [client, commands]);
}

/** Null when the task is gone for good: then there is nothing to complete. */
async function read(id: string): Promise<Task | null> {
  try {
    return await ok(api.GET("/api/tasks/{id}", { params: { path: { id } } }));
  } catch (error) {
    if (toProblem(error).status === 404) return null;
    throw error;
  }
}
