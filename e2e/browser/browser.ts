import { existsSync } from "node:fs";

import type { PlaywrightTestOptions, PlaywrightWorkerOptions } from "@playwright/test";

const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
if (!existsSync(executablePath)) {
  throw new Error(`${executablePath} is missing: run \`make test-e2e\`, or name a Chromium in CHROMIUM`);
}

/** Debian's Chromium, in English, with a clock in Berlin. Root has no sandbox. */
export const use: Partial<PlaywrightTestOptions & PlaywrightWorkerOptions> & Record<string, unknown> = {
  browserName: "chromium",
  launchOptions: { executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] },
  viewport: { width: 1280, height: 800 },
  locale: "en-GB",
  timezoneId: "Europe/Berlin",
  trace: "off",
  screenshot: "off",
};
