// All words of the page come from here. English is part of the page; any other language is loaded when it is chosen.
import { useSyncExternalStore } from "react";

import { recall, remember } from "@/lib/storage";

import en from "./en/catalogue";
import { fill, type Catalogue, type Params } from "./message";

export type Language = "en" | "de";
export const LANGUAGES: Readonly<Record<Language, string>> = { en: "English", de: "Deutsch" };

export type Key = keyof typeof en;
type Arguments<K extends Key> = keyof Params<(typeof en)[K]> extends never ? [] : [params: Params<(typeof en)[K]>];
export type Translate = <K extends Key>(key: K, ...params: Arguments<K>) => string;

const KEY = "spindle.language";
const loaders: Record<Exclude<Language, "en">, () => Promise<Catalogue>> = {
  de: async () => (await import("./de/catalogue")).default,
};

let language: Language = "en";
let catalogue: Catalogue = en;
let translate = translator();
const listeners = new Set<() => void>();

function translator(): Translate {
  const [words, locale] = [catalogue, dateLocale()];
  return (key, ...[params]) => fill(words[key] ?? en[key], locale, params ?? {});
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
  catalogue = next === "en" ? en : await loaders[next]();
  language = next;
  translate = translator();
  document.documentElement.lang = next;
  for (const listener of listeners) listener();
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
