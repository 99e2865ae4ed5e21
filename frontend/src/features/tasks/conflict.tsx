import type { Task, TaskPatch } from "@/api/types";
import { fieldName, fieldText } from "@/data/field-text";
import { useDateSettings } from "@/data/person";
import { useT } from "@/i18n/i18n";
import { Button } from "@/ui/button";

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** The fields that both sides changed, and not alike. */
export function conflictsOf(seen: Task, theirs: Task, patch: TaskPatch): (keyof TaskPatch & keyof Task)[] {
  return (Object.keys(patch) as (keyof TaskPatch & keyof Task)[]).filter(
    (field) => !same(seen[field], theirs[field]) && !same(theirs[field], patch[field]),
  );
}

interface ConflictProps {
  /** As it was when the person began. */
  seen: Task;
  theirs: Task;
  patch: TaskPatch;
  onKeepMine: () => void;
  onTakeTheirs: () => void;
}

/** Both versions side by side, and the choice. */
export function Conflict({ seen, theirs, patch, onKeepMine, onTakeTheirs }: ConflictProps) {
  const t = useT();
  const dates = useDateSettings();
  return (
    <section aria-label={t("conflict.title")} className="rounded-xl border border-danger p-4 text-sm">
      <div className="overflow-x-auto">
        <table className="w-full border-collapse text-left">
          <thead>
            <tr className="text-xs text-muted">
              <th scope="col">
                <span className="sr-only">{t("conflict.field")}</span>
              </th>
              <th scope="col" className="pr-3 pb-1 font-medium">
                {t("conflict.mine")}
              </th>
              <th scope="col" className="pb-1 font-medium">
                {t("conflict.theirs")}
              </th>
            </tr>
          </thead>
          <tbody>
            {conflictsOf(seen, theirs, patch).map((field) => (
              <tr key={field} className="border-t border-line align-top">
                <th scope="row" className="py-1.5 pr-3 font-medium whitespace-nowrap">
                  {fieldName(field) ?? field}
                </th>
                <td dir="auto" className="max-w-48 py-1.5 pr-3 break-words whitespace-pre-wrap">
                  {fieldText(field, patch[field], dates)}
                </td>
                <td dir="auto" className="max-w-48 py-1.5 break-words whitespace-pre-wrap">
                  {fieldText(field, theirs[field], dates)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="flex flex-wrap gap-2 pt-3">
        <Button onClick={onKeepMine}>{t("conflict.keep-mine")}</Button>
        <Button onClick={onTakeTheirs}>{t("conflict.take-theirs")}</Button>
      </div>
    </section>
  );
}
