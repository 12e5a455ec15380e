/**
 * The long tests: recorded traces of a folder (with --goldens, of operations and what an allocator says to them; with
 * --traces, of real kernels, through `ebb replay --check`), random runs of a million operations for each policy, and
 * random histories of whole machines, a step for each fifty operations.
 *
 *   npm run test:long -- [--goldens DIR]... [--traces DIR]... [--fuse N] [--frames] [--operations N] [--seed S]
 *                        [--policy P]
 *
 * --fuse lets real programs do so many operations through FUSE; --frames measures how smoothly the page's map moves in a
 * headless Chromium, 50 frames/s or more, and how fast it goes to any instant of a million events, within 200 ms. With --goldens, --traces, --fuse or --frames only these are run, unless
 * --operations or --seed asks for random runs as well. Exit code 0: all matched; 1: something did not; 2: wrong arguments.
 */

import { statSync } from "node:fs";
import { parseArgs } from "node:util";
import { PERCPU_POLICIES, percpuPolicy } from "@ebb/model";
import { runFrames } from "./long/frames.ts";
import { runFuse } from "./long/fuse.ts";
import { runGoldens } from "./long/goldens.ts";
import { runRandomMachines } from "./long/machines.ts";
import { runRandom } from "./long/random.ts";
import { runScrub } from "./long/scrub.ts";
import { checkTraces } from "./long/traces.ts";

const DEFAULT_OPERATIONS = 1_000_000;
/** A step of a whole machine takes about as long, with its share of recounting. */
const OPERATIONS_PER_STEP = 50;
const DEFAULT_SEED = 20261120;

interface LongArguments {
  readonly folders: readonly string[];
  readonly traceFolders: readonly string[];
  readonly policyNames: readonly string[];
  readonly nrFuseOperations: number;
  readonly frames: boolean;
  readonly random: boolean;
  readonly nrOperations: number;
  readonly seed: number;
}

class UsageError extends Error {}

function wholeNumber(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^[0-9]{1,9}$/.test(text)) throw new UsageError(`${name} must be a whole number below 10^9, not ${text}`);
  return Number(text);
}

function readArguments(args: readonly string[]): LongArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      goldens: { type: "string", multiple: true },
      traces: { type: "string", multiple: true },
      fuse: { type: "string" },
      frames: { type: "boolean" },
      operations: { type: "string" },
      seed: { type: "string" },
      policy: { type: "string" },
    },
  });
  const folders = values.goldens ?? [];
  const traceFolders = values.traces ?? [];
  for (const folder of [...folders, ...traceFolders]) {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new UsageError(`no folder ${folder}`);
  }
  const nrFuseOperations = wholeNumber("--fuse", values.fuse, 0);
  const known = PERCPU_POLICIES.map((policy) => policy.name);
  if (values.policy !== undefined && percpuPolicy(values.policy) === undefined) {
    throw new UsageError(`no policy ${values.policy}; there are ${known.join(", ")}`);
  }
  return {
    folders,
    traceFolders,
    policyNames: values.policy === undefined ? known : [values.policy],
    nrFuseOperations,
    frames: values.frames === true,
    random:
      (folders.length + traceFolders.length + nrFuseOperations === 0 && values.frames !== true) ||
      values.operations !== undefined ||
      values.seed !== undefined,
    nrOperations: wholeNumber("--operations", values.operations, DEFAULT_OPERATIONS),
    seed: wholeNumber("--seed", values.seed, DEFAULT_SEED),
  };
}

function print(row: string): void {
  process.stdout.write(`${row}\n`);
}

async function main(): Promise<number> {
  let args: LongArguments;
  try {
    args = readArguments(process.argv.slice(2));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`test-long: ${message}\n`);
    process.stderr.write(
      "usage: npm run test:long -- [--goldens DIR]... [--traces DIR]... [--fuse N] [--frames] [--operations N] [--seed S] [--policy P]\n",
    );
    return 2;
  }
  let ok = true;
  for (const folder of args.folders) ok = runGoldens(folder, args.policyNames, print) && ok;
  for (const folder of args.traceFolders) ok = checkTraces(folder, print) && ok;
  if (args.nrFuseOperations > 0) ok = runFuse(args.nrFuseOperations, print) && ok;
  if (args.frames) ok = (await runFrames(print)) && (await runScrub(print)) && ok;
  if (args.random) {
    ok = runRandom(args.policyNames, args.nrOperations, args.seed, print) && ok;
    ok = runRandomMachines(Math.ceil(args.nrOperations / OPERATIONS_PER_STEP), args.seed, print) && ok;
  }
  return ok ? 0 : 1;
}

process.exitCode = await main();
