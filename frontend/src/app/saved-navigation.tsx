// The person's own places in the navigation: saved filters, and the tags that are in use.
import { Link } from "@tanstack/react-router";
import { Bookmark, ChevronDown, Hash } from "lucide-react";
import { useState } from "react";

import { useSavedFilters } from "@/data/saved-filters";
import { useKnownTags } from "@/data/tags";
import { useT } from "@/i18n/i18n";

const linkClass = "touch flex items-center gap-3 rounded-lg px-2.5 text-base hover:bg-hover";
/** So many tags stand there before the rest is asked for. */
const SHOWN_TAGS = 20;
const active = { className: "bg-hover font-semibold" };

export function SavedNavigation({ onNavigate }: { onNavigate?: (() => void) | undefined }) {
  const t = useT();
  const { data: filters = [], isPending } = useSavedFilters();
  const tags = useKnownTags();
  const [all, setAll] = useState(false);
  const press = onNavigate === undefined ? {} : { onClick: onNavigate };
  // Tags stand below the filters: before those are known they would only jump.
  if (isPending) return null;
  return (
    <>
      {filters.length === 0 ? null : (
        <section className="mt-4">
          <h2 className="px-2.5 pb-1 text-xs font-semibold text-muted">{t("saved.title")}</h2>
          <ul className="flex flex-col gap-0.5">
            {filters.map((filter) => (
              <li key={filter.id}>
                <Link
                  to="/filter/$id"
                  params={{ id: filter.id }}
                  {...press}
                  className={`${linkClass} text-ink`}
                  activeProps={active}
                >
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
            {tags.slice(0, all ? tags.length : SHOWN_TAGS).map((tag) => (
              <li key={tag}>
                <Link
                  to="/tag/$tag"
                  params={{ tag }}
                  {...press}
                  className={`${linkClass} text-ink`}
                  activeProps={active}
                >
                  <Hash aria-hidden className="size-[1.15rem] shrink-0 text-muted" />
                  <span dir="auto" className="truncate">
                    {tag}
                  </span>
                </Link>
              </li>
            ))}
          </ul>
          {all || tags.length <= SHOWN_TAGS ? null : (
            <button type="button" className={`${linkClass} w-full text-muted`} onClick={() => setAll(true)}>
              <ChevronDown aria-hidden className="size-[1.15rem] shrink-0" />
              {t("saved.tags.all", { count: tags.length })}
            </button>
          )}
        </section>
      )}
    </>
  );
}
