import type { ReactNode } from "react";

import { Field } from "@/ui/field";
import { Input } from "@/ui/input";
import { Select } from "@/ui/select";

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
}

export function Choice<Value extends string>({ label, ...select }: ChoiceProps<Value>): ReactNode {
  return <Field label={label}>{(control) => <Select id={control.id} {...select} />}</Field>;
}

interface CountProps {
  label: string;
  value: number;
  onChange: (value: number) => void;
}

/** As the API counts: 1 to 9,999. */
export function Count({ label, value, onChange }: CountProps) {
  return (
    <Field label={label}>
      {(control) => (
        <Input
          {...control}
          type="number"
          inputMode="numeric"
          min={1}
          max={9999}
          value={value}
          onChange={(event) => onChange(Math.min(9999, Math.max(1, Math.floor(event.target.valueAsNumber || 1))))}
        />
      )}
    </Field>
  );
}
