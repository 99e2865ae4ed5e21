import { Search } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";

import type { ListSearch } from "@/data/filter";
import { commaList, PRIORITIES } from "@/data/filter";
import { useKnownTags } from "@/data/tags";
import { useT } from "@/i18n/i18n";
import { useShortcut } from "@/lib/keyboard";
import { Input } from "@/ui/input";
import { Select } from "@/ui/select";

/** After the last key, in ms: a request for each letter would only be thrown away. */
const PAUSE_MS = 150;

interface TaskFiltersProps {
  search: ListSearch;
  /** Changes the URL, which is the filter. */
  onChange: (change: Partial<ListSearch>) => void;
  children?: ReactNode;
}

const ANY = "any";
const USUAL = "usual";
const SORTS = ["position", "due_date", "priority", "title", "created_at"] as const;
const ASCENDING: readonly string[] = ["position", "due_date", "title"];

export function TaskFilters({ search, onChange, children }: TaskFiltersProps) {
  const t = useT();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(search.search ?? "");
  const [known, setKnown] = useState(search.search);
  // The URL changed otherwise (back, a link): it holds.
  if (known !== search.search) {
    setKnown(search.search);
    if ((search.search ?? "") !== text.trim()) setText(search.search ?? "");
  }

  useEffect(() => {
    const wanted = text.trim().slice(0, 500) || undefined;
    if (wanted === search.search) return;
    const timer = setTimeout(() => onChange({ search: wanted }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, search.search, onChange]);

  const inUse = useKnownTags();
  const tags = [...new Set([...commaList(search.tags), ...inUse])];

  useShortcut({ keys: "/", group: t("keys.general"), label: t("keys.search"), run: () => input.current?.focus() });

  return (
    <search aria-label={t("filter.label")} className="flex flex-wrap items-center gap-2">
      <div className="relative min-w-48 flex-1 basis-full sm:basis-0">
        <Search
          aria-hidden
          className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted"
        />
        <Input
          ref={input}
          type="search"
          aria-label={t("filter.search")}
          placeholder={t("filter.search")}
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="pl-9"
        />
      </div>
      <Select
        className="flex-1 sm:flex-none"
        aria-label={t("filter.priority")}
        value={search.priority ?? ANY}
        options={[
          { value: ANY, label: t("filter.priority.any") },
          ...PRIORITIES.map((priority) => ({ value: priority as string, label: t(`task.priority.${priority}`) })),
          ...(search.priority?.includes(",") ? [{ value: search.priority, label: search.priority }] : []),
        ]}
        onChange={(value) => onChange({ priority: value === ANY ? undefined : value })}
      />
      {tags.length === 0 ? null : (
        <Select
          className="max-w-40 flex-1 sm:flex-none"
          aria-label={t("filter.tags")}
          value={search.tags ?? ANY}
          options={[
            { value: ANY, label: t("filter.tags.any") },
            ...(search.tags?.includes(",") ? [{ value: search.tags, label: `#${search.tags}` }] : []),
            ...tags.map((tag) => ({ value: tag, label: `#${tag}` })),
          ]}
          onChange={(value) => onChange({ tags: value === ANY ? undefined : value })}
        />
      )}
      {children}
      <Select
        className="flex-1 sm:flex-none"
        aria-label={t("filter.sort")}
        value={search.sort_by ?? USUAL}
        options={[
          { value: USUAL, label: t("filter.sort.default") },
          ...SORTS.map((sort) => ({ value: sort as string, label: t(`filter.sort.${sort}`) })),
        ]}
        onChange={(value) => {
          const sort = SORTS.find((each) => each === value);
          const order = sort !== undefined && ASCENDING.includes(sort) ? ("asc" as const) : ("desc" as const);
          onChange({ sort_by: sort, sort_order: sort === undefined ? undefined : order });
        }}
      />
    </search>
  );
}
