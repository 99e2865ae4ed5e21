// The module in the browser's form reads the shared texts as the Rust test of the same vectors has it.
// Run by `make quick-test`: node crates/quick-wasm/tests/browser.mjs DIRECTORY-OF-THE-MODULE
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const generated = resolve(process.argv[2]);
const vectors = JSON.parse(await readFile(new URL("../../domain/tests/vectors/quick.json", import.meta.url), "utf8"));
const quick = await import(pathToFileURL(`${generated}/quick.js`).href);
await quick.default({ module_or_path: await readFile(`${generated}/quick_bg.wasm`) });

function parse(text, { now, time_zone, literal, week_start = "", language = "" }) {
  return JSON.parse(quick.parseJson(text, Date.parse(now), time_zone, literal, week_start, language));
}

for (const { text, options, read } of vectors) {
  assert.deepEqual(parse(text, options), read, text);
  for (const span of read.spans) assert.equal(text.slice(span.start, span.end), span.text, text);
}
const { options } = vectors[0];
assert.throws(() => parse("a", { ...options, time_zone: "Mars" }), /time_zone/);
assert.throws(() => parse("a", { ...options, now: "soon" }), /now/);

// A page that types for hours.
const begin = performance.now();
for (let round = 0; round < 2000; round += 1) parse(vectors[1].text, options);
const micros = Math.round(((performance.now() - begin) / 2000) * 1000);
console.log(`${vectors.length} texts are read alike; ${micros} µs each`);
