import { useState } from "react";

import { useT } from "@/i18n/i18n";
import { Button } from "@/ui/button";

import { askForDesktop, desktopPermission } from "./desktop";

/** Whether reminders also come on the desktop: the browser asks the person, and keeps the answer. */
export function DesktopSetting() {
  const t = useT();
  const [permission, setPermission] = useState(desktopPermission);
  return (
    <div className="flex flex-col items-start gap-3">
      <p className="text-sm text-muted">{t(`settings.desktop.${permission}`)}</p>
      {permission === "default" ? (
        <Button onClick={() => void askForDesktop().then(setPermission)}>{t("settings.desktop.ask")}</Button>
      ) : null}
    </div>
  );
}
