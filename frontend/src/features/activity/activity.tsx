// The history of one task, newest first: who, what, when, and how to undo it.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";

import { api, ok } from "@/api/client";
import { toProblem } from "@/api/problem";
import type { AuditEntry, Task } from "@/api/types";
import { useTaskCommands } from "@/data/commands";
import { fieldName, fieldText } from "@/data/field-text";
import { keys } from "@/data/keys";
import { useDateSettings, usePerson } from "@/data/person";
import { useT } from "@/i18n/i18n";
import { problemText } from "@/i18n/problem-text";
import { formatDateTime } from "@/lib/dates";
import { Button } from "@/ui/button";
import { ErrorState, SkeletonRows } from "@/ui/states";

import { changesOf, type Undo, undoOf } from "./undo-entry";

const PAGE_SIZE = 30;

export function Activity({ task }: { task: Task }) {
  const t = useT();
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: keys.activity(task.id),
    queryFn: ({ pageParam, signal }) =>
      ok(
        api.GET("/api/tasks/{id}/activity", {
          params: { path: { id: task.id }, query: { page: pageParam, page_size: PAGE_SIZE } },
          signal,
        }),
      ),
    initialPageParam: 1,
    getNextPageParam: (page) => (page.page < page.pages ? page.page + 1 : undefined),
    // The log is written a moment after the change.
    refetchOnMount: "always",
  });
  if (isPending) return <SkeletonRows label={t("app.loading")} count={3} />;
  if (data === undefined) {
    return (
      <ErrorState
        text={problemText(toProblem(error))}
        action={<Button onClick={() => void refetch()}>{t("app.retry")}</Button>}
      />
    );
  }
  const entries = data.pages.flatMap((page) => page.items);
  if (entries.length === 0) return <p className="py-6 text-muted">{t("activity.empty")}</p>;
  return (
    <>
      <ol className="flex flex-col">
        {entries.map((entry) => (
          <Entry key={entry.id} entry={entry} task={task} />
        ))}
      </ol>
      {hasNextPage ? (
        <Button className="mt-3" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("activity.older")}
        </Button>
      ) : null}
    </>
  );
}

const KINDS = ["created", "updated", "completed", "reopened", "deleted", "restored", "skipped", "purged"] as const;

function Entry({ entry, task }: { entry: AuditEntry; task: Task }) {
  const t = useT();
  const dates = useDateSettings();
  const person = usePerson();
  const kind = KINDS.find((each) => entry.event_type === `task.${each}`);
  const mine = person !== null && entry.actor === `user:${person.id}`;
  const who = mine ? t("activity.you") : entry.actor.startsWith("user:") ? t("activity.person") : t("activity.spindle");
  const what = kind === undefined ? entry.event_type : t(`activity.${kind}`);
  const undo = undoOf(entry, task);
  const changes = kind === "created" ? [] : changesOf(entry).filter((change) => fieldName(change.field) !== null);
  return (
    <li className="flex items-start gap-3 border-b border-line py-2.5 text-sm last:border-none">
      <div className="min-w-0 flex-1">
        <p>
          <span className="font-medium">{who}</span> {what}{" "}
          <time dateTime={entry.timestamp} className="text-muted">
            {formatDateTime(new Date(entry.timestamp), dates)}
          </time>
        </p>
        {changes.length === 0 ? null : (
          <ul className="pt-0.5 text-muted">
            {changes.map(({ field, before, after }) => (
              <li key={field} className="break-words">
                {fieldName(field)}: <s dir="auto">{shorten(fieldText(field, before, dates))}</s>{" "}
                <span aria-hidden>→</span>{" "}
                <span dir="auto" className="text-ink">
                  {shorten(fieldText(field, after, dates))}
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
      {undo === null ? null : <UndoButton undo={undo} task={task} label={t("activity.undo", { what })} />}
    </li>
  );
}

function shorten(text: string): string {
  const characters = [...text];
  return characters.length > 120 ? `${characters.slice(0, 119).join("")}…` : text;
}

function UndoButton({ undo, task, label }: { undo: Undo; task: Task; label: string }) {
  const t = useT();
  const commands = useTaskCommands();
  const run = () => {
    switch (undo.kind) {
      case "patch":
        return commands.change(task, undo.patch, t("activity.undone"));
      case "reopen":
        return commands.reopen(task);
      case "complete":
        return commands.complete(task);
      case "restore":
        return commands.restore(task);
      case "remove":
        return commands.remove(task);
    }
  };
  return (
    <Button look="quiet" aria-label={label} onClick={() => void run()}>
      <Undo2 aria-hidden className="size-4" />
      {t("activity.undo-this")}
    </Button>
  );
}
