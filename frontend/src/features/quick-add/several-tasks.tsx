import { useState } from "react";

import { toProblem } from "@/api/problem";
import { useTaskCommands } from "@/data/commands";
import { useT } from "@/i18n/i18n";
import { problemText } from "@/i18n/problem-text";
import { randomKey } from "@/lib/id";
import { Button } from "@/ui/button";

/** More than this at once is no list but a file, for which there is the import of the API. */
export const MOST_LINES = 500;
/** So many lines are shown. */
const SHOWN = 8;

interface SeveralTasksProps {
  lines: readonly string[];
  onOneLine: () => void;
  /** The lines that are not saved yet. */
  onLeft: (lines: readonly string[]) => void;
  onDone: () => void;
}

/** Several pasted lines: several tasks, if that is what was meant. What fails stays here, with the reason. */
export function SeveralTasks({ lines, onOneLine, onLeft, onDone }: SeveralTasksProps) {
  const t = useT();
  const commands = useTaskCommands();
  const [done, setDone] = useState<number | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [batch] = useState(randomKey);
  const tooMany = lines.length > MOST_LINES;

  const add = async () => {
    setError(null);
    setDone(0);
    const { saved, error: why } = await commands.createMany(
      // What is left keeps its distance to the end, and so its key: a line whose answer was lost is not made twice.
      lines.map((text, index) => ({ text, key: `${batch}-${lines.length - index}` })),
      setDone,
    );
    setDone(null);
    if (why === null) {
      onDone();
      return;
    }
    onLeft(lines.slice(saved));
    setError(problemText(toProblem(why)));
  };
  return (
    <div className="flex flex-col gap-3">
      <p className="font-medium">{t("quick.several", { count: lines.length })}</p>
      <ol className="list-decimal rounded-lg bg-sunken py-2 pr-3 pl-9 text-sm">
        {lines.slice(0, SHOWN).map((line, index) => (
          <li key={index} dir="auto" className="truncate">
            {line}
          </li>
        ))}
      </ol>
      {lines.length > SHOWN ? (
        <p className="text-sm text-muted">{t("quick.more-lines", { count: lines.length - SHOWN })}</p>
      ) : null}
      {tooMany ? (
        <p role="alert" className="text-sm text-danger">
          {t("quick.too-many", { most: MOST_LINES })}
        </p>
      ) : null}
      {error === null ? null : (
        <p role="alert" className="text-sm text-danger">
          {t("quick.left", { count: lines.length, why: error })}
        </p>
      )}
      {done === null ? null : (
        <p role="status" className="text-sm text-muted">
          {t("quick.saved", { done, of: lines.length })}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button look="quiet" onClick={onOneLine}>
          {t("quick.one-line")}
        </Button>
        <Button look="primary" disabled={tooMany} busy={done !== null} onClick={() => void add()}>
          {t("quick.add-several", { count: lines.length })}
        </Button>
      </div>
    </div>
  );
}
