// A feature has a file of its own here and in ../de; add it to both lists.
import auth from "./auth";
import common from "./common";
import palette from "./palette";
import reminders from "./reminders";
import settings from "./settings";
import states from "./states";
import tasks from "./tasks";

const en = {
  ...common,
  ...auth,
  ...tasks,
  ...palette,
  ...reminders,
  ...settings,
  ...states,
} as const;
export default en;
