import { Check } from "lucide-react";

import { cx } from "@/lib/cx";

interface CheckboxProps {
  label: string;
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  /** Colour of the ring, as a text class. */
  tone?: string;
  className?: string;
}

/** A round one, as tasks have. The browser's own control underneath: there are many of them, and it knows every way to press it. */
export function Checkbox({ label, checked, onCheckedChange, tone = "text-edge", className }: CheckboxProps) {
  return (
    <span
      className={cx(
        "group/box touch-square relative inline-flex shrink-0 items-center justify-center",
        tone,
        className,
      )}
    >
      <input
        type="checkbox"
        aria-label={label}
        checked={checked}
        onChange={(event) => onCheckedChange(event.target.checked)}
        className="peer absolute inset-0 m-0 cursor-pointer appearance-none rounded-full"
      />
      <span className="pointer-events-none flex size-[1.15rem] shrink-0 items-center justify-center rounded-full border-[1.5px] border-current peer-checked:bg-current">
        <Check
          aria-hidden
          strokeWidth={3}
          className={cx("size-3", checked ? "text-surface" : "opacity-0 transition-opacity group-hover/box:opacity-70")}
        />
      </span>
    </span>
  );
}
