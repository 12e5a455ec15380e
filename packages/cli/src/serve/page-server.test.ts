/** Who may ask the page's server for what: nobody without the token, no other page, nothing but its own files. */

import { request } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ServedFiles } from "./page-files.ts";
import { type PageServer, startPageServer } from "./page-server.ts";

const FILES: ServedFiles = new Map([
  ["index.html", { type: "text/html; charset=utf-8", bytes: Buffer.from("<title>page</title>") }],
  ["assets/main.js", { type: "text/javascript; charset=utf-8", bytes: Buffer.from("1;") }],
]);

interface Got {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

let server: PageServer;
let port: number;
let token: string;

beforeAll(async () => {
  server = await startPageServer(FILES, 0);
  const url = new URL(server.url);
  port = Number(url.port);
  token = url.pathname;
});
afterAll(() => server.close());

/** Sends exactly this path: no client tidies it up first. */
function get(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = request({
      host: "127.0.0.1",
      port,
      path,
      method,
      headers: { Host: `127.0.0.1:${port}`, ...headers },
    });
    asked.on("error", reject).on("response", (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    asked.end();
  });
}

describe("its own page", () => {
  test("comes with the headers that keep it to itself", async () => {
    const { status, headers, body } = await get(token);
    expect([status, body]).toEqual([200, "<title>page</title>"]);
    expect(headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "no-store",
    });
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe-(?:inline|eval)/);
  });

  test("has files by name, a query aside", async () => {
    expect(await get(`${token}assets/main.js`)).toMatchObject({ status: 200, body: "1;" });
    expect(await get(`${token}?given`)).toMatchObject({ status: 200, body: "<title>page</title>" });
    expect(await get(`${token}index.html`, {}, "HEAD")).toMatchObject({ status: 200, body: "" });
    expect(await get(token.slice(0, -1))).toMatchObject({ status: 308, headers: { location: token } });
  });

  test("may ask with its own Origin, by either name of this computer", async () => {
    expect(await get(token, { Origin: `http://127.0.0.1:${port}` })).toMatchObject({ status: 200 });
    const Host = `localhost:${port}`;
    expect(await get(token, { Host, Origin: `http://${Host}` })).toMatchObject({ status: 200 });
  });

  test("has another token each time", async () => {
    const other = await startPageServer(FILES, 0);
    expect(new URL(other.url).pathname).not.toBe(token);
    expect(token).toMatch(/^\/[0-9a-f]{32}\/$/);
    await other.close();
  });
});

describe("others", () => {
  test.each(["/", "/index.html", "/assets/main.js", "/0123456789abcdef0123456789abcdef/", "//", "*"])(
    "%s: no token, no answer",
    async (path) => {
      expect(await get(path)).toMatchObject({ status: 403, body: expect.not.stringContaining("page</title>") });
    },
  );

  test("a token that only begins right", async () => {
    expect(await get(`${token.slice(0, -1)}0/`)).toMatchObject({ status: 403 });
    expect(await get(token.slice(0, -2))).toMatchObject({ status: 403 });
  });

  test.each(["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1", "localhost", "[::1]:80"])(
    "Host %j",
    async (Host) => {
      expect(await get(token, { Host })).toMatchObject({ status: 403 });
    },
  );

  test.each(["http://evil.example", "null", "https://127.0.0.1", "file://"])("Origin %j", async (Origin) => {
    expect(await get(token, { Origin })).toMatchObject({ status: 403 });
  });

  test("Origin of the other name of this computer, or another port", async () => {
    expect(await get(token, { Origin: `http://localhost:${port}` })).toMatchObject({ status: 403 });
    expect(await get(token, { Origin: `http://127.0.0.1:${port === 65_535 ? 1 : port + 1}` })).toMatchObject({
      status: 403,
    });
  });

  test.each(["POST", "PUT", "DELETE", "OPTIONS"])("%s", async (method) => {
    expect(await get(token, {}, method)).toMatchObject({ status: 405 });
  });

  test.each([
    "../../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/etc/passwd",
    "assets/../index.html",
    "assets/",
    "assets//main.js",
    "/etc/passwd",
    "index.html%00.js",
    "..\\..\\etc\\passwd",
    "__proto__",
    "constructor",
  ])("%s: no such file", async (name) => {
    expect(await get(token + name)).toMatchObject({ status: 404 });
  });
});

test("only this computer's own address is listened on", async () => {
  expect(new URL(server.url).hostname).toBe("127.0.0.1");
  // All of 127.0.0.0/8 is this computer: an address that is not listened on refuses.
  await expect(reach("127.0.0.2")).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

test("closing ends open connections, and nothing answers afterwards", async () => {
  const one = await startPageServer(FILES, 0);
  const at = Number(new URL(one.url).port);
  const socket = connect(at, "127.0.0.1");
  await new Promise((resolve) => socket.once("connect", resolve));
  const closed = new Promise((resolve) => socket.once("close", resolve));
  await one.close();
  await closed;
  await expect(reach("127.0.0.1", at)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

test("a port that is taken is an error of the system", async () => {
  await expect(startPageServer(FILES, port)).rejects.toMatchObject({ code: "EADDRINUSE" });
});

function reach(host: string, at = port): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(at, host);
    socket.once("error", reject).once("connect", () => {
      socket.destroy();
      resolve();
    });
  });
}
