import { useState } from "react";

import { useT } from "@/i18n/i18n";
import { activeShortcuts } from "@/lib/keyboard";
import { Dialog } from "@/ui/dialog";
import { Keys } from "@/ui/keys";

import { shortcutGroups } from "./shortcut-groups";

/** What can be pressed where the person is at this moment. */
export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const t = useT();
  const [groups] = useState(() => shortcutGroups(activeShortcuts()));
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("keys.sheet")}>
      <p className="mb-4 text-sm text-muted">{t("keys.sheet.hint")}</p>
      <div className="gap-8 sm:columns-2">
        {groups.map((group) => (
          <section key={group.title} className="mb-5 break-inside-avoid">
            <h3 className="mb-1 text-sm font-semibold">{group.title}</h3>
            <dl>
              {group.entries.map((entry) => (
                <div key={entry.label} className="flex items-center justify-between gap-4 border-b border-line py-1.5">
                  <dt className="min-w-0 text-sm">{entry.label}</dt>
                  <dd className="flex shrink-0 items-center gap-2">
                    {entry.keys.map((keys) => (
                      <Keys key={keys} keys={keys} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
