// All words of the page come from here. English is part of the page; any other language is loaded when it is chosen.
import { useSyncExternalStore } from "react";

import { recall, remember } from "@/lib/storage";

import en from "./en/catalogue";
import type later from "./en/later";
import { fill, type Catalogue, type Params } from "./message";

export type Language = "en" | "de";
export const LANGUAGES: Readonly<Record<Language, string>> = { en: "English", de: "Deutsch" };

type English = typeof en & typeof later;
export type Key = keyof English;
type Arguments<K extends Key> = keyof Params<English[K]> extends never ? [] : [params: Params<English[K]>];
export type Translate = <K extends Key>(key: K, ...params: Arguments<K>) => string;

const KEY = "spindle.language";
const loaders: Record<Exclude<Language, "en">, () => Promise<Catalogue>> = {
  de: async () => (await import("./de/catalogue")).default,
};

let language: Language = "en";
/** English as far as it is there. */
let english: Catalogue = en;
let catalogue: Catalogue = english;
let rest: Promise<void> | undefined;
let translate = translator();
const listeners = new Set<() => void>();

function translator(): Translate {
  const [words, locale] = [catalogue, dateLocale()];
  return (key, ...[params]) => fill(words[key] ?? english[key] ?? key, locale, params ?? {});
}

function isLanguage(value: string | null | undefined): value is Language {
  return value !== null && value !== undefined && value in LANGUAGES;
}

/** The chosen one, or the first of the browser's that there is. */
export function preferredLanguage(): Language {
  const chosen = recall(KEY);
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? "en";
}

export function currentLanguage(): Language {
  return language;
}

/** For Intl: the browser's regional form of the language (en-GB writes dates unlike en-US). */
export function dateLocale(): string {
  return navigator.languages.find((tag) => tag.slice(0, 2).toLowerCase() === language) ?? language;
}

export async function setLanguage(next: Language): Promise<void> {
  catalogue = next === "en" ? english : await loaders[next]();
  language = next;
  document.documentElement.lang = next;
  changed();
}

function changed(): void {
  translate = translator();
  for (const listener of listeners) listener();
}

/** The words that the first view does without. Other languages come whole. */
async function loadRest(): Promise<void> {
  english = { ...english, ...(await import("./en/later")).default };
  if (language === "en") catalogue = english;
  changed();
}

/** What is loaded later, with its words: `lazy(() => withWords(import("…")))`. */
export async function withWords<Module>(module: Promise<Module>): Promise<Module> {
  rest ??= loadRest().catch((error: unknown) => {
    // The next one tries again.
    rest = undefined;
    throw error;
  });
  const [loaded] = await Promise.all([module, rest]);
  return loaded;
}

/** Sets it and keeps it for this browser; `null` is the browser's own. */
export async function chooseLanguage(next: Language | null): Promise<void> {
  remember(KEY, next);
  const wanted = next ?? preferredLanguage();
  if (wanted !== language) await setLanguage(wanted);
}

export function subscribeToLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** For code outside of components; the words are those of the moment. */
export const t: Translate = (key, ...params) => translate(key, ...params);

export function useT(): Translate {
  return useSyncExternalStore(subscribeToLanguage, () => translate);
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribeToLanguage, currentLanguage);
}
