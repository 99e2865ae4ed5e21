import { Check, ChevronDown, Clock, ExternalLink } from "lucide-react";

import type { Notification } from "@/api/types";
import { useReminderCommands } from "@/data/notifications";
import { useDateSettings, usePerson } from "@/data/person";
import { useT } from "@/i18n/i18n";
import { Button, buttonClass } from "@/ui/button";
import { MenuButton } from "@/ui/menu";

import { untilText } from "./reminder-text";
import { snoozeChoices } from "./snooze";

interface ReminderActionsProps {
  notification: Notification;
  onOpen: (taskId: string) => void;
  /** Before it is acted on, so that the focus can be given on. */
  onAct: () => void;
}

/** Done, snooze, open: whatever is chosen, the reminder has been seen to. */
export function ReminderActions({ notification, onOpen, onAct }: ReminderActionsProps) {
  const t = useT();
  const dates = useDateSettings();
  const morning = usePerson()?.all_day_reminder_at ?? "09:00";
  const commands = useReminderCommands();
  const { title } = notification;
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      <Button
        look="primary"
        aria-label={t("reminder.done.of", { title })}
        onClick={() => {
          onAct();
          void commands.finish(notification);
        }}
      >
        <Check aria-hidden className="size-4" />
        {t("reminder.done")}
      </Button>
      <MenuButton
        align="start"
        aria-label={t("reminder.snooze.of", { title })}
        className={buttonClass("plain")}
        entries={() =>
          snoozeChoices(new Date(), dates.zone, morning).map((choice) => ({
            kind: "item",
            label: t("reminder.snooze.choice", {
              what: t(`reminder.snooze.${choice.id}`),
              time: untilText(choice.at, dates),
            }),
            icon: <Clock aria-hidden className="size-4" />,
            onSelect: () => {
              onAct();
              void commands.snooze(notification, choice.snooze, untilText(choice.at, dates));
            },
          }))
        }
      >
        {t("reminder.snooze")}
        <ChevronDown aria-hidden className="size-4" />
      </MenuButton>
      <Button
        look="accent"
        aria-label={t("reminder.open.of", { title })}
        onClick={() => {
          onAct();
          void commands.acknowledge(notification);
          onOpen(notification.task_id);
        }}
      >
        <ExternalLink aria-hidden className="size-4" />
        {t("reminder.open")}
      </Button>
    </div>
  );
}
