// A button with a menu. Until it is pressed there is only the button: rows have one each, and the menu itself is loaded when needed.
import type { ComponentProps, ReactNode } from "react";
import { lazy, Suspense, useRef, useState } from "react";

const load = () => import("./menu-popup");
const MenuPopup = lazy(async () => ({ default: (await load()).MenuPopup }));

export type MenuEntry =
  | { kind: "item"; label: string; icon?: ReactNode; danger?: boolean; onSelect: () => void }
  /** One of several. Make it with `choice`, which checks the values. */
  | { kind: "choice"; label: string; value: string; options: readonly Option[]; onChange: (value: string) => void }
  | { kind: "separator" };
type Option = { value: string; label: string };

interface Choice<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
}

export function choice<Value extends string>({ label, value, options, onChange }: Choice<Value>): MenuEntry {
  return {
    kind: "choice",
    label,
    value,
    options,
    onChange: (chosen) => {
      const option = options.find((each) => each.value === chosen);
      if (option !== undefined) onChange(option.value);
    },
  };
}

interface MenuButtonProps extends Omit<ComponentProps<"button">, "ref" | "type" | "onClick"> {
  /** Asked when the menu is drawn. */
  entries: () => readonly MenuEntry[];
  /** What is to be loaded before they can be asked; begun once the button is near to being pressed. */
  prepare?: () => Promise<unknown>;
  align?: "start" | "end";
}

export function MenuButton({ entries, prepare, align = "end", ...button }: MenuButtonProps) {
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const [used, setUsed] = useState(false);
  const begin = () => {
    void load();
    void prepare?.();
  };
  const toggle = () => {
    setUsed(true);
    setOpen(!open);
  };
  return (
    <>
      <button
        {...button}
        ref={anchor}
        type="button"
        aria-haspopup="menu"
        aria-expanded={open}
        onPointerEnter={begin}
        onFocus={begin}
        onClick={() => {
          if (prepare === undefined) toggle();
          else void prepare().then(toggle);
        }}
      />
      {used ? (
        <Suspense>
          <MenuPopup anchor={anchor} align={align} open={open} onOpenChange={setOpen} entries={entries} />
        </Suspense>
      ) : null}
    </>
  );
}
