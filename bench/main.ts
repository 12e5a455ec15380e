/**
 * The project's benchmarks, printed as tables; run through `npm run bench`, which bundles this file as the command is
 * bundled. Options: `--goldens DIR` (default: the fixtures), `--smoke` (one short run each), `--only import` or
 * `--only replay` (of traces only), `--record` (writes bench/results/CPU-NODE.json).
 */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { benchDying, type DyingPoint } from "./dying.ts";
import { benchGolden, type GoldenSpeed, goldenTimings } from "./goldens.ts";
import { benchGrowth } from "./growth.ts";
import { benchScripts } from "./scripts.ts";
import { benchSlab, SLAB_PATTERNS, type SlabSpeed } from "./slab.ts";
import { benchSlabArrays } from "./slab-arrays.ts";
import { benchTraceFile, type TraceFileSpeed } from "./trace-file.ts";
import { benchImport, IMPORT_INPUTS, type ImportSpeed } from "./trace-import.ts";
import { benchLongReplay, benchReplay, type LongReplay, REPLAY_INPUTS, type ReplaySpeed } from "./trace-replay.ts";

const { values } = parseArgs({
  options: {
    goldens: { type: "string", default: "fixtures/percpu-golden" },
    smoke: { type: "boolean", default: false },
    record: { type: "boolean", default: false },
    one: { type: "string" },
    dying: { type: "string" },
    slab: { type: "string" },
    "trace-file": { type: "boolean", default: false },
    import: { type: "string" },
    replay: { type: "string" },
    "long-replay": { type: "string" },
    only: { type: "string" },
  },
});
const print = (row: string) => process.stdout.write(`${row}\n`);

if (values.dying !== undefined) print(JSON.stringify(benchDying(Number(values.dying))));
else if (values.slab !== undefined) print(JSON.stringify(benchSlab(values.slab, values.smoke)));
else if (values["trace-file"]) print(JSON.stringify(benchTraceFile(values.smoke)));
else if (values.import !== undefined) print(JSON.stringify(benchImport(values.import, values.smoke)));
else if (values.replay !== undefined) print(JSON.stringify(benchReplay(values.replay, values.smoke)));
else if (values["long-replay"] !== undefined) print(JSON.stringify(benchLongReplay(Number(values["long-replay"]))));
else if (values.only === "import") benchImports();
else if (values.only === "replay") benchReplays();
else if (values.one === undefined) benchAll();
else {
  const [golden = "", policy = ""] = values.one.split(" ");
  print(JSON.stringify(benchGolden(values.goldens, golden, policy, values.smoke)));
}

/** Each golden and policy in a process of its own, as a user runs it: what one leaves in the compiler is not the next one's. */
function benchApart({ golden, policy }: { readonly golden: string; readonly policy: string }): GoldenSpeed {
  return inOwnProcess(["--one", `${golden} ${policy}`, "--goldens", values.goldens]);
}

/** Runs this program with `args` and reads the JSON it prints. */
function inOwnProcess<T>(args: readonly string[]): T {
  const all = [...process.execArgv, process.argv[1] ?? "", ...args, ...(values.smoke ? ["--smoke"] : [])];
  const child = spawnSync(process.execPath, all, { encoding: "utf8" });
  if (child.status !== 0) throw new Error(`${args.join(" ")}: ${child.stderr}`);
  return JSON.parse(child.stdout);
}

