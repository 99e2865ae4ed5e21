// What is being typed outlives a closed dialog, a failed save and a reload, for the person who typed it.
import { recall, remember } from "@/lib/storage";

const KEY = "spindle.draft";

export interface Draft {
  text: string;
  literal: readonly string[];
}

const EMPTY: Draft = { text: "", literal: [] };

function isDraft(value: unknown): value is Draft & { person: string } {
  if (typeof value !== "object" || value === null) return false;
  const { text, literal, person } = value as Record<string, unknown>;
  return (
    typeof text === "string" &&
    typeof person === "string" &&
    Array.isArray(literal) &&
    literal.every((part) => typeof part === "string")
  );
}

export function keptDraft(person: string): Draft {
  try {
    const kept: unknown = JSON.parse(recall(KEY) ?? "null");
    return isDraft(kept) && kept.person === person ? { text: kept.text, literal: kept.literal } : EMPTY;
  } catch {
    // Not ours.
    return EMPTY;
  }
}

export function keepDraft(person: string, draft: Draft): void {
  remember(KEY, draft.text.trim() === "" ? null : JSON.stringify({ person, ...draft }));
}

/** The lines that are tasks. */
export function linesOf(text: string): string[] {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** What was refused stays so while it stands in the text. */
export function stillLiteral(text: string, literal: readonly string[]): readonly string[] {
  const still = literal.filter((phrase) => text.includes(phrase));
  return still.length === literal.length ? literal : still;
}
