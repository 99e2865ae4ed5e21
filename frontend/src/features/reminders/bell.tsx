// The bell: reminders that rang lately, seen to or not.
import { Bell } from "lucide-react";
import { useState } from "react";

import type { Notification } from "@/api/types";
import { toProblem } from "@/api/problem";
import { useNotifications, waitingOf } from "@/data/notifications";
import { useDateSettings } from "@/data/person";
import { useT } from "@/i18n/i18n";
import { problemText } from "@/i18n/problem-text";
import { Button, buttonClass } from "@/ui/button";
import { Popover } from "@/ui/popover";
import { ErrorState, SkeletonRows } from "@/ui/states";

import { ReminderActions } from "./reminder-actions";
import { rangText, untilText } from "./reminder-text";

/** As many as a person looks back at; the API has up to 500. */
const MOST_SHOWN = 50;

interface ReminderBellProps {
  onOpen: (taskId: string) => void;
}

export function ReminderBell({ onOpen }: ReminderBellProps) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const query = useNotifications();
  const waiting = waitingOf(query.data).length;
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      title={t("reminder.bell")}
      className="w-96"
      trigger={
        <button
          type="button"
          className={buttonClass("icon", "relative")}
          aria-label={waiting === 0 ? t("reminder.bell") : t("reminder.bell.waiting", { count: waiting })}
        >
          <Bell aria-hidden className="size-5" />
          {waiting === 0 ? null : (
            <span
              aria-hidden
              className="absolute top-0.5 right-0.5 min-w-4 rounded-full bg-danger px-1 text-center text-[0.625rem] leading-4 font-semibold text-surface"
            >
              {waiting > 99 ? "99+" : waiting}
            </span>
          )}
        </button>
      }
    >
      <h2 aria-hidden className="mb-2 font-semibold">
        {t("reminder.bell")}
      </h2>
      {query.isPending ? (
        <SkeletonRows label={t("app.loading")} count={3} />
      ) : query.data === undefined ? (
        <ErrorState
          text={problemText(toProblem(query.error))}
          action={<Button onClick={() => void query.refetch()}>{t("app.retry")}</Button>}
        />
      ) : query.data.length === 0 ? (
        <p className="text-sm text-muted">{t("reminder.bell.none")}</p>
      ) : (
        <ul className="-mx-1 flex flex-col divide-y divide-line">
          {query.data.slice(0, MOST_SHOWN).map((one) => (
            <Item
              key={one.id}
              notification={one}
              onOpen={(id) => {
                setOpen(false);
                onOpen(id);
              }}
            />
          ))}
        </ul>
      )}
    </Popover>
  );
}

function Item({ notification, onOpen }: { notification: Notification; onOpen: (taskId: string) => void }) {
  const t = useT();
  const dates = useDateSettings();
  const waits = notification.acknowledged_at === null;
  const rang = rangText(notification, dates, t);
  const snoozed = notification.snoozed_until;
  return (
    <li className="flex flex-col gap-2 px-1 py-2.5">
      <div>
        <button
          type="button"
          dir="auto"
          className="line-clamp-3 min-h-6 w-full text-left font-medium break-words hover:underline"
          aria-label={t("reminder.open.of", { title: notification.title })}
          onClick={() => onOpen(notification.task_id)}
        >
          {notification.title}
        </button>
        <p className="text-sm text-muted">
          {snoozed === null
            ? waits
              ? rang
              : t("reminder.seen", { rang })
            : t("reminder.seen.snoozed", { rang, until: untilText(new Date(snoozed), dates) })}
        </p>
      </div>
      {waits ? <ReminderActions notification={notification} onOpen={onOpen} onAct={() => undefined} /> : null}
    </li>
  );
}
