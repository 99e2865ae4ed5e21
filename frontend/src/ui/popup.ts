/** How whatever pops up beside a control looks. */
export const popupClass =
  "z-50 max-h-[var(--available-height)] min-w-48 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-xl border border-line bg-surface text-ink shadow-pop outline-none transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0";

export const popupItemClass =
  "touch flex w-full cursor-default items-center gap-2.5 rounded-lg px-2.5 text-sm outline-none select-none data-highlighted:bg-hover data-disabled:opacity-60";
