import type en from "@/i18n/en/palette";
import type { TranslationOf } from "@/i18n/message";

export default {
  "palette.title": "Gehen, finden, tun",
  "palette.label": "Was möchtest du tun?",
  "palette.placeholder": "Eine Ansicht, eine Aufgabe, ein Befehl",
  "palette.tasks": "Aufgaben",
  "palette.filters": "Gespeicherte Filter",
  "palette.nothing": "Nichts passt. Versuche ein Wort eines Titels oder eine Ansicht.",
  "palette.count": { one: "{count} Möglichkeit", other: "{count} Möglichkeiten" },
  "palette.theme": "Design: {theme}",
  "keys.sheet.hint": "Während du in ein Feld schreibst, lösen Tasten nichts aus.",
} as const satisfies TranslationOf<typeof en>;
