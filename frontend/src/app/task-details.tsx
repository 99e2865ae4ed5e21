// Everything about one task: the form with what the features add to it, and its history.
import { useState } from "react";

import type { Task, TaskPatch } from "@/api/types";
import { Activity } from "@/features/activity/activity";
import { RecurrenceEditor } from "@/features/recurrence/recurrence-editor";
import { ReminderField } from "@/features/tasks/reminder-field";
import { TaskForm } from "@/features/tasks/task-form";
import { useT } from "@/i18n/i18n";
import { Tabs } from "@/ui/tabs";

export function TaskDetails({ task, onDone }: { task: Task; onDone: () => void }) {
  const t = useT();
  const [reminder, setReminder] = useState<TaskPatch | null>(null);
  const [recurrence, setRecurrence] = useState<TaskPatch | null>(null);
  // What it was when it was opened: a change made elsewhere does not reset what is being chosen.
  const [opened] = useState(task);
  const form = (
    <TaskForm task={opened} onDone={onDone} extra={{ ...reminder, ...recurrence }}>
      {(due) => (
        <>
          <ReminderField task={opened} onChange={setReminder} />
          <RecurrenceEditor task={opened} due={due} onChange={setRecurrence} />
        </>
      )}
    </TaskForm>
  );
  return (
    <Tabs
      label={t("task.edit")}
      tabs={[
        { value: "task", label: t("task.tab.task"), content: form },
        { value: "activity", label: t("task.tab.activity"), content: <Activity task={task} /> },
      ]}
    />
  );
}
