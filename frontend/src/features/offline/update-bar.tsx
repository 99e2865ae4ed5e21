import { Button } from "@/ui/button";
import { useT } from "@/i18n/i18n";

/** A newer build is there; it is taken when the person says so, since the page begins anew. */
export function UpdateBar({ onTake }: { onTake: () => void }) {
  const t = useT();
  return (
    <div
      role="status"
      className="flex flex-wrap items-center justify-center gap-3 border-b border-line bg-accent-soft px-4 py-1.5 text-sm"
    >
      {t("update.ready")}
      <Button look="accent" onClick={onTake}>
        {t("update.take")}
      </Button>
    </div>
  );
}
