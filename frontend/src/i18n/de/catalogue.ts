import auth from "./auth";
import calendar from "./calendar";
import common from "./common";
import history from "./history";
import palette from "./palette";
import quick from "./quick";
import reminders from "./reminders";
import repeat from "./repeat";
import saved from "./saved";
import settings from "./settings";
import states from "./states";
import tasks from "./tasks";
import type en from "@/i18n/en/catalogue";
import type later from "@/i18n/en/later";
import type { TranslationOf } from "@/i18n/message";

const de: TranslationOf<typeof en & typeof later> = {
  ...common,
  ...auth,
  ...tasks,
  ...calendar,
  ...history,
  ...quick,
  ...repeat,
  ...saved,
  ...palette,
  ...reminders,
  ...settings,
  ...states,
};
export default de;
