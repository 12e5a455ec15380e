/**
 * Serves the page on this computer alone. What keeps others out:
 *
 *   127.0.0.1 only            no other computer reaches it
 *   a random token in the path   other users and pages of this computer do not know it
 *   Host must be its own      a name that resolves to 127.0.0.1 is not enough (DNS rebinding)
 *   Origin, where there is one, must be its own
 *   names from a table        no path of the file system is ever made from a request
 */

import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { ServedFiles } from "./page-files.ts";

const ADDRESS = "127.0.0.1";
const TOKEN_BYTES = 16;
const HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'; connect-src 'self'; " +
    "img-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-store",
};

export interface PageServer {
  /** Where the page is, with the token. */
  readonly url: string;
  /** Ends all connections; resolves when nothing is left. */
  close(): Promise<void>;
}

/**
 * Rejects with what the system says when the port cannot be had.
 *
 * @param port 0 for any that is free
 */
export async function startPageServer(files: ServedFiles, port: number): Promise<PageServer> {
  const token = randomBytes(TOKEN_BYTES).toString("hex");
  const server = createServer((request, response) => {
    const { status, headers, body } = answerTo(request, files, token, portOf(server));
    response.writeHead(status, { ...HEADERS, ...headers, "Content-Length": Buffer.byteLength(body) });
    response.end(request.method === "HEAD" ? undefined : body);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: ADDRESS, port, exclusive: true }, resolve);
  });
  return {
    url: `http://${ADDRESS}:${portOf(server)}/${token}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return address === null || typeof address === "string" ? 0 : address.port;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

function answerTo(request: IncomingMessage, files: ServedFiles, token: string, port: number): Answer {
  const [path = ""] = (request.url ?? "").split("?");
  if (!isOwn(request, port)) return refusal(403, "this server answers its own page only");
  if (path !== `/${token}` && !path.startsWith(`/${token}/`)) {
    return refusal(403, "the address needs the token that `ebb serve` printed");
  }
  if (request.method !== "GET" && request.method !== "HEAD") return refusal(405, "only GET and HEAD");
  if (path === `/${token}`) return { status: 308, headers: { Location: `/${token}/` }, body: "" };
  const name = path.slice(token.length + 2);
  const file = files.get(name === "" ? "index.html" : name);
  if (file === undefined) return refusal(404, "no such file of the page");
  return { status: 200, headers: { "Content-Type": file.type }, body: file.bytes };
}

/** Asked under the server's own name, by its own page or by nobody's. */
function isOwn({ headers }: IncomingMessage, port: number): boolean {
  const hosts = [`${ADDRESS}:${port}`, `localhost:${port}`];
  if (headers.host === undefined || !hosts.includes(headers.host)) return false;
  return headers.origin === undefined || headers.origin === `http://${headers.host}`;
}

function refusal(status: number, why: string): Answer {
  return { status, headers: { "Content-Type": "text/plain; charset=utf-8" }, body: `${status}: ${why}\n` };
}
