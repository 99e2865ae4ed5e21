import { defineConfig } from "@playwright/test";

import { use } from "./browser";

export default defineConfig({
  testDir: "bench",
  testMatch: "*.bench.ts",
  workers: 1,
  timeout: 15 * 60_000,
  expect: { timeout: 60_000 },
  reporter: [["list"]],
  use,
});
