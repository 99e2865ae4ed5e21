// Writes what was measured into its section of docs/benchmarks.md.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";

export interface Row {
  what: string;
  reach: string;
  reached: string;
  met: boolean;
}

const FILE = join(import.meta.dirname, "../../../docs/benchmarks.md");
const BEGIN = "<!-- bench-ui:begin, written by `make bench-ui` -->";
const END = "<!-- bench-ui:end -->";

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

export async function report(rows: readonly Row[], runs: number): Promise<void> {
  const [cpu] = cpus();
  const machine = `${cpu?.model.trim() ?? "unknown processor"}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB of memory`;
  const section = [
    BEGIN,
    "",
    `Measured ${new Date().toISOString().slice(0, 10)} in headless Chromium on ${machine}; the server runs on the same machine. Medians of ${runs} loads, each in a new window that has become calm.`,
    "",
    "| what | reach | reached | met |",
    "|---|---|---|---|",
    ...rows.map((row) => `| ${row.what} | ${row.reach} | ${row.reached} | ${row.met ? "yes" : "**no**"} |`),
    "",
    END,
  ].join("\n");
  const text = readFileSync(FILE, "utf8");
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  writeFileSync(
    FILE,
    from < 0
      ? `${text.trimEnd()}\n\n## The web UI\n\n${section}\n`
      : text.slice(0, from) + section + text.slice(to + END.length),
  );
  for (const row of rows) process.stdout.write(`${row.met ? "met    " : "MISSED "} ${row.what}: ${row.reached}\n`);
}
