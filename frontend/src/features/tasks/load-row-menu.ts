// The menu of a row is loaded when one is first about to be opened.
import type { MenuEntry } from "@/ui/menu";

import type { RowMenu } from "./row-menu";

let make: ((given: RowMenu) => MenuEntry[]) | null = null;

export async function loadRowMenu(): Promise<void> {
  make ??= (await import("./row-menu")).rowMenu;
}

/** Empty before `loadRowMenu`. */
export function rowMenu(given: RowMenu): MenuEntry[] {
  return make?.(given) ?? [];
}
