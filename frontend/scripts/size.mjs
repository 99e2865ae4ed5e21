// Fails when the script that the first view needs is over its budget, compressed as the web component sends it.
import { readdirSync, readFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";

const BUDGET_BYTES = 150 * 1024;
const dist = new URL("../dist/", import.meta.url);
const html = readFileSync(new URL("index.html", dist), "utf8");
const entries = [...html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map((match) => match[1]);

// All that is imported without being asked for, followed from the page's own scripts.
const files = new Set();
const follow = (name) => {
    if (files.has(name)) return;
    files.add(name);
    const code = readFileSync(new URL(name, dist), "utf8");
    for (const match of code.matchAll(/(?:\bfrom|\bimport)\s*["']\.\/([^"']+\.js)["']/g)) follow(`assets/${match[1]}`);
};
entries.forEach(follow);

// And the first view: what a signed-in person's first page loads at once.
for (const name of readdirSync(new URL("assets/", dist))) {
    if (/^today-.*\.js$/.test(name)) follow(`assets/${name}`);
}

let brotli = 0;
let gzip = 0;
for (const name of files) {
    const bytes = readFileSync(new URL(name, dist));
    brotli += brotliCompressSync(bytes).length;
    gzip += gzipSync(bytes, { level: 9 }).length;
}
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
process.stdout.write(
    `first load: ${files.size} scripts, ${kib(brotli)} brotli, ${kib(gzip)} gzip (budget ${kib(BUDGET_BYTES)})\n`,
);
if (gzip > BUDGET_BYTES) {
    process.stderr.write(
        "The first load is over its budget: load what the first view does not need with a dynamic import.\n",
    );
    process.exit(1);
}
