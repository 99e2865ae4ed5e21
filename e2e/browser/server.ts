// The process under test: `spindle up` on a free port and a data folder of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const ROOT = join(import.meta.dirname, "../..");
/** The first start compiles the components, in ms. */
const START_MS = 180_000;

export class Server {
  url = "";
  private child: ChildProcess | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), "spindle-browser-"));
  private readonly log: string[] = [];

  static async start(): Promise<Server> {
    const server = new Server();
    await server.launch("127.0.0.1:0");
    return server;
  }

  private async launch(listen: string): Promise<void> {
    const binary = process.env["SPINDLE_BIN"] ?? join(ROOT, "target/release/spindle");
    if (!existsSync(binary)) throw new Error(`${binary} is missing: run \`make build\`, or name it in SPINDLE_BIN`);
    const args = ["up", "--listen", listen, "--sidecar-listen", "127.0.0.1:0", "--data", join(this.folder, "data")];
    for (const limit of ["register_limit_per_minute", "login_limit_per_minute"]) {
      args.push("--variable", `${limit}=100000`);
    }
    const child = spawn(binary, [...args, "--log-format", "json"], { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    this.child = child;
    createInterface({ input: child.stderr }).on("line", (line) => {
      this.log.push(line);
      if (this.log.length > 60) this.log.shift();
    });
    const line = await new Promise<string>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`spindle did not get ready (${why}):\n${this.log.join("\n")}`));
      const timer = setTimeout(() => fail("no answer"), START_MS);
      createInterface({ input: child.stdout }).once("line", (ready) => {
        clearTimeout(timer);
        resolve(ready);
      });
      child.once("exit", (code) => {
        clearTimeout(timer);
        fail(`exit code ${code}`);
      });
    });
    this.url = (JSON.parse(line) as { url: string }).url.replace(/\/$/, "");
  }

  /** As when the power fails. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    this.child = undefined;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  /** Again, at the same address and on the same data. */
  restart(): Promise<void> {
    return this.launch(new URL(this.url).host);
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
