// The person's own places in the navigation: saved filters, and the tags that are in use.
import { Link } from "@tanstack/react-router";
import { Bookmark, Hash } from "lucide-react";

import { useSavedFilters } from "@/data/saved-filters";
import { useKnownTags } from "@/data/tags";
import { useT } from "@/i18n/i18n";

const linkClass = "touch flex items-center gap-3 rounded-lg px-2.5 text-base text-ink hover:bg-hover";
const active = { className: "bg-hover font-semibold" };

export function SavedNavigation({ onNavigate }: { onNavigate?: (() => void) | undefined }) {
  const t = useT();
  const { data: filters = [] } = useSavedFilters();
  const tags = useKnownTags();
  const press = onNavigate === undefined ? {} : { onClick: onNavigate };
  return (
    <>
      {filters.length === 0 ? null : (
        <section className="mt-4">
          <h2 className="px-2.5 pb-1 text-xs font-semibold text-muted">{t("saved.title")}</h2>
          <ul className="flex flex-col gap-0.5">
            {filters.map((filter) => (
              <li key={filter.id}>
                <Link to="/filter/$id" params={{ id: filter.id }} {...press} className={linkClass} activeProps={active}>
                  <Bookmark aria-hidden className="size-[1.15rem] shrink-0 text-muted" />
                  <span dir="auto" className="truncate">
                    {filter.name}
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
      {tags.length === 0 ? null : (
        <section className="mt-4">
          <h2 className="px-2.5 pb-1 text-xs font-semibold text-muted">{t("view.tags")}</h2>
          <ul className="flex flex-col gap-0.5">
            {tags.map((tag) => (
              <li key={tag}>
                <Link to="/tag/$tag" params={{ tag }} {...press} className={linkClass} activeProps={active}>
                  <Hash aria-hidden className="size-[1.15rem] shrink-0 text-muted" />
                  <span dir="auto" className="truncate">
                    {tag}
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
