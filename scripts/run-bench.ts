/** Bundles bench/main.ts the way the command is bundled and runs it with the command's V8 options. */

import { spawnSync } from "node:child_process";
import { build } from "esbuild";
import { V8_FLAGS } from "../packages/cli/bin/v8-flags.js";

const OUTFILE = "dist/bench.js";

await build({
  entryPoints: ["bench/main.ts"],
  outfile: OUTFILE,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20.19",
  minifySyntax: true,
  logLevel: "warning",
});
const done = spawnSync(process.execPath, [...V8_FLAGS, OUTFILE, ...process.argv.slice(2)], { stdio: "inherit" });
process.exit(done.status ?? 1);
