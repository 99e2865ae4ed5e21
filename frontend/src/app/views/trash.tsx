import { Trash2 } from "lucide-react";

import type { TaskFilter } from "@/data/filter";
import { useT } from "@/i18n/i18n";

import { ListView } from "./list-view";

const filter: TaskFilter = { status: "trashed", sort_by: "updated_at" };

export function TrashView() {
  const t = useT();
  return (
    <ListView
      title={t("view.trash")}
      filter={filter}
      empty={{ icon: <Trash2 />, title: t("view.trash.empty"), hint: t("view.trash.empty.hint") }}
    />
  );
}
