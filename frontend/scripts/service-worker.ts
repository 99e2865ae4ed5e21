import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

import type { Plugin } from "vite";

/** Builds sw/worker.ts into /sw.js and tells it the files of the build: all that the page can ask for, but the worker itself. */
export function serviceWorker(): Plugin {
  let publicDir = "";
  return {
    name: "spindle:service-worker",
    apply: "build",
    enforce: "post",
    configResolved: (config) => {
      ({ publicDir } = config);
    },
    buildStart() {
      this.emitFile({ type: "chunk", id: "sw/worker.ts", fileName: "sw.js" });
    },
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const worker = bundle["sw.js"];
        if (worker?.type !== "chunk") this.error("sw/worker.ts was not built");
        if (worker.imports.length > 0) this.error("sw/worker.ts may import nothing that the page has too");
        const hash = createHash("sha256");
        const files = [];
        for (const [name, file] of Object.entries(bundle)) {
          if (name === "sw.js") continue;
          files.push(`/${name}`);
          hash.update(name).update(file.type === "chunk" ? file.code : file.source);
        }
        for (const name of readdirSync(publicDir)) {
          files.push(`/${name}`);
          hash.update(name).update(readFileSync(`${publicDir}/${name}`));
        }
        worker.code = worker.code
          .replaceAll("SHELL_FILES", JSON.stringify(files.toSorted()))
          .replaceAll("SHELL_VERSION", JSON.stringify(hash.digest("hex").slice(0, 12)));
      },
    },
  };
}
