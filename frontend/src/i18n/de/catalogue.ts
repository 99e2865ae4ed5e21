import auth from "./auth";
import common from "./common";
import palette from "./palette";
import reminders from "./reminders";
import settings from "./settings";
import states from "./states";
import tasks from "./tasks";
import type en from "@/i18n/en/catalogue";
import type { TranslationOf } from "@/i18n/message";

const de: TranslationOf<typeof en> = {
  ...common,
  ...auth,
  ...tasks,
  ...palette,
  ...reminders,
  ...settings,
  ...states,
};
export default de;
