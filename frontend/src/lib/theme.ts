import { recall, remember } from "./storage";

export type Theme = "system" | "light" | "dark";

const KEY = "spindle.theme";
const prefersDark = () => window.matchMedia("(prefers-color-scheme: dark)");

export function chosenTheme(): Theme {
  const stored = recall(KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

function show(theme: Theme): void {
  const dark = theme === "dark" || (theme === "system" && prefersDark().matches);
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", dark ? "#181716" : "#fbfaf8");
}

/** Sets and remembers it in this browser (public/theme.js reads it at the next load). */
export function setTheme(theme: Theme): void {
  remember(KEY, theme === "system" ? null : theme);
  show(theme);
}

/** Follows the system while that is what was chosen. */
export function watchTheme(): void {
  show(chosenTheme());
  prefersDark().addEventListener("change", () => show(chosenTheme()));
}
