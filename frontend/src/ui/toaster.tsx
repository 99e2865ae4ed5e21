// Messages at the foot of the page. They are announced, take no focus, and wait while the pointer or the focus is on them. F6 goes
// there by keyboard. Whatever a message offers can be had without it too.
import { Toast as Base } from "@base-ui/react/toast";
import { X } from "lucide-react";

import { useT } from "@/i18n/i18n";
import { cx } from "@/lib/cx";

import { buttonClass } from "./button";
import type { ToastOptions } from "./toast";

const manager = Base.createToastManager();

/** Long enough to read it and reach the button, in ms. */
const SHOWN_MS = 8_000;

/** Those that go by themselves. */
const passing = new Set<string>();

export function addToast({ title, description, tone = "plain", action }: ToastOptions): string {
  const id: string = manager.add({
    title,
    description,
    type: tone,
    priority: tone === "error" ? "high" : "low",
    timeout: tone === "error" ? 0 : SHOWN_MS,
    onRemove: () => passing.delete(id),
    ...(action === undefined
      ? {}
      : {
          actionProps: {
            children: action.label,
            onClick: () => {
              manager.close(id);
              action.run();
            },
          },
        }),
  });
  if (tone === "plain") passing.add(id);
  return id;
}

export function closePassing(): void {
  for (const id of passing) manager.close(id);
}

/** Does nothing when it is gone. */
export function retitleToast(id: string, title: string): void {
  manager.update(id, { title });
}

export function Toaster() {
  const t = useT();
  return (
    <Base.Provider toastManager={manager} limit={4}>
      <Base.Portal>
        <Base.Viewport
          aria-label={t("app.notifications")}
          className="fixed inset-x-3 bottom-[calc(4.5rem+env(safe-area-inset-bottom))] z-[60] flex flex-col gap-2 outline-none sm:inset-x-auto sm:bottom-5 sm:left-1/2 sm:w-[26rem] sm:-translate-x-1/2 md:left-[calc(50%+8rem)]"
        >
          <Toasts />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function Toasts() {
  const t = useT();
  const { toasts } = Base.useToastManager();
  return toasts.map((toast) => (
    <Base.Root
      key={toast.id}
      toast={toast}
      swipeDirection={["down", "right"]}
      className={cx(
        "rounded-xl border bg-surface text-ink shadow-pop transition duration-200 data-ending-style:translate-y-2 data-ending-style:opacity-0 data-limited:hidden data-starting-style:translate-y-2 data-starting-style:opacity-0",
        toast.type === "error" ? "border-danger" : "border-line",
      )}
    >
      <Base.Content className="flex items-center gap-1 py-1.5 pr-1.5 pl-4">
        <div className="min-w-0 flex-1 py-1.5">
          <Base.Title className="text-sm font-medium break-words" />
          <Base.Description className="text-sm break-words text-muted" />
        </div>
        <Base.Action className={buttonClass("accent")} />
        <Base.Close className={buttonClass("icon")} aria-label={t("app.close")}>
          <X aria-hidden className="size-4" />
        </Base.Close>
      </Base.Content>
    </Base.Root>
  ));
}
