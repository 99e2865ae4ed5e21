import { CircleCheck } from "lucide-react";

import type { TaskFilter } from "@/data/filter";
import { useT } from "@/i18n/i18n";

import { ListView } from "./list-view";

const filter: TaskFilter = { status: "completed", sort_by: "updated_at" };

export function CompletedView() {
  const t = useT();
  return (
    <ListView
      title={t("view.completed")}
      filter={filter}
      empty={{ icon: <CircleCheck />, title: t("view.completed.empty"), hint: t("view.completed.empty.hint") }}
    />
  );
}
