// Stands between the browser and the server, and can make it look as if a newer build had come.
import { createServer, request, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";

export class Proxy {
  /** Added to the service worker: another text is another build. */
  newer = "";

  private constructor(
    private readonly server: HttpServer,
    readonly url: string,
  ) {}

  static async before(target: string): Promise<Proxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const proxy = new Proxy(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on("request", (asked, answer) => {
      // Whole and unpacked, whatever the browser has already.
      const { "accept-encoding": _, "if-none-match": _tag, ...headers } = asked.headers;
      const onward = request(new URL(asked.url ?? "/", target), { method: asked.method, headers }, (got) => {
        const extra = asked.url === "/sw.js" ? proxy.newer : "";
        const { "content-length": length, ...rest } = got.headers;
        const bytes = length === undefined ? {} : { "content-length": Number(length) + Buffer.byteLength(extra) };
        answer.writeHead(got.statusCode ?? 502, { ...rest, ...bytes });
        got.on("data", (chunk) => answer.write(chunk));
        got.on("end", () => answer.end(extra));
      });
      onward.on("error", () => answer.destroy());
      asked.pipe(onward);
    });
    return proxy;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
