import { useParams } from "@tanstack/react-router";
import { Hash } from "lucide-react";

import { useT } from "@/i18n/i18n";

import { ListView } from "./list-view";

export function TagView() {
  const t = useT();
  const { tag } = useParams({ from: "/shell/tag/$tag" });
  return (
    <ListView
      key={tag}
      title={`#${tag}`}
      filter={{ status: "pending", tags: tag }}
      empty={{ icon: <Hash />, title: t("view.tag.empty"), hint: t("view.tag.empty.hint") }}
    />
  );
}
