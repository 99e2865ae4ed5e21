import { ChevronDown } from "lucide-react";

import { cx } from "@/lib/cx";

interface SelectProps<Value extends string> {
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
  /** Of the field around it, or `aria-label` when it stands alone. */
  id?: string;
  "aria-label"?: string;
  "aria-describedby"?: string | undefined;
  className?: string;
}

/** The browser's own list: a wheel on a phone, known to every aid, and nothing to load. */
export function Select<Value extends string>({ value, options, onChange, className, ...named }: SelectProps<Value>) {
  return (
    <span className={cx("relative inline-flex", className)}>
      <select
        {...named}
        value={value}
        onChange={(event) => {
          const chosen = options.find((option) => option.value === event.target.value);
          if (chosen !== undefined) onChange(chosen.value);
        }}
        className="touch w-full cursor-pointer appearance-none rounded-lg border border-edge bg-surface pr-9 pl-3 text-sm text-ellipsis text-ink hover:bg-hover max-sm:pr-6 max-sm:pl-2.5 pointer-coarse:text-[1rem]"
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-3 size-4 -translate-y-1/2 text-muted max-sm:right-1.5"
      />
    </span>
  );
}
