import type { ReactNode } from "react";

export interface PaletteEntry {
  id: string;
  group: string;
  label: string;
  icon?: ReactNode;
  /** The shortcut that does the same. */
  keys?: string;
  run: () => void;
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}

/** 0: not at all. Better: at the beginning of the label, then of a word, then anywhere; every word that was typed has to be there. */
function score(label: string, words: readonly string[]): number {
  const text = plain(label);
  let sum = 0;
  for (const word of words) {
    const at = text.indexOf(word);
    if (at < 0) return 0;
    sum += at === 0 ? 3 : /[\s(:]/.test(text.charAt(at - 1)) ? 2 : 1;
  }
  return sum / words.length;
}

/** Those that match, the best first; without a text all, in their own order. */
export function matching(entries: readonly PaletteEntry[], text: string): PaletteEntry[] {
  const words = plain(text).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...entries];
  return entries
    .map((entry) => ({ entry, points: score(entry.label, words) }))
    .filter(({ points }) => points > 0)
    .toSorted((a, b) => b.points - a.points)
    .map(({ entry }) => entry);
}
