/**
 * Bundles the command into one file, so that `npx ebb` starts without a loader: packages/cli/dist/ebb.js, or the file
 * named by the first argument; and beside it the thread of `ebb exec`.
 */

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { experimentTexts } from "./build/experiments.ts";

const manifest: unknown = JSON.parse(readFileSync("packages/cli/package.json", "utf8"));
const version = manifest !== null && typeof manifest === "object" && "version" in manifest ? manifest.version : "";

const outfile = process.argv[2] ?? "packages/cli/dist/ebb.js";
await bundle("packages/cli/src/main.ts", outfile);
await bundle("packages/cli/src/exec/guest-worker.ts", join(dirname(outfile), "guest-worker.js"));

function bundle(entry: string, into: string) {
  return build({
    entryPoints: [entry],
    outfile: into,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    sourcemap: true,
    // Puts constants where they are used: a quarter faster. Names stay, for stack traces and profiles.
    minifySyntax: true,
    define: { EBB_VERSION: JSON.stringify(version), EBB_EXPERIMENTS: JSON.stringify(experimentTexts()) },
    logLevel: "warning",
  });
}
