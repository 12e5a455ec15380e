/** The page as a folder of files: what it weighs, and that any server of files can host it. */

import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { NO_BROWSER, ready, Visit } from "./testing.ts";

/** Compressed, all that is loaded before Run. */
const MAX_INITIAL_BYTES = 300_000;
const FOLDER = "/some/where";
const TYPES: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

const web = join(inject("built"), "web");
const files = readdirSync(web, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));

/** A server of files as a host of static pages has: no header of its own. */
const host = createServer((request, response) => {
  const path = (request.url ?? "").split("?")[0] ?? "";
  const name = path === `${FOLDER}/` ? "index.html" : path.slice(FOLDER.length + 1);
  const file = path.startsWith(`${FOLDER}/`) ? files.find((one) => one === join(web, name)) : undefined;
  response.writeHead(file === undefined ? 404 : 200, { "Content-Type": TYPES[extname(name)] ?? "image/svg+xml" });
  response.end(file === undefined ? "" : readFileSync(file));
});
const visit = new Visit();
beforeAll(() => new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve)));
afterAll(async () => {
  await visit.end();
  host.close();
});

test("the page before Run is small", () => {
  const initial = files.filter((file) => !/worker-[^/]*\.js$/.test(file));
  expect(initial.length).toBe(files.length - 1);
  const nrBytes = initial.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
  process.stderr.write(`initial page: ${nrBytes} bytes compressed\n`);
  expect(nrBytes).toBeLessThan(MAX_INITIAL_BYTES);
});

test("it names nothing but its own files, and has no script or style outside of them", () => {
  const html = readFileSync(join(web, "index.html"), "utf8");
  const named = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1] ?? "");
  expect(named.length).toBeGreaterThan(2);
  for (const name of named) expect(files).toContain(join(web, name));
  expect(html).not.toMatch(/<script(?![^>]*src=)|<style|style="/);
});

test("it runs in a folder of any host", async (context) => {
  if (NO_BROWSER !== undefined) context.skip(NO_BROWSER);
  const { port } = host.address() as AddressInfo;
  const { page, errors } = await visit.open(`http://127.0.0.1:${port}${FOLDER}/`);
  // The editor and the icon come behind the page: what is asked for from here on is asked for by the run.
  await page.waitForLoadState("networkidle");
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.getByLabel("Script").first().selectOption("experiments/hollow-chunks.sh");
  await page.getByRole("button", { name: "Run" }).click();
  await ready(page);
  expect(errors).toEqual([]);
  // The model is in the page: running asks for the worker's file and nothing else.
  expect(asked.length).toBeGreaterThan(0);
  for (const url of asked) expect(url).toMatch(/\/some\/where\/assets\/worker-[^/]*\.js$/);
});
