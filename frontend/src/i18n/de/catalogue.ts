import auth from "./auth";
import common from "./common";
import tasks from "./tasks";
import type en from "@/i18n/en/catalogue";
import type { TranslationOf } from "@/i18n/message";

const de: TranslationOf<typeof en> = { ...common, ...auth, ...tasks };
export default de;
