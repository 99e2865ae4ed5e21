// A feature has a file of its own here and in ../de; add it to both lists.
import auth from "./auth";
import calendar from "./calendar";
import common from "./common";
import history from "./history";
import quick from "./quick";
import repeat from "./repeat";
import saved from "./saved";
import tasks from "./tasks";

const en = {
  ...common,
  ...auth,
  ...tasks,
  ...calendar,
  ...history,
  ...quick,
  ...repeat,
  ...saved,
} as const;
export default en;