function benchAll(): void {
  const machine = `${cpus()[0]?.model ?? "unknown CPU"}, Node ${process.version}`;
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  print(`${machine}, commit ${commit}; third fastest of eight runs, each golden and policy in a process of its own\n`);

  const goldens = goldenTimings(values.goldens).map(benchApart);
  print("golden                        policy    operations   Mop/s   of kernel C   state hash");
  for (const g of goldens) {
    const share = g.ofKernelC === undefined ? "-" : g.ofKernelC.toFixed(2);
    print(
      `${g.golden.padEnd(29)} ${g.policy.padEnd(9)} ${String(g.operations).padStart(10)} ${g.millionOpsPerSecond.toFixed(2).padStart(7)} ${share.padStart(13)}   ${g.stateHash}`,
    );
  }

  const growth = benchGrowth(values.smoke ? [10, 100] : [10, 100, 1000, 10_000], values.smoke);
  print("\nchunks   ns per operation   bookkeeping bytes per chunk (unit 256 KiB)");
  for (const p of growth) {
    print(
      `${String(p.chunks).padStart(6)} ${p.nsPerOperation.toFixed(0).padStart(18)} ${p.bytesPerChunk.toFixed(0).padStart(29)}`,
    );
  }

  const sizes = values.smoke ? [100, 1000] : [1000, 10_000, 100_000];
  const dying = sizes.map((n) => inOwnProcess<DyingPoint>(["--dying", String(n)]));
  print("\ncgroups, 10 pinned files each   seconds   us per cgroup   peak MB   dying    end   state hash");
  for (const p of dying) {
    print(
      `${String(p.cgroups).padStart(29)} ${p.seconds.toFixed(2).padStart(9)} ${p.usPerCgroup.toFixed(0).padStart(15)} ${p.peakMb.toFixed(0).padStart(9)} ${String(p.dying[0]).padStart(7)} ${String(p.dying[1]).padStart(6)}   ${p.stateHash}`,
    );
  }

  const slab = SLAB_PATTERNS.map((pattern) => inOwnProcess<SlabSpeed>(["--slab", pattern]));
  print("\nslab objects                   operations   Mop/s   state hash");
  for (const p of slab) {
    print(
      `${`${p.allocator}, ${p.pattern}`.padEnd(29)} ${String(p.operations).padStart(11)} ${p.millionOpsPerSecond.toFixed(1).padStart(7)}   ${p.stateHash}`,
    );
  }

  const slabArrays = benchSlabArrays(values.smoke);
  print("\nSLAB arrays     million pairs of alloc and free/s   state sum");
  for (const p of slabArrays) {
    const pairs = p.millionPairsPerSecond.toFixed(1);
    print(`${p.pattern.padEnd(15)} ${pairs.padStart(33)} ${String(p.stateSum).padStart(11)}`);
  }

  const traceFile = inOwnProcess<TraceFileSpeed>(["--trace-file"]);
  print("\n.ebb file           events   bytes/event   million written/s   million read/s   checksum");
  print(
    `${"made-up trace".padEnd(15)} ${String(traceFile.events).padStart(10)} ${traceFile.bytesPerEvent.toFixed(2).padStart(13)} ${traceFile.millionWrittenPerSecond.toFixed(1).padStart(19)} ${traceFile.millionReadPerSecond.toFixed(1).padStart(16)} ${String(traceFile.checksum).padStart(10)}`,
  );

  const imports = benchImports();
  const replays = benchReplays();

  const scripts = benchScripts(values.smoke);
  print("\nwhole process                                    seconds");
  for (const s of scripts) print(`${s.command.padEnd(48)} ${s.seconds.toFixed(2)}`);

  if (values.record) {
    const folder = "bench/results";
    mkdirSync(folder, { recursive: true });
    const file = `${folder}/${machine.replace(/[^A-Za-z0-9.]+/g, "-")}.json`;
    writeFileSync(
      file,
      `${JSON.stringify({ machine, commit, goldens, growth, dying, slab, slabArrays, traceFile, imports, replays, scripts }, undefined, 2)}\n`,
    );
    print(`\nrecorded in ${file}`);
  }
}

/** Import of traces, each input in a process of its own. */
function benchImports(): readonly ImportSpeed[] {
  const imports = IMPORT_INPUTS.map((name) => inOwnProcess<ImportSpeed>(["--import", name]));
  print("\nimport of                 lines, events   bytes each   million/s   peak MB   column sum");
  for (const p of imports) {
    print(
      `${p.input.padEnd(25)} ${String(p.nrRead).padStart(13)} ${p.bytesEach.toFixed(0).padStart(12)} ${p.millionPerSecond.toFixed(2).padStart(11)} ${p.peakMb.toFixed(0).padStart(9)} ${String(p.columnSum).padStart(12)}`,
    );
  }
  return imports;
}

/** Replay of event files, each in a process of its own, and of a recording of a hundred million events. */
function benchReplays(): { readonly recorded: readonly ReplaySpeed[]; readonly long: LongReplay } {
  const recorded = REPLAY_INPUTS.map((input) => inOwnProcess<ReplaySpeed>(["--replay", input]));
  print("\nreplay --check of .ebb                 policies    events   explained of allocations   million/s");
  for (const p of recorded) {
    print(
      `${p.trace.padEnd(38)} ${p.policies.padEnd(8)} ${String(p.events).padStart(9)} ${`${p.explained} of ${p.allocations}`.padStart(26)} ${p.millionPerSecond.toFixed(2).padStart(11)}`,
    );
  }
  const long = inOwnProcess<LongReplay>(["--long-replay", String(values.smoke ? 200_000 : 100_000_000)]);
  print("made-up recording     events   matched of allocations   million/s   MB after a tenth   at the end");
  print(
    `${String(long.events).padStart(28)} ${`${long.matched} of ${long.allocations}`.padStart(24)} ${long.millionPerSecond.toFixed(2).padStart(11)} ${long.earlyMb.toFixed(0).padStart(18)} ${long.endMb.toFixed(0).padStart(12)}`,
  );
  return { recorded, long };
}
