/** Builds the page: one folder of files with relative names, for any server of files. */

import { resolve } from "node:path";
import { build } from "vite";
import { experimentTexts } from "./experiments.ts";

/** Where the time of a build goes is nothing that its user asked for. */
const QUIET = { pluginTimings: false };

/** @param outDir folder to be made, or emptied and filled again */
export async function buildWebPage(outDir: string): Promise<void> {
  await build({
    configFile: false,
    root: "packages/web",
    base: "./",
    logLevel: "warn",
    define: { EBB_EXPERIMENTS: JSON.stringify(experimentTexts()) },
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    worker: { format: "es", rolldownOptions: { checks: QUIET } },
    build: {
      outDir: resolve(outDir),
      emptyOutDir: true,
      target: "es2023",
      // Everything stands in a file: the page's security policy allows nothing else.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 2000,
      rolldownOptions: { checks: QUIET },
    },
  });
}
