import { Fragment } from "react";

const isMac = () => /Mac|iPhone|iPad/.test(navigator.userAgent);

const names: Readonly<Record<string, string>> = {
  ArrowDown: "↓",
  ArrowUp: "↑",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  Enter: "↵",
  Delete: "Del",
};

function nameOf(key: string): string {
  if (key === "mod") return isMac() ? "⌘" : "Ctrl";
  if (key === "shift") return "⇧";
  if (key === "alt") return isMac() ? "⌥" : "Alt";
  return names[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}

/** A shortcut in the notation of `lib/keyboard`, as it is pressed. */
export function Keys({ keys }: { keys: string }) {
  return (
    <span className="inline-flex items-center gap-1">
      {keys.split(" ").map((press) => (
        <Fragment key={press}>
          {press.split("+").map((key) => (
            <kbd
              key={key}
              className="min-w-5 rounded border border-line bg-sunken px-1 text-center font-sans text-xs text-muted"
            >
              {nameOf(key)}
            </kbd>
          ))}
        </Fragment>
      ))}
    </span>
  );
}
