// What lies over every view and is loaded when it is needed: palette, shortcuts, reminders. The shell stays small by it.
import { useNavigate } from "@tanstack/react-router";
import { ArrowRight, ListFilter, Zap } from "lucide-react";
import { useCallback, useMemo } from "react";

import { toProblem } from "@/api/problem";
import { savePreferences } from "@/data/preferences";
import { useSavedFilters } from "@/data/saved-filters";
import type { PaletteEntry } from "@/features/palette/entries";
import { Palette } from "@/features/palette/palette";
import { ReminderBell } from "@/features/reminders/bell";
import { ReminderToast } from "@/features/reminders/reminder-toast";
import { useT } from "@/i18n/i18n";
import { problemText } from "@/i18n/problem-text";
import { activeShortcuts } from "@/lib/keyboard";
import { showToast } from "@/ui/toast";

/** Opens a task over the view that is shown; over Today when that shows no tasks. */
function useOpenTask(): (id: string) => void {
  const navigate = useNavigate();
  return useCallback(
    (id: string) => {
      if (location.pathname.startsWith("/settings")) {
        void navigate({ to: "/today", search: { task: id } });
      } else {
        void navigate({ to: ".", search: (before: object) => ({ ...before, task: id }), resetScroll: false });
      }
    },
    [navigate],
  );
}

export function Reminders() {
  return <ReminderToast onOpen={useOpenTask()} />;
}

export function Bell() {
  return <ReminderBell onOpen={useOpenTask()} />;
}

const THEMES = ["system", "light", "dark"] as const;
/** Keys that only make sense where they are pressed. */
const NOT_OFFERED = new Set(["ArrowDown", "ArrowUp", "j", "k", "mod+k"]);

interface CommandPaletteProps {
  /** What had the focus: the commands of a list are about the row that has it. */
  before: Element | null;
  onClose: () => void;
}

export function CommandPalette({ before, onClose }: CommandPaletteProps) {
  const t = useT();
  const navigate = useNavigate();
  const openTask = useOpenTask();
  const { data: filters } = useSavedFilters();
  const entries = useMemo((): PaletteEntry[] => {
    const go = t("keys.go");
    const offered = activeShortcuts().filter(({ keys }) => !NOT_OFFERED.has(keys));
    // What has several keys stands once.
    const shortcuts = offered.filter(
      ({ group, label }, index) => index === offered.findIndex((one) => one.group === group && one.label === label),
    );
    return [
      ...shortcuts.map(({ group, label, keys, run }) => ({
        id: `key ${keys}`,
        group,
        label,
        keys,
        icon:
          group === go ? (
            <ArrowRight aria-hidden className="size-4 text-muted" />
          ) : (
            <Zap aria-hidden className="size-4 text-muted" />
          ),
        run: () => {
          // The dialog gives the focus back by itself, but later than this.
          if (before instanceof HTMLElement) before.focus();
          run();
        },
      })),
      ...(filters ?? []).map((filter) => ({
        id: filter.id,
        group: t("palette.filters"),
        label: filter.name,
        icon: <ListFilter aria-hidden className="size-4 text-muted" />,
        run: () => void navigate({ to: "/filter/$id", params: { id: filter.id } }),
      })),
      ...THEMES.map((theme) => ({
        id: `theme ${theme}`,
        group: t("view.settings"),
        label: t("palette.theme", { theme: t(`app.theme.${theme}`) }),
        icon: <Zap aria-hidden className="size-4 text-muted" />,
        run: () =>
          void savePreferences({ theme }).catch((error: unknown) =>
            showToast({ title: problemText(toProblem(error)), tone: "error" }),
          ),
      })),
    ];
  }, [t, filters, navigate, before]);
  return <Palette entries={entries} onOpenTask={openTask} onClose={onClose} />;
}
