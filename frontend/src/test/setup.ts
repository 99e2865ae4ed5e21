import "@testing-library/jest-dom/vitest";

import { cleanup } from "@testing-library/react";
import { afterEach, beforeAll } from "vitest";

import { withWords } from "@/i18n/i18n";

beforeAll(() => withWords(Promise.resolve()));
afterEach(cleanup);

// jsdom has neither; the page asks for both as it starts.
window.matchMedia ??= (query) =>
  Object.assign(new EventTarget(), { matches: false, media: query, onchange: null }) as MediaQueryList;
window.scrollTo = () => undefined;
