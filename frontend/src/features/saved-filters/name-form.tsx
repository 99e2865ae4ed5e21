import { useState } from "react";

import { toProblem } from "@/api/problem";
import { useT } from "@/i18n/i18n";
import { problemText } from "@/i18n/problem-text";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";

/** Asks for the name of a filter; what is wrong with it stands beside it. */
export function NameForm({ name, onSave }: { name: string; onSave: (name: string) => Promise<void> }) {
  const t = useT();
  const [text, setText] = useState(name);
  const [error, setError] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);
  const save = async () => {
    const wanted = text.trim();
    if (wanted === "") {
      setError(t("saved.name.missing"));
      return;
    }
    setBusy(true);
    try {
      await onSave(wanted);
    } catch (problem) {
      const found = toProblem(problem);
      setError(found.field("name") ?? problemText(found));
      setBusy(false);
    }
  };
  return (
    <form
      noValidate
      className="flex w-64 flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Field label={t("saved.name")} error={error}>
        {(control) => (
          <Input
            {...control}
            dir="auto"
            autoComplete="off"
            maxLength={100}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" look="primary" busy={busy}>
        {t("app.save")}
      </Button>
    </form>
  );
}
