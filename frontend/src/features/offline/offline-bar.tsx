// Over the page: whether the server can be reached, and which changes wait for it.
import { CloudOff, RefreshCw } from "lucide-react";
import { useState } from "react";

import { useReachable } from "@/data/changes";
import { dropWaiting, sendWaiting, useWaiting } from "@/data/waiting";
import { useT } from "@/i18n/i18n";
import { cx } from "@/lib/cx";

const button = "touch rounded-lg border border-current px-3 text-sm font-medium";

export function OfflineBar() {
  const t = useT();
  const reachable = useReachable();
  const waiting = useWaiting();
  const [busy, setBusy] = useState(false);
  const idle = reachable && waiting.length === 0;
  const Icon = reachable ? RefreshCw : CloudOff;
  return (
    <div
      role="status"
      className={cx(
        idle
          ? "sr-only"
          : "flex flex-wrap items-center justify-center gap-x-3 gap-y-1 bg-ink px-4 py-2 text-sm text-canvas",
      )}
    >
      {idle ? null : (
        <>
          <Icon aria-hidden className="size-4 shrink-0" />
          <span>
            {reachable ? t("offline.back") : t("offline.away")}{" "}
            {waiting.length === 0 ? "" : t("offline.waiting", { count: waiting.length, what: list(waiting) })}
          </span>
          {reachable ? (
            <span className="flex gap-2">
              <button
                type="button"
                className={button}
                aria-busy={busy || undefined}
                onClick={() => {
                  if (busy) return;
                  setBusy(true);
                  void sendWaiting().finally(() => setBusy(false));
                }}
              >
                {t("offline.send")}
              </button>
              <button type="button" className={button} onClick={dropWaiting}>
                {t("offline.drop")}
              </button>
            </span>
          ) : null}
        </>
      )}
    </div>
  );
}

/** The first few by name. */
function list(waiting: readonly { label: string }[]): string {
  const names = waiting.slice(0, 3).map(({ label }) => (label.length > 40 ? `${label.slice(0, 39)}…` : label));
  return names.join(", ") + (waiting.length > names.length ? ", …" : "");
}
