// What stands in the place of content that is not there.
import type { ReactNode } from "react";

import { cx } from "@/lib/cx";

interface EmptyStateProps {
  icon: ReactNode;
  title: string;
  hint: string;
  /** The one thing to do next. */
  action?: ReactNode;
}

export function EmptyState({ icon, title, hint, action }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center gap-2 px-4 py-16 text-center">
      <div
        aria-hidden
        className="mb-2 flex size-14 items-center justify-center rounded-full bg-accent-soft text-accent [&>svg]:size-6"
      >
        {icon}
      </div>
      <p className="text-lg font-semibold">{title}</p>
      <p className="max-w-sm text-muted">{hint}</p>
      {action === undefined ? null : <div className="mt-4">{action}</div>}
    </div>
  );
}

/** Grey rows of the height of what is to come, so that nothing jumps. */
export function SkeletonRows({ label, count = 6 }: { label: string; count?: number }) {
  return (
    <div role="status" aria-label={label}>
      {Array.from({ length: count }, (_, index) => (
        <div key={index} aria-hidden className="flex h-13 animate-pulse items-center gap-3 border-b border-line px-2">
          <div className="size-[1.15rem] rounded-full bg-hover" />
          <div
            className={cx("h-3.5 rounded bg-hover", index % 3 === 0 ? "w-1/2" : index % 3 === 1 ? "w-2/3" : "w-1/3")}
          />
        </div>
      ))}
    </div>
  );
}

interface ErrorStateProps {
  text: string;
  action: ReactNode;
}

export function ErrorState({ text, action }: ErrorStateProps) {
  return (
    <div role="alert" className="flex flex-col items-center gap-4 px-4 py-16 text-center">
      <p className="max-w-md">{text}</p>
      {action}
    </div>
  );
}
