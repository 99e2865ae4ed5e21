// The form of a task and the API's body, to and fro.
import * as z from "zod/mini";

import type { Task, TaskPatch } from "@/api/types";
import { t } from "@/i18n/i18n";

export const taskValues = z
  .object({
    title: z
      .string()
      .check(
        z.trim(),
        z.minLength(1, { error: () => t("task.title.missing") }),
        z.maxLength(500, { error: () => t("task.title.long") }),
      ),
    description: z.string().check(z.maxLength(16_000, { error: () => t("task.description.long") })),
    day: z.string(),
    time: z.string(),
    priority: z.enum(["high", "medium", "low", "none"]),
    tags: z.string(),
  })
  .check(
    z.refine((values) => values.time === "" || values.day !== "", {
      path: ["day"],
      error: () => t("task.due.time.without-day"),
    }),
  );
export type TaskValues = z.infer<typeof taskValues>;

export function emptyValues(day = ""): TaskValues {
  return { title: "", description: "", day, time: "", priority: "none", tags: "" };
}

/** A due instant (with offset) is edited as the day and time that it shows; it stays an instant while neither is touched. */
export function valuesOf(task: Task): TaskValues {
  return {
    title: task.title,
    description: task.description,
    day: task.due_date?.slice(0, 10) ?? "",
    time: task.due_date?.slice(11, 16) ?? "",
    priority: task.priority,
    tags: task.tags.join(", "),
  };
}

export function splitTags(text: string): string[] {
  return [
    ...new Set(
      text
        .split(",")
        .map((tag) => tag.trim().replace(/^#/, ""))
        .filter((tag) => tag !== ""),
    ),
  ];
}

export function dueOf({ day, time }: Pick<TaskValues, "day" | "time">): string | null {
  if (day === "") return null;
  return time === "" ? day : `${day}T${time}`;
}

/** The body that makes of `before` what was typed: only what differs, so that a change made elsewhere to another field stays. */
export function changesOf(values: TaskValues, before: TaskValues): TaskPatch {
  const patch: TaskPatch = {};
  if (values.title !== before.title) patch.title = values.title;
  if (values.description !== before.description) patch.description = values.description;
  if (values.day !== before.day || values.time !== before.time) patch.due_date = dueOf(values);
  if (values.priority !== before.priority) patch.priority = values.priority;
  if (values.tags !== before.tags) patch.tags = splitTags(values.tags);
  return patch;
}
