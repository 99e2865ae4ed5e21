// Sets the theme before the first paint; src/lib/theme.ts keeps it from then on. The names are the same in both.
(() => {
    let chosen = null;
    try {
        chosen = localStorage.getItem("spindle.theme");
    } catch {
        // Storage is blocked: the system's theme holds.
    }
    const dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
