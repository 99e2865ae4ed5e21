import type { TaskWrite } from "@/api/types";
import type { Translate } from "@/i18n/i18n";

/** From now, in ms: soon enough to be seen while one looks around, late enough to close the page and see that it comes all the same. */
const REMIND_AFTER_MS = 2 * 60_000;

/** Three tasks that each teach one thing: quick add, repeat, remind. `today` is a day of the person's zone. */
export function sampleTasks(t: Translate, today: string, now: Date): TaskWrite[] {
  return [
    {
      title: t("first-run.quick-add.title"),
      description: t("first-run.quick-add.text"),
      priority: "high",
      tags: [t("first-run.tag")],
      due_date: today,
    },
    {
      title: t("first-run.repeat.title"),
      description: t("first-run.repeat.text"),
      tags: [t("first-run.tag")],
      due_date: today,
      recurrence_pattern: "daily",
      recurrence_interval: 3,
    },
    {
      title: t("first-run.remind.title"),
      description: t("first-run.remind.text"),
      tags: [t("first-run.tag")],
      due_date: today,
      reminder_at: new Date(now.getTime() + REMIND_AFTER_MS).toISOString(),
    },
  ];
}
