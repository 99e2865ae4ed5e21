import type en from "@/i18n/en/calendar";
import type { TranslationOf } from "@/i18n/message";

export default {
  "calendar.month": "Monat",
  "calendar.week": "Woche",
  "calendar.previous": "Früher",
  "calendar.next": "Später",
  "calendar.today": "Heute",
  "calendar.layout": "Darstellung",
  "calendar.day": { one: "{day}, {count} Aufgabe", other: "{day}, {count} Aufgaben" },
  "calendar.more": { one: "{count} weitere", other: "{count} weitere" },
  "calendar.occurrence": "{title}, wiederholt sich an diesem Tag",
  "calendar.done": "{title}, erledigt",
  "calendar.move.earlier": "Einen Tag früher",
  "calendar.move.later": "Einen Tag später",
  "calendar.move.week-earlier": "Eine Woche früher",
  "calendar.move.next-week": "Eine Woche später",
  "calendar.hint":
    "Ziehe eine Aufgabe auf einen anderen Tag, oder ändere ihr Datum, oder nimm Strg+Umschalt und den Pfeiltasten.",
  "calendar.empty": "Keine Aufgabe an diesem Tag.",
} as const satisfies TranslationOf<typeof en>;
