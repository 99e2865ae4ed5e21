import { useEffect } from "react";

import { usePerson } from "@/data/person";
import { DesktopSetting } from "@/features/reminders/desktop-setting";
import { AccountSection } from "@/features/settings/account-section";
import { SettingsForm } from "@/features/settings/settings-form";
import { SettingsSection } from "@/features/settings/settings-section";
import { useT } from "@/i18n/i18n";
import { firstViewShown } from "@/lib/first-view";

export function SettingsView() {
  const t = useT();
  const person = usePerson();
  const title = t("view.settings");
  useEffect(() => {
    document.title = `${title} · Spindle`;
    firstViewShown();
  }, [title]);
  if (person === null) return null;
  return (
    <>
      <h1 className="mb-4 text-xl font-bold tracking-tight">{title}</h1>
      <SettingsForm user={person} />
      <SettingsSection title={t("settings.reminders")}>
        <DesktopSetting />
      </SettingsSection>
      <AccountSection />
    </>
  );
}
