import type { ComponentProps } from "react";

import { cx } from "@/lib/cx";

const control =
  "w-full min-w-0 rounded-lg border border-edge bg-surface px-3 text-base text-ink aria-invalid:border-danger focus-visible:outline-offset-0";

/* Fields below 16 px make iOS zoom in, hence the size on touch screens. */
const size = "pointer-coarse:text-[1rem]";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input {...rest} className={cx(control, size, "touch", className)} />;
}

export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea {...rest} className={cx(control, size, "min-h-20 resize-y py-2", className)} />;
}
