// Leaving: for now, or for good.
import { useState } from "react";

import { api, done } from "@/api/client";
import { toProblem } from "@/api/problem";
import { accountErased, signOut } from "@/api/session";
import { useT } from "@/i18n/i18n";
import { problemText } from "@/i18n/problem-text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";
import { showToast } from "@/ui/toast";

import { SettingsSection } from "./settings-section";

export function AccountSection() {
  const t = useT();
  const [erasing, setErasing] = useState(false);
  return (
    <SettingsSection title={t("settings.account")}>
      <div className="flex flex-wrap gap-2">
        <Button
          onClick={() =>
            void signOut().catch((error: unknown) => showToast({ title: problemText(toProblem(error)), tone: "error" }))
          }
        >
          {t("auth.sign-out")}
        </Button>
        <Button look="danger" onClick={() => setErasing(true)}>
          {t("settings.erase")}
        </Button>
      </div>
      <Dialog open={erasing} onOpenChange={setErasing} title={t("settings.erase.title")}>
        <EraseForm onCancel={() => setErasing(false)} />
      </Dialog>
    </SettingsSection>
  );
}

function EraseForm({ onCancel }: { onCancel: () => void }) {
  const t = useT();
  const [password, setPassword] = useState("");
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);

  const erase = async () => {
    if (password === "") {
      setError(t("auth.password.missing"));
      return;
    }
    setBusy(true);
    try {
      await done(api.DELETE("/api/me", { body: { password } }));
      showToast({ title: t("settings.erased") });
      accountErased();
    } catch (failure) {
      const problem = toProblem(failure);
      setError(problem.field("password") === undefined ? problemText(problem) : t("settings.erase.wrong"));
      setBusy(false);
    }
  };

  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void erase();
      }}
    >
      <p>{t("settings.erase.text")}</p>
      <Field label={t("auth.password")} error={error}>
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <div className="flex justify-end gap-2">
        <Button look="quiet" onClick={onCancel}>
          {t("app.cancel")}
        </Button>
        <Button type="submit" look="danger" busy={busy}>
          {t("settings.erase.now")}
        </Button>
      </div>
    </form>
  );
}
