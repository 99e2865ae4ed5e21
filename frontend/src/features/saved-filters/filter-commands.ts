// Changing the person's saved filters. Another tab's change comes with the live updates.
import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";

import { api, done, ok } from "@/api/client";
import { toProblem } from "@/api/problem";
import type { SavedFilter } from "@/api/types";
import { announce } from "@/data/announce";
import { keys } from "@/data/keys";
import { t } from "@/i18n/i18n";
import { problemText } from "@/i18n/problem-text";
import { showToast } from "@/ui/toast";

export function useFilterCommands() {
  const client = useQueryClient();
  return useMemo(() => {
    const refresh = () => client.invalidateQueries({ queryKey: keys.savedFilters });
    const path = (filter: SavedFilter) => ({ params: { path: { id: filter.id } } });
    return {
      /** Throws the problem, so that it can stand beside the name. */
      save: async (name: string, query: string): Promise<SavedFilter> => {
        const saved = await ok(api.POST("/api/filters", { body: { name, query } }));
        await refresh();
        return saved;
      },
      /** Throws the problem. */
      rename: async (filter: SavedFilter, name: string): Promise<void> => {
        await ok(api.PUT("/api/filters/{id}", { ...path(filter), body: { name, query: filter.query } }));
        await refresh();
      },
      remove: async (filter: SavedFilter): Promise<void> => {
        try {
          await done(api.DELETE("/api/filters/{id}", path(filter)));
          announce(t("saved.deleted"), filter.name, async () => {
            await ok(api.POST("/api/filters", { body: { name: filter.name, query: filter.query } }));
            await refresh();
          });
        } catch (error) {
          showToast({ title: problemText(toProblem(error)), tone: "error" });
        }
        await refresh();
      },
    };
  }, [client]);
}
