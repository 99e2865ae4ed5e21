import type en from "@/i18n/en/auth";
import type { TranslationOf } from "@/i18n/message";

export default {
  "auth.sign-in": "Anmelden",
  "auth.register": "Konto anlegen",
  "auth.sign-in.title": "Willkommen zurück",
  "auth.register.title": "Lege dein Konto an",
  "auth.to-register": "Neu hier? Konto anlegen",
  "auth.to-sign-in": "Du hast ein Konto? Anmelden",
  "auth.email": "E-Mail-Adresse",
  "auth.password": "Passwort",
  "auth.password.hint": "Mindestens 10 Zeichen.",
  "auth.name": "Name",
  "auth.name.hint": "So nennt dich Spindle. Kann leer bleiben.",
  "auth.email.invalid": "Gib eine E-Mail-Adresse wie ada@example.org ein.",
  "auth.password.short": "Gib mindestens 10 Zeichen ein.",
  "auth.password.long": "Gib höchstens 128 Zeichen ein.",
  "auth.password.missing": "Gib dein Passwort ein.",
  "auth.claim": "Aufgaben, die nicht verloren gehen, auf deinem eigenen Rechner.",
} as const satisfies TranslationOf<typeof en>;
