// Reminders that wait, over whatever is on the screen. They stay until they are acted on, in this tab or elsewhere; several are one
// stack.
import { BellRing, ChevronDown, ChevronUp } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import type { Notification } from "@/api/types";
import { onNotifications } from "@/data/changes";
import { useNotifications, useReminderCommands, waitingOf } from "@/data/notifications";
import { useDateSettings } from "@/data/person";
import { useT } from "@/i18n/i18n";
import { cx } from "@/lib/cx";
import { useShortcut } from "@/lib/keyboard";
import { Button } from "@/ui/button";

import { showOnDesktop } from "./desktop";
import { ReminderActions } from "./reminder-actions";
import { rangText } from "./reminder-text";

/** So many are shown at once; the rest come up as these are seen to. */
const MOST_SHOWN = 20;

interface ReminderToastProps {
  onOpen: (taskId: string) => void;
}

export function ReminderToast({ onOpen }: ReminderToastProps) {
  const t = useT();
  const { data } = useNotifications();
  const waiting = waitingOf(data);
  const newest = waiting[0];
  const stack = useRef<HTMLElement>(null);
  const [spread, setSpread] = useState(false);
  const { acknowledge } = useReminderCommands();

  useDesktop(onOpen);
  useShortcut(
    {
      keys: "r",
      group: t("keys.general"),
      label: t("keys.reminders"),
      run: () => stack.current?.querySelector<HTMLElement>("button")?.focus(),
    },
    newest !== undefined,
  );

  /** What has the focus goes away: it is given to the next reminder, or to the page. */
  const passOn = (one: Notification) => {
    if (stack.current?.contains(document.activeElement) !== true) return;
    const cards = [...stack.current.querySelectorAll<HTMLElement>("[data-reminder]")];
    const next = cards.find((card) => card.dataset["reminder"] !== one.id)?.querySelector<HTMLElement>("button");
    (next ?? document.getElementById("main"))?.focus();
  };

  const shown = spread ? waiting.slice(0, MOST_SHOWN) : waiting.slice(0, 1);
  return (
    <>
      <p role="status" className="sr-only">
        {newest === undefined ? "" : t("reminder.said", { title: newest.title, count: waiting.length })}
      </p>
      {newest === undefined ? null : (
        <section
          ref={stack}
          aria-label={t("reminder.stack")}
          className="fixed inset-x-3 top-[calc(3.25rem+env(safe-area-inset-top))] z-40 flex max-h-[70dvh] flex-col overflow-hidden rounded-xl border border-line bg-surface shadow-pop sm:left-auto sm:w-96 md:top-3"
        >
          {waiting.length > 1 ? (
            <header className="flex items-center gap-1 border-b border-line py-1 pr-1.5 pl-3.5">
              <h2 className="flex-1 text-sm font-semibold">{t("reminder.count", { count: waiting.length })}</h2>
              <Button look="quiet" onClick={() => void acknowledge(...waiting)}>
                {t("reminder.all-seen")}
              </Button>
              <Button
                look="icon"
                aria-label={t(spread ? "reminder.less" : "reminder.more")}
                aria-expanded={spread}
                onClick={() => setSpread(!spread)}
              >
                {spread ? <ChevronUp aria-hidden className="size-5" /> : <ChevronDown aria-hidden className="size-5" />}
              </Button>
            </header>
          ) : null}
          <ul className="overflow-y-auto overscroll-contain">
            {shown.map((one, index) => (
              <Card
                key={one.id}
                notification={one}
                onOpen={onOpen}
                onAct={() => passOn(one)}
                className={cx(index > 0 && "border-t border-line")}
              />
            ))}
          </ul>
          {waiting.length > 1 && !spread ? (
            // The edges of those below, so that a stack is seen as one.
            <div aria-hidden className="mx-2 mb-1 h-1.5 rounded-b-lg border-x border-b border-line bg-sunken" />
          ) : null}
        </section>
      )}
    </>
  );
}

interface CardProps {
  notification: Notification;
  className: string;
  onOpen: (taskId: string) => void;
  onAct: () => void;
}

function Card({ notification, className, onOpen, onAct }: CardProps) {
  const t = useT();
  const dates = useDateSettings();
  return (
    <li data-reminder={notification.id} className={cx("flex flex-col gap-2.5 p-3.5", className)}>
      <div className="flex items-start gap-2.5">
        <BellRing aria-hidden className="mt-0.5 size-[1.15rem] shrink-0 text-accent" />
        <div className="min-w-0">
          <p dir="auto" className="line-clamp-4 font-medium break-words">
            {notification.title}
          </p>
          <p className="text-sm text-muted">{rangText(notification, dates, t)}</p>
        </div>
      </div>
      <ReminderActions notification={notification} onOpen={onOpen} onAct={onAct} />
    </li>
  );
}

/** What rings while the page is there is shown on the desktop too, when that is allowed and the page is not looked at. */
function useDesktop(onOpen: (taskId: string) => void): void {
  const t = useT();
  const shown = useRef(new Set<string>());
  useEffect(
    () =>
      onNotifications((notifications) => {
        for (const one of waitingOf(notifications)) {
          if (shown.current.has(one.id)) continue;
          shown.current.add(one.id);
          showOnDesktop(one, t("reminder.desktop"), () => onOpen(one.task_id));
        }
      }),
    [onOpen, t],
  );
}
