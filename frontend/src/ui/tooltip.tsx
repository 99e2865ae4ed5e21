import { Tooltip as Base } from "@base-ui/react/tooltip";
import type { ReactElement } from "react";

interface TooltipProps {
  /** Says more for those who see it; the control itself needs its own name. */
  text: string;
  /** The shortcut, as it is pressed. */
  keys?: string;
  children: ReactElement;
}

export function Tooltip({ text, keys, children }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} className="z-50">
          <Base.Popup className="flex items-center gap-2 rounded-lg bg-ink px-2.5 py-1.5 text-xs text-canvas shadow-pop">
            {text}
            {keys === undefined ? null : <kbd className="rounded border border-current px-1 font-sans">{keys}</kbd>}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
