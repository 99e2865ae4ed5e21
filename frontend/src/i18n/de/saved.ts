import type en from "@/i18n/en/saved";
import type { TranslationOf } from "@/i18n/message";

export default {
  "saved.title": "Filter",
  "saved.save": "Filter speichern",
  "saved.saved": "Filter gespeichert",
  "saved.deleted": "Filter gelöscht",
  "saved.name": "Name des Filters",
  "saved.name.missing": "Gib dem Filter einen Namen.",
  "saved.more": "Mehr zu {name}",
  "saved.rename": "Filter umbenennen",
  "saved.delete": "Filter löschen",
  "saved.tags.all": "Alle {count} Schlagwörter",
  "saved.gone": "Diesen Filter gibt es nicht",
  "saved.gone.hint": "Vielleicht wurde er anderswo gelöscht.",
  "saved.empty.hint": "Hier stehen Aufgaben, die zu diesem Filter passen.",
} as const satisfies TranslationOf<typeof en>;
