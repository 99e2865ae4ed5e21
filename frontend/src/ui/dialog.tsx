import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type ReactNode, useEffect } from "react";

import { useT } from "@/i18n/i18n";
import { cx } from "@/lib/cx";

import { buttonClass } from "./button";
import { clearPassingToasts } from "./toast";

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** `side` slides in from the start of the line, as the navigation on a phone does. */
  shape?: "center" | "side";
  children: ReactNode;
}

/** Takes the focus, keeps it inside, and gives it back. */
export function Dialog({ open, onOpenChange, title, shape = "center", children }: DialogProps) {
  const t = useT();
  useEffect(() => {
    if (!open) return;
    clearPassingToasts();
    // The room of the scroll bar lies beside every backdrop.
    document.documentElement.dataset["dimmed"] = "";
    return () => void delete document.documentElement.dataset["dimmed"];
  }, [open]);
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-[rgb(0_0_0/0.4)] transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          className={cx(
            "fixed z-50 flex flex-col overflow-y-auto overscroll-contain bg-surface text-ink shadow-pop transition duration-150",
            shape === "center"
              ? "inset-x-0 bottom-0 max-h-[92dvh] rounded-t-2xl pb-[env(safe-area-inset-bottom)] data-ending-style:translate-y-4 data-ending-style:opacity-0 data-starting-style:translate-y-4 data-starting-style:opacity-0 sm:inset-x-auto sm:top-[10dvh] sm:bottom-auto sm:left-1/2 sm:max-h-[80dvh] sm:w-[36rem] sm:max-w-[calc(100vw-2rem)] sm:-translate-x-1/2 sm:rounded-2xl"
              : "inset-y-0 left-0 w-72 max-w-[85vw] pt-[env(safe-area-inset-top)] pb-[env(safe-area-inset-bottom)] data-ending-style:-translate-x-full data-starting-style:-translate-x-full",
          )}
        >
          <Base.Title className="pt-4 pr-14 pb-3 pl-5 text-lg font-semibold">{title}</Base.Title>
          <div className="px-5 pb-5">{children}</div>
          {/* Last, so that the focus begins in what the dialog is about. */}
          <Base.Close className={buttonClass("icon", "absolute top-2 right-2")} aria-label={t("app.close")}>
            <X aria-hidden className="size-5" />
          </Base.Close>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
