/** Builds the demo once, serves it to this machine and opens it in Debian's Chromium. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { build, preview } from "vite";
import { BROWSER_ARGUMENTS, CHROMIUM } from "./chromium.ts";

const ROOT = fileURLToPath(new URL(".", import.meta.url));

export interface OpenDemo {
  readonly browser: Browser;
  /** A new page on the demo, ready. `query` as in `?chunks=1000`. */
  readonly open: (query: string, options?: Parameters<Browser["newPage"]>[0]) => Promise<Page>;
  readonly close: () => Promise<void>;
}

export async function openDemo(): Promise<OpenDemo> {
  const outDir = mkdtempSync(join(tmpdir(), "ebb-views-"));
  const common = { root: ROOT, configFile: false, logLevel: "error", base: "./" } as const;
  await build({
    ...common,
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: { outDir, emptyOutDir: true },
  });
  const server = await preview({ ...common, build: { outDir }, preview: { port: 0, host: "127.0.0.1" } });
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...BROWSER_ARGUMENTS] });
  const address = server.httpServer.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  return {
    browser,
    open: async (query, options) => {
      const page = await browser.newPage(options);
      await page.goto(`http://127.0.0.1:${port}/${query}`);
      await page.waitForSelector(".ebb-map canvas");
      return page;
    },
    close: async () => {
      await browser.close();
      await server.close();
      rmSync(outDir, { recursive: true });
    },
  };
}
