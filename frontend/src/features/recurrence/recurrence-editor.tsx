import { useState } from "react";

import type { Task, TaskPatch } from "@/api/types";
import { useToday } from "@/data/person";
import { useT } from "@/i18n/i18n";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";

import { CustomPattern } from "./custom-pattern";
import { Choice, Count } from "./fields";
import { Preview } from "./preview";
import { customFrom, type Pattern, patchOf, type Preset, PRESETS, presetOf, type Rule, ruleOf } from "./rule";

interface RecurrenceEditorProps {
  task: Task;
  /** As it is typed now. */
  due: string | null;
  /** What differs from the task; null when nothing does. */
  onChange: (patch: TaskPatch | null) => void;
}

/** Presets first, then a rule of one's own, cron for experts; always with the rule in words and its next dates. */
export function RecurrenceEditor({ task, due, onChange }: RecurrenceEditorProps) {
  const t = useT();
  const today = useToday();
  const [before] = useState(() => ruleOf(task));
  const [rule, setRule] = useState<Rule>(before);
  const [preset, setPreset] = useState<Preset>(() => presetOf(before.pattern));

  const isSame = (next: Rule) => JSON.stringify(next) === JSON.stringify(before);
  const change = (next: Rule) => {
    setRule(next);
    onChange(isSame(next) ? null : patchOf(next));
  };
  const choose = (next: Preset) => {
    setPreset(next);
    const pattern: Pattern =
      next === "custom"
        ? customFrom(rule.pattern)
        : next === "cron"
          ? rule.pattern.kind === "rule" || rule.pattern.kind === "cron"
            ? rule.pattern
            : { kind: "cron", cron: "0 9 * * 1-5" }
          : (PRESETS.find(([name]) => name === next)?.[1] ?? { kind: "none" });
    change({ ...rule, pattern });
  };
  const day = due?.slice(0, 10) ?? today;
  const { pattern } = rule;
  return (
    <fieldset className="flex flex-col gap-4">
      <legend className="sr-only">{t("repeat.label")}</legend>
      <Choice
        label={t("repeat.label")}
        value={preset}
        onChange={choose}
        options={[...PRESETS.map(([name]) => name), "custom" as const, "cron" as const].map((name) => ({
          value: name,
          label: t(`repeat.preset.${name}`),
        }))}
      />
      {preset === "custom" && pattern.kind === "plain" ? (
        <CustomPattern
          pattern={pattern}
          day={day}
          monthEnd={rule.monthEnd}
          onChange={(next) => change({ ...rule, pattern: next })}
          onMonthEnd={(monthEnd) => change({ ...rule, monthEnd })}
        />
      ) : null}
      {preset === "cron" ? <Expert pattern={pattern} onChange={(next) => change({ ...rule, pattern: next })} /> : null}
      {pattern.kind === "none" ? null : (
        <>
          <Preview
            task={task}
            patch={patchOf(rule)}
            due={due}
            isSaved={isSame(rule) && due === (task.due_date?.slice(0, 16) ?? null)}
          />
          <details
            open={rule.mode !== "schedule" || rule.missed !== "future" || rule.until !== null || rule.count !== null}
          >
            <summary className="touch flex cursor-pointer items-center text-sm font-medium">{t("repeat.more")}</summary>
            <div className="grid grid-cols-1 gap-4 pt-2 sm:grid-cols-2">
              <Choice
                label={t("repeat.mode")}
                value={rule.mode}
                options={[
                  { value: "schedule", label: t("repeat.mode.schedule") },
                  { value: "completion", label: t("repeat.mode.completion") },
                ]}
                onChange={(mode) => change({ ...rule, mode })}
              />
              <Choice
                label={t("repeat.missed")}
                value={rule.missed}
                options={[
                  { value: "future", label: t("repeat.missed.future") },
                  { value: "next", label: t("repeat.missed.next") },
                ]}
                onChange={(missed) => change({ ...rule, missed })}
              />
              <End rule={rule} onChange={change} />
            </div>
          </details>
        </>
      )}
    </fieldset>
  );
}

function End({ rule, onChange }: { rule: Rule; onChange: (rule: Rule) => void }) {
  const t = useT();
  const kind = rule.until !== null ? "until" : rule.count !== null ? "count" : "never";
  return (
    <>
      <Choice
        label={t("repeat.end")}
        value={kind}
        options={[
          { value: "never", label: t("repeat.end.never") },
          { value: "until", label: t("repeat.end.until") },
          { value: "count", label: t("repeat.end.count") },
        ]}
        onChange={(next) =>
          onChange({ ...rule, until: next === "until" ? "" : null, count: next === "count" ? 10 : null })
        }
      />
      {kind === "until" ? (
        <Field label={t("repeat.end.until.day")}>
          {(control) => (
            <Input
              {...control}
              type="date"
              max="9999-12-31"
              value={rule.until?.slice(0, 10) ?? ""}
              onChange={(event) => onChange({ ...rule, until: event.target.value })}
            />
          )}
        </Field>
      ) : null}
      {kind === "count" ? (
        <Count
          label={t("repeat.end.count.times")}
          value={rule.count ?? 1}
          onChange={(count) => onChange({ ...rule, count })}
        />
      ) : null}
    </>
  );
}

/** Five fields of cron, or a rule of RFC 5545: what it is, is told by its form. */
function Expert({ pattern, onChange }: { pattern: Pattern; onChange: (pattern: Pattern) => void }) {
  const t = useT();
  const text = pattern.kind === "cron" ? pattern.cron : pattern.kind === "rule" ? pattern.rule : "";
  return (
    <Field label={t("repeat.cron")} hint={t("repeat.cron.hint")}>
      {(control) => (
        <Input
          {...control}
          autoComplete="off"
          spellCheck={false}
          className="font-mono"
          maxLength={1000}
          value={text}
          onChange={(event) => {
            const value = event.target.value;
            onChange(/=/.test(value) ? { kind: "rule", rule: value } : { kind: "cron", cron: value });
          }}
        />
      )}
    </Field>
  );
}
