// Saying what was done, with its undo. The message, Ctrl/Cmd+Z and Activity all undo through here.
import { toProblem } from "@/api/problem";
import { t } from "@/i18n/i18n";
import { problemText } from "@/i18n/problem-text";
import { remembered, undoEntry, type Undoable, undoLast } from "@/lib/undo";
import { type ShownToast, showToast } from "@/ui/toast";

/** Undoes an entry and says how it went. */
export async function undoWithMessage(take: () => Promise<Undoable | null>): Promise<void> {
  try {
    const undone = await take();
    showToast({ title: undone === null ? t("app.nothing-to-undo") : t("app.undone", { what: undone.label }) });
  } catch (error) {
    showToast({ title: t("app.undo.failed", { why: problemText(toProblem(error)) }), tone: "error" });
  }
}

export function undoLastWithMessage(): Promise<void> {
  return undoWithMessage(undoLast);
}

/** Remembers how to undo what was done, and offers it. */
export function announce(said: string, description: string, undo?: () => Promise<void>): ShownToast {
  if (undo === undefined) {
    return showToast({ title: said, description });
  }
  const entry: Undoable = { label: `${said} — ${description}`, undo };
  remembered(entry);
  return showToast({
    title: said,
    description,
    action: { label: t("app.undo"), run: () => void undoWithMessage(() => undoEntry(entry)) },
  });
}
