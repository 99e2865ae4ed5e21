import { zodResolver } from "@hookform/resolvers/zod";
import { type ReactNode, useState } from "react";
import { Controller, useForm, useWatch } from "react-hook-form";

import { type ProblemError, toProblem } from "@/api/problem";
import type { Task, TaskPatch } from "@/api/types";
import { useTaskCommands } from "@/data/commands";
import { PRIORITIES } from "@/data/filter";
import { calls } from "@/data/task-calls";
import { useT } from "@/i18n/i18n";
import { problemText } from "@/i18n/problem-text";
import { randomKey } from "@/lib/id";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { Input, Textarea } from "@/ui/input";
import { Select } from "@/ui/select";

import { Conflict, conflictsOf } from "./conflict";
import { changesOf, dueOf, emptyValues, taskValues, type TaskValues, valuesOf } from "./task-values";

interface TaskFormProps {
  /** The task to edit; without one, a new one is made. */
  task?: Task;
  /** Where a new one stands by default. */
  day?: string;
  /** After it was saved, or given up. */
  onDone: () => void;
  /** What else belongs to a task (reminder, recurrence): given by the app, since features do not know each other. */
  children?: ((due: string | null) => ReactNode) | undefined;
  /** What was changed there. */
  extra?: TaskPatch | undefined;
}

/** Where the API names a field otherwise than the form. */
const apiFields = {
  title: "title",
  description: "description",
  day: "due_date",
  priority: "priority",
  tags: "tags",
} as const;

/** What was typed, against a task that was changed elsewhere meanwhile. */
interface Clash {
  patch: TaskPatch;
  theirs: Task;
}

export function TaskForm({ task, day, onDone, children, extra }: TaskFormProps) {
  const t = useT();
  const commands = useTaskCommands();
  const [failure, setFailure] = useState<string | null>(null);
  const [clash, setClash] = useState<Clash | null>(null);
  // What it was when the form opened: that is what the person saw, whatever comes in meanwhile.
  const [before, setBefore] = useState(() => ({
    task,
    values: task === undefined ? emptyValues(day) : valuesOf(task),
    version: task?.version ?? 0,
  }));
  const [attempt] = useState(() => ({ body: "", key: "" }));
  const form = useForm<TaskValues>({ resolver: zodResolver(taskValues), defaultValues: before.values });
  const { errors, isSubmitting } = form.formState;
  const [typedDay, typedTime] = useWatch({ control: form.control, name: ["day", "time"] });

  const send = async (values: TaskValues): Promise<void> => {
    if (before.task !== undefined) {
      const patch = { ...changesOf(values, before.values), ...extra };
      if (Object.keys(patch).length > 0) await saveChanges(before.task, patch);
      return;
    }
    const body = { ...changesOf(values, emptyValues()), ...extra, title: values.title };
    // The same text again is the same command, even when the first answer was lost.
    const text = JSON.stringify(body);
    if (attempt.body !== text) Object.assign(attempt, { body: text, key: randomKey() });
    await commands.create(body, attempt.key);
  };

  /** Other fields that were changed elsewhere stay as they are; the same ones are for the person to decide. */
  const saveChanges = async (seen: Task, patch: TaskPatch): Promise<void> => {
    try {
      await commands.save(seen, patch, before.version);
    } catch (error) {
      if (!toProblem(error).isConflict) throw error;
      const theirs = await calls.read(seen.id);
      if (conflictsOf(seen, theirs, patch).length > 0) {
        setClash({ patch, theirs });
        throw error;
      }
      await commands.save(seen, patch, theirs.version);
    }
  };
  const keepMine = async ({ patch, theirs }: Clash): Promise<void> => {
    try {
      await commands.save(theirs, patch, theirs.version);
      onDone();
    } catch (error) {
      const problem = toProblem(error);
      // Changed once more: what is there now.
      if (problem.isConflict) setClash({ patch, theirs: await calls.read(theirs.id) });
      else setFailure(problemText(problem));
    }
  };
  const takeTheirs = ({ theirs }: Clash): void => {
    setBefore({ task: theirs, values: valuesOf(theirs), version: theirs.version });
    form.reset(valuesOf(theirs));
    setClash(null);
    setFailure(null);
  };

  const failureText = (problem: ProblemError): string =>
    problem.isConflict ? t("task.conflict") : problem.status === 404 ? t("task.gone") : problemText(problem);

  const submit = form.handleSubmit(async (values) => {
    setFailure(null);
    setClash(null);
    try {
      await send(values);
      onDone();
    } catch (error) {
      const problem = toProblem(error);
      let beside = false;
      for (const [field, name] of Object.entries(apiFields) as [keyof typeof apiFields, string][]) {
        const message = problem.field(name);
        if (message === undefined) continue;
        form.setError(field, { message }, { shouldFocus: !beside });
        beside = true;
      }
      if (!beside) setFailure(failureText(problem));
    }
  });

  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      <Field label={t("task.title")} error={errors.title?.message}>
        {(control) => <Input {...control} {...form.register("title")} dir="auto" autoComplete="off" />}
      </Field>
      <Field label={t("task.description")} error={errors.description?.message}>
        {(control) => <Textarea {...control} {...form.register("description")} dir="auto" rows={3} />}
      </Field>
      <div className="grid grid-cols-2 gap-4 sm:grid-cols-3">
        <Field label={t("task.due")} error={errors.day?.message}>
          {(control) => <Input {...control} {...form.register("day")} type="date" max="9999-12-31" />}
        </Field>
        <Field label={t("task.due.time")} error={errors.time?.message}>
          {(control) => <Input {...control} {...form.register("time")} type="time" />}
        </Field>
        <Field label={t("task.priority")} error={errors.priority?.message} className="col-span-2 sm:col-span-1">
          {(control) => (
            <Controller
              control={form.control}
              name="priority"
              render={({ field }) => (
                <Select
                  id={control.id}
                  value={field.value}
                  onChange={field.onChange}
                  options={PRIORITIES.map((priority) => ({ value: priority, label: t(`task.priority.${priority}`) }))}
                />
              )}
            />
          )}
        </Field>
      </div>
      <Field label={t("task.tags")} hint={t("task.tags.hint")} error={errors.tags?.message}>
        {(control) => <Input {...control} {...form.register("tags")} dir="auto" autoComplete="off" />}
      </Field>
      {children?.(dueOf({ day: typedDay, time: typedTime }))}
      {failure === null ? null : (
        <p role="alert" className="text-sm text-danger">
          {failure}
        </p>
      )}
      {clash === null || before.task === undefined ? null : (
        <Conflict
          seen={before.task}
          {...clash}
          onKeepMine={() => void keepMine(clash).catch((error: unknown) => setFailure(problemText(toProblem(error))))}
          onTakeTheirs={() => takeTheirs(clash)}
        />
      )}
      <div className="flex justify-end gap-2">
        <Button look="quiet" onClick={onDone}>
          {t("app.cancel")}
        </Button>
        <Button type="submit" look="primary" busy={isSubmitting}>
          {t(task === undefined ? "task.add" : "app.save")}
        </Button>
      </div>
    </form>
  );
}
