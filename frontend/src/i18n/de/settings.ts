import type en from "@/i18n/en/settings";
import type { TranslationOf } from "@/i18n/message";

export default {
  "settings.saved": "Gespeichert",
  "settings.profile": "Profil",
  "settings.signed-in-as": "Angemeldet als {email}.",
  "settings.dates": "Datum und Uhrzeit",
  "settings.time-zone": "Zeitzone",
  "settings.time-zone.hint": "Wo deine Tage beginnen und enden.",
  "settings.week-start": "Die Woche beginnt am",
  "settings.week-start.monday": "Montag",
  "settings.week-start.saturday": "Samstag",
  "settings.week-start.sunday": "Sonntag",
  "settings.hour-cycle": "Uhr",
  "settings.hour-cycle.h12": "12 Stunden (2:30 PM)",
  "settings.hour-cycle.h23": "24 Stunden (14:30)",
  "settings.as-browser": "Wie im Browser",
  "settings.as-browser.language": "Wie im Browser ({language})",
  "settings.all-day-reminder": "An Aufgaben ohne Uhrzeit erinnern um",
  "settings.all-day-reminder.hint": "Auf diese Zeit wird auch verschoben, was „Morgen“ erneut erinnern soll.",
  "settings.looks": "Aussehen und Sprache",
  "settings.reminders": "Erinnerungen auf dem Desktop",
  "settings.desktop.default":
    "Erinnerungen können auch auf dem Desktop erscheinen, während du diese Seite nicht ansiehst.",
  "settings.desktop.granted":
    "Erinnerungen erscheinen auch auf dem Desktop, während du diese Seite nicht ansiehst. Beenden lässt sich das in den Einstellungen des Browsers.",
  "settings.desktop.denied":
    "Dein Browser erlaubt dieser Seite keine Erinnerungen auf dem Desktop. Erlaube sie in den Einstellungen des Browsers.",
  "settings.desktop.unsupported":
    "Dieser Browser zeigt Erinnerungen auf dem Desktop nur, wenn Spindle über https oder auf diesem Rechner geöffnet ist.",
  "settings.desktop.ask": "Erlauben",
  "settings.account": "Konto",
  "settings.erase": "Konto löschen …",
  "settings.erase.title": "Dein Konto löschen?",
  "settings.erase.text":
    "Alle Aufgaben, ihr Verlauf und deine Erinnerungen werden sofort und endgültig gelöscht. Es gibt keinen Weg zurück. Gib dein Passwort ein, um fortzufahren.",
  "settings.erase.wrong": "Das ist nicht das Passwort dieses Kontos.",
  "settings.erase.now": "Alles löschen",
  "settings.erased": "Dein Konto ist gelöscht",
} as const satisfies TranslationOf<typeof en>;
