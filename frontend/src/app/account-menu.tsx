import { useNavigate } from "@tanstack/react-router";
import { ChevronsUpDown, LogOut, Settings } from "lucide-react";

import { toProblem } from "@/api/problem";
import { signOut } from "@/api/session";
import type { Profile, Theme } from "@/api/types";
import { savePreferences } from "@/data/preferences";
import { LANGUAGES, type Language, useLanguage, useT } from "@/i18n/i18n";
import { problemText } from "@/i18n/problem-text";
import { choice, MenuButton } from "@/ui/menu";
import { showToast } from "@/ui/toast";

const THEMES = ["system", "light", "dark"] as const;

function say(error: unknown): void {
  showToast({ title: problemText(toProblem(error)), tone: "error" });
}

export function AccountMenu({ user }: { user: Profile }) {
  const t = useT();
  const language = useLanguage();
  const navigate = useNavigate();
  const name = user.name === "" ? user.email : user.name;
  return (
    <MenuButton
      align="start"
      aria-label={t("app.account", { name })}
      className="touch flex w-full min-w-0 items-center gap-2.5 rounded-lg px-2 text-left hover:bg-hover"
      entries={() => [
        choice<Theme>({
          label: t("app.theme"),
          value: user.theme,
          options: THEMES.map((value) => ({ value, label: t(`app.theme.${value}`) })),
          onChange: (next) => void savePreferences({ theme: next }).catch(say),
        }),
        { kind: "separator" },
        choice<Language>({
          label: t("app.language"),
          value: language,
          options: (Object.entries(LANGUAGES) as [Language, string][]).map(([value, label]) => ({ value, label })),
          onChange: (next) => void savePreferences({ language: next }).catch(say),
        }),
        { kind: "separator" },
        {
          kind: "item",
          label: t("view.settings"),
          icon: <Settings aria-hidden className="size-4" />,
          onSelect: () => void navigate({ to: "/settings" }),
        },
        {
          kind: "item",
          label: t("auth.sign-out"),
          icon: <LogOut aria-hidden className="size-4" />,
          onSelect: () => void signOut().catch(say),
        },
      ]}
    >
      {/* By the style, since it is no text of the button: the name is. */}
      <span
        aria-hidden
        data-letter={[...name][0]}
        className="flex size-7 shrink-0 items-center justify-center rounded-full bg-accent text-xs font-semibold text-on-accent uppercase before:content-[attr(data-letter)]"
      />
      <span className="min-w-0 flex-1 truncate font-medium">{name}</span>
      <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-muted" />
    </MenuButton>
  );
}
