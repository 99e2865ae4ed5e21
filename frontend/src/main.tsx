// Before all others: the answer is on its way while they get ready.
import "@/app/resume";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "@/app/app";
import { startUp } from "@/app/router";
import { preferredLanguage, setLanguage } from "@/i18n/i18n";
import { watchTheme } from "@/lib/theme";

import "./styles.css";

watchTheme();
const root = document.getElementById("root");
if (root !== null) {
  const started = startUp();
  // The words first, so that no page is seen in one language and then in another.
  await setLanguage(preferredLanguage()).catch(() => setLanguage("en"));
  await started;
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
