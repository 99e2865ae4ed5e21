// What the first view says. A feature has a file of its own here and in ../de; one that is loaded later stands in later.ts.
import common from "./common";
import tasks from "./tasks";

const en = {
  ...common,
  ...tasks,
} as const;
export default en;
