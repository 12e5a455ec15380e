/** What `npm run bench` measures: each section a list of timings and how a row of its table reads. */

import { benchCopies, type CopiesPoint } from "./copies.ts";
import { benchDying, type DyingPoint } from "./dying.ts";
import { benchFuse, type FuseSpeed } from "./fuse.ts";
import { benchGolden, type GoldenSpeed, goldenTimings } from "./goldens.ts";
import { benchGrowth, type GrowthPoint } from "./growth.ts";
import { benchScripts, type ScriptTime } from "./scripts.ts";
import { benchSlab, SLAB_PATTERNS, type SlabSpeed } from "./slab.ts";
import { benchSlabArrays, type SlabArraysPoint } from "./slab-arrays.ts";
import type { Row } from "./table.ts";
import { benchTimeline, TIMELINES, type TimelineSpeed } from "./timeline.ts";
import { benchTraceFile, type TraceFileSpeed } from "./trace-file.ts";
import { benchImport, IMPORT_INPUTS, type ImportSpeed } from "./trace-import.ts";
import { benchLongReplay, benchReplay, type LongReplay, REPLAY_INPUTS, type ReplaySpeed } from "./trace-replay.ts";

export interface BenchOptions {
  /** Folder of goldens. */
  readonly goldens: string;
  /** One short run each. */
  readonly smoke: boolean;
}

/** A section; `P` is one timing's result, which becomes a row or several. */
interface SectionOf<P> {
  readonly name: string;
  /** Names of its timings; each runs in a process of its own: what one leaves in the compiler is not the next one's. */
  readonly timings: (o: BenchOptions) => readonly string[];
  readonly run: (timing: string, o: BenchOptions) => P;
  readonly rows: (result: P) => readonly Row[];
}

/** A section whose results come back from another process. */
export interface Section {
  readonly name: string;
  readonly timings: (o: BenchOptions) => readonly string[];
  readonly run: (timing: string, o: BenchOptions) => unknown;
  /** Rows of a result as JSON gives it. */
  readonly rowsOfJson: (json: string) => { readonly result: unknown; readonly rows: readonly Row[] };
}

function section<P>({ name, timings, run, rows }: SectionOf<P>): Section {
  const rowsOfJson = (json: string) => {
    const result: P = JSON.parse(json);
    return { result, rows: rows(result) };
  };
  return { name, timings, run, rowsOfJson };
}

const ONE = () => ["all"];
const fixed = (value: number, places: number) => value.toFixed(places);

const GOLDENS = section<GoldenSpeed>({
  name: "goldens",
  timings: (o) => goldenTimings(o.goldens).map(({ golden, policy }) => `${golden} ${policy}`),
  run: (timing, o) => {
    const [golden = "", policy = ""] = timing.split(" ");
    return benchGolden(o.goldens, golden, policy, o.smoke);
  },
  rows: (g) => [
    {
      golden: g.golden,
      policy: g.policy,
      operations: String(g.operations),
      "Mop/s": fixed(g.millionOpsPerSecond, 2),
      "of kernel C": g.ofKernelC === undefined ? "-" : fixed(g.ofKernelC, 2),
      "state hash": g.stateHash,
    },
  ],
});

const GROWTH = section<readonly GrowthPoint[]>({
  name: "growth",
  timings: ONE,
  run: (_, o) => benchGrowth(o.smoke ? [10, 100] : [10, 100, 1000, 10_000], o.smoke),
  rows: (points) =>
    points.map((p) => ({
      chunks: String(p.chunks),
      "ns per operation": fixed(p.nsPerOperation, 0),
      "bookkeeping bytes per chunk (unit 256 KiB)": fixed(p.bytesPerChunk, 0),
    })),
});

const DYING = section<DyingPoint>({
  name: "dying",
  timings: (o) => (o.smoke ? ["100", "1000"] : ["1000", "10000", "100000"]),
  run: (n) => benchDying(Number(n)),
  rows: (p) => [
    {
      "cgroups, 10 pinned files each": String(p.cgroups),
      seconds: fixed(p.seconds, 2),
      "us per cgroup": fixed(p.usPerCgroup, 0),
      "peak MB": fixed(p.peakMb, 0),
      dying: String(p.dying[0]),
      end: String(p.dying[1]),
      "state hash": p.stateHash,
    },
  ],
});

const COPIES = section<CopiesPoint>({
  name: "copies",
  timings: (o) => (o.smoke ? ["100", "200"] : ["1000", "10000"]),
  run: (n) => benchCopies(Number(n)),
  rows: (p) => [
    {
      "cgroups, 5 copies of caches each": String(p.cgroups),
      seconds: fixed(p.seconds, 2),
      "us per copy": fixed((p.seconds / p.copies) * 1e6, 1),
      "peak MB": fixed(p.peakMb, 0),
      copies: String(p.copies),
      "state hash": p.stateHash,
    },
  ],
});

