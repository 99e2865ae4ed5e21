import type { ComponentProps } from "react";

import { cx } from "@/lib/cx";

const looks = {
  primary: "bg-accent text-on-accent hover:bg-accent-hover px-4",
  plain: "bg-surface text-ink border border-line hover:bg-hover px-4",
  accent: "text-accent hover:bg-hover px-3",
  quiet: "text-muted hover:bg-hover hover:text-ink px-3",
  danger: "text-danger hover:bg-hover px-3",
  icon: "text-muted hover:bg-hover hover:text-ink touch-square",
} as const;

export type ButtonLook = keyof typeof looks;

/** For a link or a trigger of another component that is to look like a button. */
export function buttonClass(look: ButtonLook = "plain", extra?: string): string {
  return cx(
    "touch inline-flex shrink-0 items-center justify-center gap-2 rounded-lg text-sm font-medium select-none",
    "transition-colors disabled:opacity-60",
    looks[look],
    extra,
  );
}

export interface ButtonProps extends ComponentProps<"button"> {
  look?: ButtonLook;
  /** Says that what was pressed is under way; a second press does nothing. */
  busy?: boolean;
}

/** An icon alone needs an `aria-label`. */
export function Button({ look = "plain", busy = false, className, type = "button", onClick, ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      className={buttonClass(look, className)}
      aria-busy={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    />
  );
}
