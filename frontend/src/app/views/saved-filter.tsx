import { useNavigate, useParams } from "@tanstack/react-router";
import { Bookmark, MoreHorizontal, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";

import { readListSearch, parseSearch, type TaskFilter } from "@/data/filter";
import { useSavedFilters } from "@/data/saved-filters";
import { NameForm } from "@/features/saved-filters/name-form";
import { useFilterCommands } from "@/features/saved-filters/filter-commands";
import { useT } from "@/i18n/i18n";
import { buttonClass } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { MenuButton } from "@/ui/menu";
import { EmptyState, SkeletonRows } from "@/ui/states";

import { ListView } from "./list-view";

/** What the API would refuse or this page does not know is left out. */
function filterOf(query: string): TaskFilter {
  const { task: _, ...asked } = readListSearch(parseSearch(query));
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
}

export function SavedFilterView() {
  const t = useT();
  const navigate = useNavigate();
  const { id } = useParams({ from: "/shell/filter/$id" });
  const { data: filters } = useSavedFilters();
  const commands = useFilterCommands();
  const [renaming, setRenaming] = useState(false);
  const saved = filters?.find((each) => each.id === id);
  if (filters === undefined) return <SkeletonRows label={t("app.skeleton")} />;
  if (saved === undefined) {
    return <EmptyState icon={<Bookmark />} title={t("saved.gone")} hint={t("saved.gone.hint")} />;
  }
  return (
    <>
      <ListView
        key={id}
        title={saved.name}
        filter={filterOf(saved.query)}
        empty={{ icon: <Bookmark />, title: t("view.filtered.empty"), hint: t("saved.empty.hint") }}
        action={
          <MenuButton
            aria-label={t("saved.more", { name: saved.name })}
            className={buttonClass("icon", "-my-2")}
            entries={() => [
              {
                kind: "item",
                label: t("saved.rename"),
                icon: <Pencil aria-hidden className="size-4" />,
                onSelect: () => setRenaming(true),
              },
              {
                kind: "item",
                label: t("saved.delete"),
                icon: <Trash2 aria-hidden className="size-4" />,
                danger: true,
                onSelect: () => {
                  void commands.remove(saved);
                  void navigate({ to: "/inbox" });
                },
              },
            ]}
          >
            <MoreHorizontal aria-hidden className="size-5" />
          </MenuButton>
        }
      />
      {renaming ? (
        <Dialog open onOpenChange={setRenaming} title={t("saved.rename")}>
          <NameForm
            name={saved.name}
            onSave={async (name) => {
              await commands.rename(saved, name);
              setRenaming(false);
            }}
          />
        </Dialog>
      ) : null}
    </>
  );
}
