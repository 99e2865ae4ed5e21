import { Inbox } from "lucide-react";

import type { TaskFilter } from "@/data/filter";
import { useT } from "@/i18n/i18n";

import { ListView } from "./list-view";

const filter: TaskFilter = { status: "pending", sort_by: "position", sort_order: "asc" };

export const filterOn = () => filter;

export function InboxView() {
  const t = useT();
  return (
    <ListView
      title={t("view.inbox")}
      filter={filter}
      empty={{ icon: <Inbox />, title: t("view.inbox.empty"), hint: t("view.inbox.empty.hint") }}
    />
  );
}
