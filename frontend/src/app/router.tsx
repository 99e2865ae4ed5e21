import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";

import { accessToken, getSession, rememberedProfile, resumeSession } from "@/api/session";
import { readCalendarSearch, readListSearch, parseSearch, stringifySearch } from "@/data/filter";
import { readAhead, zoneNow } from "@/data/tasks";
import { withWords } from "@/i18n/i18n";
import { dayIn } from "@/lib/dates";
import { idle } from "@/lib/first-view";

import { BrokenPage, LoadingPage, NotFoundPage } from "./pages";
import { queryClient } from "./query-client";
import { Shell } from "./shell";

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage });

/** The views that a day begins with. */
const lists = {
  "/today": () => import("./views/today"),
  "/inbox": () => import("./views/inbox"),
  "/upcoming": () => import("./views/upcoming"),
};

/** As long as this, in ms, nothing is shown at the start but what is meant to be. */
const PATIENCE_MS = 1_000;

/**
 * Begins all that the first view needs at once: the session, the code of the view, and its tasks as soon as it is known whose. Then all
 * of it is drawn in one go. What fails here fails again, and is told, where it is needed; what takes long is waited for by the views.
 */
export async function startUp(): Promise<void> {
  const path = location.pathname === "/" ? "/today" : location.pathname;
  const load = Object.entries(lists).find(([of]) => of === path)?.[1];
  const view = load?.();
  view?.catch(() => undefined);
  const resumed = resumeSession();
  const readTasks = async () => {
    // What knows of time zones takes a moment to get ready: while the server is waited for.
    const zone = rememberedProfile()?.time_zone;
    if (zone !== undefined) void idle().then(() => dayIn(zone, new Date()));
    const [first] = await Promise.all([view, resumed]);
    if (first === undefined || location.search !== "" || accessToken() === null) return;
    await readAhead(queryClient, first.filterOn(dayIn(zoneNow(), new Date())));
  };
  // The router gets ready while the tasks are on their way.
  const ready = Promise.all([readTasks(), resumed.then(() => router.load())]).catch(() => undefined);
  const patience = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE_MS));
  await Promise.race([ready, patience]);
}

/** Where to go after signing in: a path of this page only, never another site. */
function safeNext(next: unknown): string {
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : "/today";
}

let asksForKept = true;

/** Once: later, what was read since is newer. */
async function showKept(): Promise<void> {
  if (!asksForKept) return;
  asksForKept = false;
  const { restoreLists } = await import("@/pwa/kept-lists");
  // Nothing kept, or nothing that can be read: the views say that the server cannot be reached.
  await restoreLists(queryClient).catch(() => undefined);
}

/** Everything that needs a person. */
const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  component: Shell,
  beforeLoad: async ({ location }) => {
    await resumeSession();
    if (getSession().status === "signed-in") {
      // Without the server, what was kept is all there is.
      if (accessToken() === null) await showKept();
      return;
    }
    const next = location.pathname === "/" ? undefined : location.href;
    throw redirect({ to: "/sign-in", search: next === undefined ? {} : { next }, replace: true });
  },
});

/** Everything that only somebody who is not signed in needs. */
const entrance = createRoute({
  getParentRoute: () => root,
  id: "entrance",
  component: Outlet,
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    search["next"] === undefined ? {} : { next: safeNext(search["next"]) },
  beforeLoad: async ({ search }) => {
    // An unreachable server is no reason to hide the form; sending it will say so.
    await resumeSession().catch(() => undefined);
    if (getSession().status === "signed-in") throw redirect({ href: safeNext(search.next), replace: true });
  },
});

const index = createRoute({
  getParentRoute: () => shell,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/today", replace: true });
  },
});

const signIn = createRoute({
  getParentRoute: () => entrance,
  path: "/sign-in",
  component: lazyRouteComponent(() => withWords(import("./views/sign-in")), "SignInPage"),
});
const register = createRoute({
  getParentRoute: () => entrance,
  path: "/register",
  component: lazyRouteComponent(() => withWords(import("./views/sign-in")), "RegisterPage"),
});

const today = createRoute({
  getParentRoute: () => shell,
  path: "/today",
  validateSearch: readListSearch,
  component: lazyRouteComponent(lists["/today"], "TodayView"),
});
const inbox = createRoute({
  getParentRoute: () => shell,
  path: "/inbox",
  validateSearch: readListSearch,
  component: lazyRouteComponent(lists["/inbox"], "InboxView"),
});
const upcoming = createRoute({
  getParentRoute: () => shell,
  path: "/upcoming",
  validateSearch: readListSearch,
  component: lazyRouteComponent(lists["/upcoming"], "UpcomingView"),
});
const completed = createRoute({
  getParentRoute: () => shell,
  path: "/completed",
  validateSearch: readListSearch,
  component: lazyRouteComponent(() => import("./views/completed"), "CompletedView"),
});
const trash = createRoute({
  getParentRoute: () => shell,
  path: "/trash",
  validateSearch: readListSearch,
  component: lazyRouteComponent(() => import("./views/trash"), "TrashView"),
});
const tag = createRoute({
  getParentRoute: () => shell,
  path: "/tag/$tag",
  validateSearch: readListSearch,
  component: lazyRouteComponent(() => import("./views/tag"), "TagView"),
});
const settings = createRoute({
  getParentRoute: () => shell,
  path: "/settings",
  component: lazyRouteComponent(() => withWords(import("./views/settings")), "SettingsView"),
});

const calendar = createRoute({
  getParentRoute: () => shell,
  path: "/calendar",
  validateSearch: readCalendarSearch,
  component: lazyRouteComponent(() => withWords(import("./views/calendar")), "CalendarView"),
});
const savedFilter = createRoute({
  getParentRoute: () => shell,
  path: "/filter/$id",
  validateSearch: readListSearch,
  component: lazyRouteComponent(() => withWords(import("./views/saved-filter")), "SavedFilterView"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    shell.addChildren([index, today, inbox, upcoming, completed, trash, tag, calendar, savedFilter, settings]),
    entrance.addChildren([signIn, register]),
  ]),
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  scrollRestoration: true,
  defaultPendingComponent: LoadingPage,
  defaultErrorComponent: BrokenPage,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
