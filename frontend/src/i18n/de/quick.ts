import type en from "@/i18n/en/quick";
import type { TranslationOf } from "@/i18n/message";

export default {
  "quick.label": "Neue Aufgabe, in einer Zeile",
  "quick.placeholder": "Ada anrufen morgen um 9 Uhr #privat !hoch",
  "quick.hint":
    "Enter fügt hinzu, mit Strg bleibt es offen. Strg+Leertaste macht Erkanntes zu bloßem Text, „Anführungszeichen“ ebenso.",
  "quick.understood": "Was verstanden wurde",
  "quick.refuse": "{kind}: {meaning}. „{text}“ als bloßen Text nehmen",
  "quick.allow": "„{text}“ ist bloßer Text. Wieder lesen",
  "quick.kind.tag": "Schlagwort",
  "quick.kind.priority": "Priorität",
  "quick.kind.date": "Datum",
  "quick.kind.time": "Uhrzeit",
  "quick.kind.recurrence": "Wiederholung",
  "quick.kind.reminder": "Erinnerung",
  "quick.kind.quoted": "Text",
  "quick.before": { one: "{count} Minute vorher", other: "{count} Minuten vorher" },
  "quick.next": "Termine: {days}",
  "quick.empty": "Schreib, was zu tun ist.",
  "quick.long": "Höchstens 2.000 Zeichen. Den Rest in die Beschreibung schreiben.",
  "quick.no-parser":
    "Was verstanden wird, lässt sich gerade nicht zeigen. Beim Hinzufügen wird die Zeile trotzdem gelesen.",
  "quick.all-fields": "Alle Felder",
  "quick.several": { one: "{count} Aufgabe?", other: "{count} Aufgaben?" },
  "quick.more-lines": { one: "und {count} weitere Zeile", other: "und {count} weitere Zeilen" },
  "quick.too-many": "Höchstens {most} auf einmal. Füge weniger Zeilen ein oder nimm sie als eine Zeile.",
  "quick.left": {
    one: "{count} Zeile ist nicht gespeichert: {why}",
    other: "{count} Zeilen sind nicht gespeichert: {why}",
  },
  "quick.saved": "{done} von {of} hinzugefügt",
  "quick.one-line": "Als eine Zeile",
  "quick.add-several": { one: "{count} Aufgabe hinzufügen", other: "{count} Aufgaben hinzufügen" },
} as const satisfies TranslationOf<typeof en>;
