import { type ReactNode, useId } from "react";

import { cx } from "@/lib/cx";

interface FieldProps {
  label: string;
  /** Said below the control while nothing is wrong. */
  hint?: string | undefined;
  /** What is wrong and what to do; stands in the place of the hint. */
  error?: string | undefined;
  className?: string;
  children: (control: {
    id: string;
    "aria-describedby": string | undefined;
    "aria-invalid": true | undefined;
  }) => ReactNode;
}

/** A label, a control and what is said about it, tied together for those who hear the page. */
export function Field({ label, hint, error, className, children }: FieldProps) {
  const id = useId();
  const said = error ?? hint;
  return (
    <div className={cx("flex min-w-0 flex-col gap-1", className)}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children({
        id,
        "aria-describedby": said === undefined ? undefined : `${id}-said`,
        "aria-invalid": error === undefined ? undefined : true,
      })}
      {said === undefined ? null : (
        <p id={`${id}-said`} className={cx("text-sm", error === undefined ? "text-muted" : "text-danger")}>
          {said}
        </p>
      )}
    </div>
  );
}
