// The words of what is loaded later; `withWords` brings them.
import auth from "./auth";
import calendar from "./calendar";
import history from "./history";
import palette from "./palette";
import quick from "./quick";
import reminders from "./reminders";
import repeat from "./repeat";
import saved from "./saved";
import settings from "./settings";
import states from "./states";

const later = {
  ...auth,
  ...calendar,
  ...history,
  ...palette,
  ...quick,
  ...reminders,
  ...repeat,
  ...saved,
  ...settings,
  ...states,
} as const;
export default later;
