// Where nothing is because nothing ever was: what Spindle can do, as three tasks to try it on.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { BellRing, Plus, Repeat, Sparkles } from "lucide-react";
import { type ReactNode, useState } from "react";

import { api, ok } from "@/api/client";
import { toProblem } from "@/api/problem";
import { keys } from "@/data/keys";
import { useToday } from "@/data/person";
import { refreshLists } from "@/data/tasks";
import { useT } from "@/i18n/i18n";
import { problemText } from "@/i18n/problem-text";
import { randomKey } from "@/lib/id";
import { Button } from "@/ui/button";

import { sampleTasks } from "./samples";

const LESSONS = [
  { id: "quick-add", icon: Plus },
  { id: "repeat", icon: Repeat },
  { id: "remind", icon: BellRing },
] as const;

/** Whether the person has never had a task, as far as can be told: none is there, open or completed. Undefined until it is known. */
function useIsNew(): boolean | undefined {
  return useQuery({
    queryKey: [...keys.tasks, "any"],
    queryFn: async ({ signal }) =>
      (await ok(api.GET("/api/tasks", { params: { query: { status: "all", page_size: 1 } }, signal }))).total === 0,
    staleTime: 0,
  }).data;
}

interface FirstRunProps {
  /** What stands here for everybody else. */
  otherwise: ReactNode;
  onAdd: () => void;
}

export function FirstRun({ otherwise, onAdd }: FirstRunProps) {
  const t = useT();
  const client = useQueryClient();
  const today = useToday();
  const isNew = useIsNew();
  // The same three keys for each try: what was made already is not made again.
  const [attempt] = useState(() => LESSONS.map(() => randomKey()));
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  if (isNew === undefined) return null;
  if (!isNew) return otherwise;

  const add = async () => {
    setBusy(true);
    setFailure(null);
    try {
      for (const [index, body] of sampleTasks(t, today, new Date()).entries()) {
        const key = attempt[index] ?? randomKey();
        await ok(api.POST("/api/tasks", { params: { header: { "Idempotency-Key": key } }, body }));
      }
      await Promise.all([refreshLists(client), client.invalidateQueries({ queryKey: [...keys.tasks, "any"] })]);
    } catch (error) {
      setFailure(problemText(toProblem(error)));
    } finally {
      setBusy(false);
    }
  };

  return (
    <section aria-labelledby="first-run" className="mx-auto flex max-w-lg flex-col gap-4 py-8">
      <h2 id="first-run" className="flex items-center gap-2 text-lg font-semibold">
        <Sparkles aria-hidden className="size-5 text-accent" />
        {t("first-run.welcome")}
      </h2>
      <p className="text-muted">{t("first-run.offer")}</p>
      <ul className="flex flex-col gap-2">
        {LESSONS.map(({ id, icon: Icon }) => (
          <li key={id} className="flex gap-3 rounded-xl border border-line bg-surface p-3.5">
            <Icon aria-hidden className="mt-0.5 size-[1.15rem] shrink-0 text-accent" />
            <span>
              <span className="block font-medium">{t(`first-run.${id}.title`)}</span>
              <span className="block text-sm text-muted">{t(`first-run.${id}.text`)}</span>
            </span>
          </li>
        ))}
      </ul>
      {failure === null ? null : (
        <p role="alert" className="text-sm text-danger">
          {failure}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button look="primary" busy={busy} onClick={() => void add()}>
          {t("first-run.add")}
        </Button>
        <Button look="quiet" onClick={onAdd}>
          {t("first-run.own")}
        </Button>
      </div>
    </section>
  );
}
