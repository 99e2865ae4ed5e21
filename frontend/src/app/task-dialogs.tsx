// The dialogs about a task. Here the app puts together what the features offer: the form, reminder, recurrence, activity.
import { useState } from "react";

import { toProblem } from "@/api/problem";
import { useTask } from "@/data/tasks";
import { QuickAdd } from "@/features/quick-add/quick-add";
import { TaskForm } from "@/features/tasks/task-form";
import { useT } from "@/i18n/i18n";
import { problemText } from "@/i18n/problem-text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ErrorState, SkeletonRows } from "@/ui/states";

import { TaskDetails } from "./task-details";

/** One line; the form with every field is one press away. */
export function NewTaskDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const [whole, setWhole] = useState(false);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("task.add")}>
      {whole ? (
        <TaskForm onDone={onClose} />
      ) : (
        <QuickAdd onDone={onClose}>
          <Button look="quiet" onClick={() => setWhole(true)}>
            {t("quick.all-fields")}
          </Button>
        </QuickAdd>
      )}
    </Dialog>
  );
}

export function TaskDetailsDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useT();
  const { data: task, error, refetch } = useTask(id);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("task.edit")}>
      {task !== undefined ? (
        <TaskDetails key={task.id} task={task} onDone={onClose} />
      ) : error === null ? (
        <SkeletonRows label={t("app.loading")} count={4} />
      ) : (
        <ErrorState
          text={toProblem(error).status === 404 ? t("task.gone") : problemText(toProblem(error))}
          action={<Button onClick={() => void refetch()}>{t("app.retry")}</Button>}
        />
      )}
    </Dialog>
  );
}
