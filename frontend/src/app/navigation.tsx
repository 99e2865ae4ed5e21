import { Link } from "@tanstack/react-router";
import { CalendarDays, CalendarRange, CircleCheck, Inbox, type LucideIcon, Sun, Trash2 } from "lucide-react";

import { lazy, Suspense } from "react";

import { type Key, useT, withWords } from "@/i18n/i18n";
import { cx } from "@/lib/cx";
import { afterFirstView } from "@/lib/first-view";

const SavedNavigation = lazy(
  afterFirstView(async () => ({ default: (await withWords(import("./saved-navigation"))).SavedNavigation })),
);

interface Place {
  to: "/inbox" | "/today" | "/upcoming" | "/calendar" | "/completed" | "/trash";
  label: Key & `view.${string}`;
  icon: LucideIcon;
  /** After `g`. */
  key: string;
}

export const PLACES = [
  { to: "/today", label: "view.today", icon: Sun, key: "t" },
  { to: "/inbox", label: "view.inbox", icon: Inbox, key: "i" },
  { to: "/upcoming", label: "view.upcoming", icon: CalendarDays, key: "u" },
  { to: "/calendar", label: "view.calendar", icon: CalendarRange, key: "m" },
  { to: "/completed", label: "view.completed", icon: CircleCheck, key: "c" },
  { to: "/trash", label: "view.trash", icon: Trash2, key: "x" },
] as const satisfies readonly Place[];

/** The list of views, in the sidebar and in the menu of a phone. */
export function Navigation({ onNavigate }: { onNavigate?: () => void }) {
  const t = useT();
  return (
    <>
      <ul className="flex flex-col gap-0.5">
        {PLACES.map(({ to, label, icon: Icon }) => (
          <li key={to}>
            <Link
              to={to}
              {...(onNavigate === undefined ? {} : { onClick: onNavigate })}
              className="touch flex items-center gap-3 rounded-lg px-2.5 text-base text-ink hover:bg-hover"
              activeProps={{ className: "bg-hover font-semibold" }}
            >
              {({ isActive }) => (
                <>
                  <Icon aria-hidden className={cx("size-[1.15rem]", isActive ? "text-accent" : "text-muted")} />
                  {t(label)}
                </>
              )}
            </Link>
          </li>
        ))}
      </ul>
      <Suspense>
        <SavedNavigation onNavigate={onNavigate} />
      </Suspense>
    </>
  );
}
