// The person's saved filters: in the navigation, as views, in the palette.
import { useQuery } from "@tanstack/react-query";

import { api, ok } from "@/api/client";

import { keys } from "./keys";

export function useSavedFilters() {
  return useQuery({
    queryKey: keys.savedFilters,
    queryFn: async ({ signal }) => (await ok(api.GET("/api/filters", { signal }))).items,
  });
}
