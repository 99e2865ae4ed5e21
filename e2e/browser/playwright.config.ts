import { defineConfig } from "@playwright/test";

import { use } from "./browser";

export default defineConfig({
  testDir: "tests",
  // One server and one browser at a time: what is measured in seconds here must not wait for a neighbour.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  reporter: [["list"]],
  use,
});
