// Makes the PNG icons of the installed page from frontend/public/icon.svg. Run when the icon changes: node icons.mjs
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { chromium } from "@playwright/test";

const folder = join(import.meta.dirname, "../../frontend/public");
const svg = readFileSync(join(folder, "icon.svg"), "utf8");
const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
/** `share` of the side is the drawing; systems cut the maskable one to a circle of 80 %. */
for (const [name, size, share, round] of [
    ["icon-192.png", 192, 0.72, 0.22],
    ["icon-512.png", 512, 0.72, 0.22],
    ["icon-maskable-512.png", 512, 0.56, 0],
]) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    const drawing = svg.replace("<svg ", `<svg width="${size * share}" height="${size * share}" `);
    await page.setContent(
        `<style>*{margin:0}body{background:transparent}div{width:${size}px;height:${size}px;border-radius:${size * round}px;` +
            `background:#fbfaf8;display:flex;align-items:center;justify-content:center}</style><div>${drawing}</div>`,
    );
    await page.screenshot({ path: join(folder, name), omitBackground: true });
    await page.close();
}
await browser.close();
