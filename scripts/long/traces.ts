/** Every recorded trace of a folder through `ebb replay --check`, the command as it is shipped. */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const TRACE = /\.trace\.(txt|ebb)(\.gz|\.zst)?$/;
const EARLY = ".early-allocs.txt";
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;
const NAME_WIDTH = 52;
const CELL_WIDTH = 13;

/** The parts of the report that are shown; keys as in `ebb-replay-check/1`. */
const FIGURES = ["allocations", "matched", "mismatched", "undetermined", "agreed", "problems"] as const;

/** Prints a row for each trace; true when the command finds each of them explained. */
export function checkTraces(folder: string, print: (row: string) => void): boolean {
  const names = readdirSync(folder).sort();
  const traces = names.filter((name) => TRACE.test(name));
  const early = names.filter((name) => name.endsWith(EARLY));
  const scratch = mkdtempSync(join(tmpdir(), "ebb-traces-"));
  const program = join(scratch, "bin", "ebb.mjs");
  try {
    execFileSync(process.execPath, ["--import", "tsx", "scripts/build.ts", program]);
    print([`${folder}`.padEnd(NAME_WIDTH), ...FIGURES.map(cell), cell("swaps"), cell("seconds")].join(""));
    let nrFine = 0;
    for (const name of traces) if (checkTrace(program, folder, name, early, print)) nrFine++;
    print(`${folder}: ${traces.length} traces, ${nrFine} explained`);
    return traces.length > 0 && nrFine === traces.length;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function checkTrace(
  program: string,
  folder: string,
  name: string,
  early: readonly string[],
  print: (row: string) => void,
): boolean {
  const args = [program, "replay", join(folder, name), "--check", "--json"];
  const before = early.find((file) => kernelOf(file) === kernelOf(name));
  if (before !== undefined) args.push("--before", join(folder, before));
  const startMs = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  const seconds = (performance.now() - startMs) / 1000;
  if (status !== 0) print(`${name}: exit code ${status}\n${stderr}`);
  if (stdout === "") return false;
  const report: unknown = JSON.parse(stdout);
  const cells = FIGURES.map((key) => cell(String(figureOf(report, key))));
  const swaps = figureOf(report, "swaps");
  cells.push(cell(String(Array.isArray(swaps) ? swaps.length : "?")), cell(seconds.toFixed(1)));
  print([name.replace(TRACE, "").padEnd(NAME_WIDTH), ...cells].join(""));
  return status === 0 && figureOf(report, "mismatched") === 0;
}

/** Release and slab allocator, with which names begin: what was allocated early is the same for both. */
function kernelOf(name: string): string {
  return name.split("-").slice(0, 2).join("-");
}

function cell(text: string): string {
  return text.padStart(CELL_WIDTH);
}

function figureOf(object: unknown, key: string): unknown {
  return typeof object === "object" && object !== null && key in object ? Reflect.get(object, key) : undefined;
}
