import { Menu as Base } from "@base-ui/react/menu";
import { Check } from "lucide-react";
import type { RefObject } from "react";

import { cx } from "@/lib/cx";

import type { MenuEntry } from "./menu";
import { popupClass, popupItemClass } from "./popup";

interface MenuPopupProps {
  anchor: RefObject<HTMLElement | null>;
  align: "start" | "end";
  open: boolean;
  onOpenChange: (open: boolean) => void;
  entries: () => readonly MenuEntry[];
}

export function MenuPopup({ anchor, align, open, onOpenChange, entries }: MenuPopupProps) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Positioner anchor={anchor} sideOffset={4} align={align} className="z-50">
          <Base.Popup finalFocus={anchor} className={cx(popupClass, "p-1")}>
            {entries().map((entry, index) => (
              <Entry key={entry.kind === "separator" ? index : entry.label} entry={entry} />
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function Entry({ entry }: { entry: MenuEntry }) {
  if (entry.kind === "separator") return <Base.Separator className="my-1 h-px bg-line" />;
  if (entry.kind === "item") {
    return (
      <Base.Item className={cx(popupItemClass, entry.danger && "text-danger")} onClick={entry.onSelect}>
        {entry.icon}
        {entry.label}
      </Base.Item>
    );
  }
  return (
    <Base.RadioGroup value={entry.value} onValueChange={(next: string) => entry.onChange(next)}>
      <Base.GroupLabel className="px-2.5 pt-2 pb-1 text-xs font-medium text-muted">{entry.label}</Base.GroupLabel>
      {entry.options.map((option) => (
        <Base.RadioItem key={option.value} value={option.value} className={popupItemClass} closeOnClick>
          <span className="flex size-4 items-center justify-center">
            <Base.RadioItemIndicator>
              <Check aria-hidden className="size-4" />
            </Base.RadioItemIndicator>
          </span>
          {option.label}
        </Base.RadioItem>
      ))}
    </Base.RadioGroup>
  );
}
