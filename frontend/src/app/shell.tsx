// The frame around every view: where to go, who is signed in, what always works.
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { Bell as BellIcon, Menu as MenuIcon, Plus, Search } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { undoLastWithMessage } from "@/data/announce";
import { useLiveUpdates } from "@/data/changes";
import { usePerson } from "@/data/person";
import { useProfileFollowed } from "@/data/preferences";
import { OfflineBar } from "@/features/offline/offline-bar";
import { useT, withWords } from "@/i18n/i18n";
import { afterFirstView } from "@/lib/first-view";
import { useShortcut } from "@/lib/keyboard";
import { takeUpdate, useUpdateWaits } from "@/pwa/register";
import { Button, buttonClass } from "@/ui/button";

import { AccountMenu } from "./account-menu";
import { Navigation, PLACES } from "./navigation";

const Dialog = lazy(async () => ({ default: (await import("@/ui/dialog")).Dialog }));
const overlays = () => withWords(import("./overlays"));
const Reminders = lazy(afterFirstView(async () => ({ default: (await overlays()).Reminders })));
const Bell = lazy(afterFirstView(async () => ({ default: (await overlays()).Bell })));
const CommandPalette = lazy(async () => ({ default: (await overlays()).CommandPalette }));
const ShortcutSheet = lazy(async () => ({
  default: (await withWords(import("@/features/shortcuts/shortcut-sheet"))).ShortcutSheet,
}));
const UpdateBar = lazy(async () => ({
  default: (await withWords(import("@/features/offline/update-bar"))).UpdateBar,
}));
const NewTaskDialog = lazy(async () => ({ default: (await withWords(import("./task-dialogs"))).NewTaskDialog }));

/** `g` and a letter goes to a view. */
function GoTo({ to, label, keys }: { to: (typeof PLACES)[number]["to"]; label: string; keys: string }) {
  const t = useT();
  const navigate = useNavigate();
  useShortcut({ keys, label, group: t("keys.go"), run: () => void navigate({ to }) });
  return null;
}

