/// <reference types="vitest/config" />
import { fileURLToPath } from "node:url";

import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

import { serviceWorker } from "./scripts/service-worker.ts";

// `SPINDLE_URL=http://127.0.0.1:3000 npm run dev` works on the page with a Spindle that runs; cookies pass through.
const server = process.env["SPINDLE_URL"] ?? "http://127.0.0.1:3000";

export default defineConfig({
  plugins: [react(), tailwindcss(), serviceWorker()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { proxy: { "/api": server, "/health": server } },
  preview: { proxy: { "/api": server, "/health": server } },
  // The policy of the web component forbids data: scripts and inline styles, so nothing is inlined.
  build: {
    rolldownOptions: {
      output: {
        hashCharacters: "base36",
        // What every view needs is one file: many small ones compress worse, and each is a request.
        codeSplitting: {
          groups: [
            {
              name: "base",
              test: /\/src\/(app\/resume\.|api|lib|data\/(announce|changes|commands|due-text|filter|keys|matching|person|preferences|reminder|successor|tags|task-calls|tasks|waiting)\.|i18n\/(en\/(catalogue|common|tasks)|[a-z0-9-]+)\.ts|ui\/(button|input|select|checkbox|states|menu|toast)\.)|node_modules\/(react|react-dom|scheduler|use-sync-external-store|openapi-fetch|@tanstack)\/|createLucideIcon|lucide-react\/.*\/icons\/(bell|calendar-days|circle-check|inbox|menu|plus|repeat|search|sun|trash|trash-2)\.m?js/,
            },
          ],
        },
      },
    },
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  test: { environment: "jsdom", setupFiles: "src/test/setup.ts", restoreMocks: true, testTimeout: 60_000 },
});