const SLAB = section<SlabSpeed>({
  name: "slab",
  timings: () => SLAB_PATTERNS,
  run: (pattern, o) => benchSlab(pattern, o.smoke),
  rows: (p) => [
    {
      "slab objects": `${p.allocator}, ${p.pattern}`,
      operations: String(p.operations),
      "Mop/s": fixed(p.millionOpsPerSecond, 1),
      "state hash": p.stateHash,
    },
  ],
});

const SLAB_ARRAYS = section<readonly SlabArraysPoint[]>({
  name: "slab-arrays",
  timings: ONE,
  run: (_, o) => benchSlabArrays(o.smoke),
  rows: (points) =>
    points.map((p) => ({
      "SLAB arrays": p.pattern,
      "million pairs of alloc and free/s": fixed(p.millionPairsPerSecond, 1),
      "state sum": String(p.stateSum),
    })),
});

const TRACE_FILE = section<TraceFileSpeed>({
  name: "trace-file",
  timings: ONE,
  run: (_, o) => benchTraceFile(o.smoke),
  rows: (t) => [
    {
      ".ebb file": "made-up trace",
      events: String(t.events),
      "bytes/event": fixed(t.bytesPerEvent, 2),
      "million written/s": fixed(t.millionWrittenPerSecond, 1),
      "million read/s": fixed(t.millionReadPerSecond, 1),
      checksum: String(t.checksum),
    },
  ],
});

const IMPORT = section<ImportSpeed>({
  name: "import",
  timings: () => IMPORT_INPUTS,
  run: (input, o) => benchImport(input, o.smoke),
  rows: (p) => [
    {
      "import of": p.input,
      "lines, events": String(p.nrRead),
      "bytes each": fixed(p.bytesEach, 0),
      "million/s": fixed(p.millionPerSecond, 2),
      "peak MB": fixed(p.peakMb, 0),
      "column sum": String(p.columnSum),
    },
  ],
});

const REPLAY = section<ReplaySpeed>({
  name: "replay",
  timings: () => REPLAY_INPUTS,
  run: (input, o) => benchReplay(input, o.smoke),
  rows: (p) => [
    {
      "replay --check of .ebb": p.trace,
      policies: p.policies,
      events: String(p.events),
      explained: String(p.explained),
      "of allocations": String(p.allocations),
      "million/s": fixed(p.millionPerSecond, 2),
    },
  ],
});

const LONG_REPLAY = section<LongReplay>({
  name: "long-replay",
  timings: (o) => [o.smoke ? "200000" : "100000000"],
  run: (n) => benchLongReplay(Number(n)),
  rows: (p) => [
    {
      "made-up recording, events": String(p.events),
      matched: String(p.matched),
      "of allocations": String(p.allocations),
      "million/s": fixed(p.millionPerSecond, 2),
      "MB after a tenth": fixed(p.earlyMb, 0),
      "at the end": fixed(p.endMb, 0),
    },
  ],
});

const TIMELINE = section<TimelineSpeed>({
  name: "timeline",
  timings: () => TIMELINES,
  run: (of, o) => benchTimeline(of, o.smoke),
  rows: (p) => [
    {
      "timeline of": p.of,
      positions: String(p.events),
      "s without": Number.isFinite(p.plainSeconds) ? fixed(p.plainSeconds, 2) : "-",
      "s with": fixed(p.seconds, 2),
      "ms to an instant": fixed(p.seekMedianMs, 0),
      most: fixed(p.seekMostMs, 0),
      MB: fixed(p.mb, 0),
      "state hash": p.stateHash,
    },
  ],
});

const SCRIPTS = section<readonly ScriptTime[]>({
  name: "scripts",
  timings: ONE,
  run: (_, o) => benchScripts(o.smoke),
  rows: (scripts) => scripts.map((s) => ({ "whole process": s.command, seconds: fixed(s.seconds, 2) })),
});

const FUSE = section<FuseSpeed>({
  name: "fuse",
  timings: (o) => (o.smoke ? ["200"] : ["20000"]),
  run: (n) => benchFuse(Number(n)),
  rows: (p) => [
    {
      "directories through FUSE": String(p.cgroups),
      "mkdir/s": p.mkdirsPerSecond === undefined ? "not here" : fixed(p.mkdirsPerSecond, 0),
      "rmdir/s": p.rmdirsPerSecond === undefined ? "not here" : fixed(p.rmdirsPerSecond, 0),
      requests: String(p.requests),
    },
  ],
});

export const SECTIONS: readonly Section[] = [
  GOLDENS,
  GROWTH,
  DYING,
  COPIES,
  SLAB,
  SLAB_ARRAYS,
  TRACE_FILE,
  IMPORT,
  REPLAY,
  LONG_REPLAY,
  TIMELINE,
  SCRIPTS,
  FUSE,
];
