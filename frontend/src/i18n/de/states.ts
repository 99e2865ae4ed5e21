import type en from "@/i18n/en/states";
import type { TranslationOf } from "@/i18n/message";

export default {
  "update.ready": "Eine neuere Version von Spindle ist bereit.",
  "update.take": "Laden",
  "first-run.welcome": "Willkommen bei Spindle",
  "first-run.offer": "Drei Beispielaufgaben zeigen, was es kann. Du kannst sie jederzeit löschen.",
  "first-run.tag": "beispiel",
  "first-run.quick-add.title": "Eine Aufgabe in einer Zeile hinzufügen: drücke Q",
  "first-run.quick-add.text":
    "Schreibe „Ada anrufen morgen um 9 uhr #familie !high“. Datum, Schlagwort und Priorität werden beim Tippen verstanden.",
  "first-run.repeat.title": "Alle 3 Tage die Pflanzen gießen",
  "first-run.repeat.text": "Erledige sie, und die nächste steht mit ihrem Datum da.",
  "first-run.remind.title": "Aufstehen und strecken",
  "first-run.remind.text":
    "Sie erinnert dich in zwei Minuten. Antworte mit Erledigt oder Später; sie geht nicht verloren, wenn die Seite zu ist.",
  "first-run.add": "Die drei Beispiele hinzufügen",
  "first-run.own": "Eigene Aufgabe hinzufügen",
} as const satisfies TranslationOf<typeof en>;
