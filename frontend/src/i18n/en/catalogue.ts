// A feature has a file of its own here and in ../de; add it to both lists.
import auth from "./auth";
import common from "./common";
import tasks from "./tasks";

const en = { ...common, ...auth, ...tasks } as const;
export default en;
