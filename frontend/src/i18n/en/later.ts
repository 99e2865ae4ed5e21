// The words of what is loaded later; `withWords` brings them.
import auth from "./auth";
import calendar from "./calendar";
import history from "./history";
import quick from "./quick";
import repeat from "./repeat";
import saved from "./saved";

const later = {
  ...auth,
  ...calendar,
  ...history,
  ...quick,
  ...repeat,
  ...saved,
} as const;
export default later;
