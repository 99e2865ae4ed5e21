import { Search } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";

import type { ListSearch } from "@/data/filter";
import { commaList, PRIORITIES } from "@/data/filter";
import { useKnownTags } from "@/data/tags";
import { useT } from "@/i18n/i18n";
import { cx } from "@/lib/cx";
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

  const tags = [...new Set([...commaList(search.tags), ...useKnownTags()])];

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
      <Choice
        className="grow-[1.3]"
        label={t("filter.priority")}
        none={t("filter.priority.any")}
        value={search.priority}
        options={PRIORITIES.map((value) => ({ value, label: t(`task.priority.${value}`) }))}
        onChange={(priority) => onChange({ priority })}
      />
      <Choice
        label={t("filter.tags")}
        none={t("filter.tags.any")}
        value={search.tags}
        options={tags.map((value) => ({ value, label: `#${value}` }))}
        onChange={(chosen) => onChange({ tags: chosen })}
      />
      {children}
      <Choice
        label={t("filter.sort")}
        none={t("filter.sort.default")}
        value={search.sort_by}
        options={SORTS.map((value) => ({ value, label: t(`filter.sort.${value}`) }))}
        onChange={(chosen) => {
          const sort = SORTS.find((each) => each === chosen);
          const order = sort !== undefined && ASCENDING.includes(sort) ? ("asc" as const) : ("desc" as const);
          onChange({ sort_by: sort, sort_order: sort === undefined ? undefined : order });
        }}
      />
    </search>
  );
}

interface ChoiceProps {
  className?: string;
  label: string;
  /** What it is called when nothing is chosen. */
  none: string;
  value: string | undefined;
  options: readonly { value: string; label: string }[];
  onChange: (value: string | undefined) => void;
}

/** One of several, or none. What the URL has beside those (several at once) is shown as it stands there. */
function Choice({ className, label, none, value = "", options, onChange }: ChoiceProps) {
  const own = value === "" || options.some((option) => option.value === value) ? [] : [{ value, label: value }];
  return (
    <Select
      className={cx("max-w-40 flex-1 sm:flex-none", className)}
      aria-label={label}
      value={value}
      options={[{ value: "", label: none }, ...own, ...options]}
      onChange={(chosen) => onChange(chosen === "" ? undefined : chosen)}
    />
  );
}
