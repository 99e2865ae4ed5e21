import "@testing-library/jest-dom/vitest";

import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeAll } from "vitest";

import { withWords } from "@/i18n/i18n";

// A machine that builds at the same time is slow; what waits, waits for something that comes.
configure({ asyncUtilTimeout: 15_000 });
beforeAll(() => withWords(Promise.resolve()));
afterEach(cleanup);

// jsdom has neither; the page asks for both as it starts.
window.matchMedia ??= (query) =>
  Object.assign(new EventTarget(), { matches: false, media: query, onchange: null }) as MediaQueryList;
window.scrollTo = () => undefined;