export function Shell() {
  const t = useT();
  const person = usePerson();
  const navigate = useNavigate();
  const updateWaits = useUpdateWaits();
  const [menu, setMenu] = useState(false);
  const [adding, setAdding] = useState(false);
  const [sheet, setSheet] = useState(false);
  const [palette, setPalette] = useState<{ before: Element | null } | null>(null);
  useLiveUpdates();
  useProfileFollowed();
  const group = t("keys.general");
  const openPalette = () => setPalette((open) => (open === null ? { before: document.activeElement } : null));
  useShortcut({ keys: "q", group, label: t("task.add"), run: () => setAdding(true) });
  useShortcut({ keys: "a", group, label: t("task.add"), run: () => setAdding(true) });
  useShortcut({ keys: "mod+z", group, label: t("keys.undo"), run: () => void undoLastWithMessage() });
  useShortcut({
    keys: "mod+k",
    group,
    label: t("keys.palette"),
    run: openPalette,
    whileTyping: true,
  });
  useShortcut({ keys: "?", group, label: t("keys.sheet"), run: () => setSheet(true) });
  useShortcut({
    keys: "g s",
    group: t("keys.go"),
    label: t("view.settings"),
    run: () => void navigate({ to: "/settings" }),
  });
  if (person === null) return null;

  const bell = (
    <Suspense
      fallback={
        <span aria-hidden className={buttonClass("icon")}>
          <BellIcon className="size-5" />
        </span>
      }
    >
      <Bell />
    </Suspense>
  );
  const addButton = (
    <Button look="primary" className="w-full" onClick={() => setAdding(true)}>
      <Plus aria-hidden className="size-4" />
      {t("task.add")}
    </Button>
  );
  return (
    <>
      <a href="#main" className={buttonClass("primary", "fixed top-2 left-2 z-50 not-focus:sr-only")}>
        {t("app.skip")}
      </a>
      {PLACES.map((place) => (
        <GoTo key={place.to} to={place.to} label={t(place.label)} keys={`g ${place.key}`} />
      ))}
      <div className="md:grid md:grid-cols-[16.5rem_minmax(0,1fr)]">
        <aside className="sticky top-0 hidden h-dvh flex-col gap-3 overflow-y-auto bg-sunken p-3 [scrollbar-gutter:stable] md:flex">
          <div className="flex items-center gap-1">
            <div className="min-w-0 flex-1">
              <AccountMenu user={person} />
            </div>
            {bell}
          </div>
          {addButton}
          <nav aria-label={t("app.navigation")}>
            <Navigation />
          </nav>
        </aside>
        <div className="min-w-0">
          <div className="sticky top-0 z-30 bg-canvas pt-[env(safe-area-inset-top)]">
            <OfflineBar />
            {updateWaits ? (
              <Suspense>
                <UpdateBar onTake={takeUpdate} />
              </Suspense>
            ) : null}
            <header className="flex items-center justify-end px-2 md:hidden">
              <Button look="icon" aria-label={t("keys.palette")} onClick={openPalette}>
                <Search aria-hidden className="size-5" />
              </Button>
              {bell}
            </header>
          </div>
          <main
            id="main"
            tabIndex={-1}
            className="mx-auto w-full max-w-3xl px-4 pt-1 pb-[calc(7rem+env(safe-area-inset-bottom))] outline-none sm:px-8 md:pt-10 md:pb-24"
          >
            <Outlet />
          </main>
        </div>
      </div>
      <nav
        aria-label={t("app.menu")}
        className="fixed inset-x-0 bottom-0 z-30 grid grid-cols-5 items-center border-t border-line bg-surface px-1 pb-[env(safe-area-inset-bottom)] md:hidden"
      >
        {PLACES.slice(0, 2).map((place) => (
          <BottomLink key={place.to} place={place} />
        ))}
        <button
          type="button"
          aria-label={t("task.add")}
          className="mx-auto flex size-11 items-center justify-center rounded-full bg-accent text-on-accent"
          onClick={() => setAdding(true)}
        >
          <Plus aria-hidden className="size-6" />
        </button>
        {PLACES.slice(2, 3).map((place) => (
          <BottomLink key={place.to} place={place} />
        ))}
        <button
          type="button"
          onClick={() => setMenu(true)}
          className="flex h-14 flex-col items-center justify-center gap-0.5 rounded-lg text-xs text-muted"
        >
          <MenuIcon aria-hidden className="size-5" />
          {t("app.menu")}
        </button>
      </nav>
      {menu ? (
        <Suspense>
          <Dialog open onOpenChange={setMenu} title={t("app.name")} shape="side">
            <div className="-mx-2 flex flex-col gap-3">
              <nav aria-label={t("app.navigation")}>
                <Navigation onNavigate={() => setMenu(false)} />
              </nav>
              <AccountMenu user={person} />
            </div>
          </Dialog>
        </Suspense>
      ) : null}
      <Suspense>
        <Reminders />
      </Suspense>
      {palette === null ? null : (
        <Suspense>
          <CommandPalette before={palette.before} onClose={() => setPalette(null)} />
        </Suspense>
      )}
      {sheet ? (
        <Suspense>
          <ShortcutSheet onClose={() => setSheet(false)} />
        </Suspense>
      ) : null}
      {adding ? (
        <Suspense>
          <NewTaskDialog onClose={() => setAdding(false)} />
        </Suspense>
      ) : null}
    </>
  );
}

function BottomLink({ place: { to, label, icon: Icon } }: { place: (typeof PLACES)[number] }) {
  const t = useT();
  return (
    <Link
      to={to}
      className="flex h-14 flex-col items-center justify-center gap-0.5 rounded-lg text-xs text-muted"
      activeProps={{ className: "text-accent font-medium" }}
    >
      <Icon aria-hidden className="size-5" />
      {t(label)}
    </Link>
  );
}
