/**
 * `ebb replay --check`: recorded runs from event files in memory to the last comparison, and a made-up recording as long
 * as asked for, whose memory is watched. The made-up one is led by an allocator: cgroups are made and removed, its
 * places, chunks and balance work are the allocator's.
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  createTraceImporter,
  EbbReader,
  EbbWriter,
  EVENT_ALLOC,
  EVENT_FREE,
  type EventBatch,
  type ImportTotals,
  parsePercpuStats,
} from "@ebb/formats";
import { CheckSession, type EarlyEvent, type RecordedStats, type TraceOptions } from "@ebb/lab";
import { type PercpuPolicy, percpuPolicy, percpuStats } from "@ebb/model";
import { MadeUpRecording } from "./made-up-recording.ts";
import { cpuSeconds } from "./timing.ts";

export interface ReplaySpeed {
  readonly trace: string;
  readonly policies: string;
  readonly events: number;
  readonly allocations: number;
  /** Of the allocations, those that lie where the model puts them. */
  readonly explained: number;
  readonly millionPerSecond: number;
}

export interface LongReplay {
  readonly events: number;
  readonly allocations: number;
  readonly matched: number;
  /** By the clock, of the check alone. */
  readonly millionPerSecond: number;
  /** Of the process once a tenth had gone by, and at the end. */
  readonly earlyMb: number;
  readonly endMb: number;
}

type Report = Exclude<ReturnType<CheckSession["end"]>, string>;

const FOLDER = "fixtures/replay";
const EARLY = "fixtures/traces/6.1-slub-stock-2cpu-seed000-n1-stacks.early-allocs.txt";
const STAGES = ["boot", "0", "1", "2", "after", "end"];

/** As a name of an input: not a recorded run, but MADE_UP_EVENTS of a made-up one. */
const MADE_UP = "made-up";
const MADE_UP_EVENTS = 4_000_000;
const SMOKE_EVENTS = 60_000;

/** Recorded runs, and the policies tried: one that is known, or those that the kernel may have had. */
const INPUTS: readonly (readonly [trace: string, policy: string])[] = [
  [MADE_UP, "upstream"],
  ["6.1-slub-vanilla-32cpu-seed000", "vanilla"],
  ["6.1-slub-vanilla-32cpu-seed000", ""],
  ["6.1-slub-stock-32cpu-seed000", "upstream"],
  ["5.4-slab-noguard-2cpu-seed004-n1000", "vanilla"],
];

/** Names of the inputs, in the order of the table. */
export const REPLAY_INPUTS: readonly string[] = INPUTS.map(([trace, policy]) => `${trace} ${policy}`);

/** From the bytes of an event file to the report, with all percpu_stats compared. */
export function benchReplay(input: string, smoke: boolean): ReplaySpeed {
  const [trace = "", policy = ""] = input.split(" ");
  const { bytes, options } = trace === MADE_UP ? madeUp(smoke ? SMOKE_EVENTS : MADE_UP_EVENTS) : recorded(trace);
  const reports: Report[] = [];
  const seconds = cpuSeconds(() => reports.splice(0, 1, check(trace, bytes, options, policy)), smoke);
  const [report] = reports;
  if (report === undefined) throw new Error("nothing was replayed");
  return {
    trace,
    policies: policy === "" ? "any" : policy,
    events: report.totals.nrEvents,
    allocations: report.nrAllocations,
    explained: report.nrMatched + report.nrAgreed,
    millionPerSecond: report.totals.nrEvents / seconds / 1e6,
  };
}

interface Input {
  readonly bytes: readonly Uint8Array[];
  readonly options: TraceOptions;
}

function recorded(trace: string): Input {
  const stats = STAGES.flatMap((name) => statsOf(trace, name));
  return {
    bytes: [readFileSync(join(FOLDER, `${trace}.trace.ebb`))],
    options: optionsFor(trace, stats, trace.startsWith("6.1-slub") ? earlyEvents() : undefined),
  };
}

/** The event file of a made-up recording; its machine stands in `options`. */
function madeUp(nrEvents: number): Input {
  const made = new MadeUpRecording(policyOf("upstream"));
  const options = optionsFor(MADE_UP, [{ name: "before", stats: percpuStats(made.t) }], []);
  const bytes: Uint8Array[] = [];
  const writer = new EbbWriter((part) => bytes.push(part.slice()), "bench");
  made.make(nrEvents, (batch) => writer.events(batch, made.names));
  writer.end({ ...NOTHING_READ, nrRead: made.nrEvents, nrEvents: made.nrEvents });
  return { bytes, options };
}

/** What the recorded kernels of 6.1 allocated before their traces. */
function earlyEvents(): TraceOptions["before"] {
  const events: EarlyEvent[] = [];
  const importer = createTraceImporter(
    { file: EARLY },
    {
      batch({ nr, kind, sizeBytes, alignBytes, chunk, offBytes }) {
        for (let i = 0; i < nr; i++) {
          if (kind[i] !== EVENT_ALLOC && kind[i] !== EVENT_FREE) continue;
          const [size = 0, align = 0, of = 0, off = 0] = [sizeBytes[i], alignBytes[i], chunk[i], offBytes[i]];
          events.push({ isFree: kind[i] === EVENT_FREE, sizeBytes: size, alignBytes: align, chunk: of, offBytes: off });
        }
      },
      problem: ({ message }) => {
        throw new Error(message);
      },
    },
  );
  importer.push(readFileSync(EARLY));
  importer.end();
  return events;
}

function policyOf(name: string): PercpuPolicy {
  const policy = percpuPolicy(name);
  if (policy === undefined) throw new Error(`no policy ${name}`);
  return policy;
}

function check(trace: string, bytes: readonly Uint8Array[], options: TraceOptions, policyName: string): Report {
  const session = new CheckSession(options, policyName === "" ? undefined : [policyOf(policyName)]);
  const reader = new EbbReader(trace, {
    batch: (batch) => void session.batch(batch),
    text: (text) => session.text(text),
    problem: ({ message }) => {
      throw new Error(message);
    },
  });
  session.opened(reader.names);
  for (const part of bytes) reader.push(part);
  reader.end();
  return reportOf(session, reader.totals);
}

function reportOf(session: CheckSession, totals: ImportTotals): Report {
  const report = session.end(totals);
  if (typeof report === "string") throw new Error(report);
  return report;
}

function optionsFor(traceName: string, stats: readonly RecordedStats[], before: TraceOptions["before"]): TraceOptions {
  return { traceName, stats, log: undefined, before, nrCpus: 32, percpuKb: new Map() };
}

function statsOf(trace: string, name: string): readonly RecordedStats[] {
  const file = join(FOLDER, `${trace}.percpu_stats.${name}.txt`);
  if (!existsSync(file)) return [];
  const stats = parsePercpuStats(readFileSync(file, "latin1"), name);
  return "severity" in stats ? [] : [{ name, stats }];
}

/** A made-up recording of so many events through a check. */
export function benchLongReplay(nrEvents: number): LongReplay {
  const policy = policyOf("upstream");
  const made = new MadeUpRecording(policy);
  const stats = percpuStats(made.t);
  const session = new CheckSession(optionsFor(MADE_UP, [{ name: "before", stats }], []), [policy]);
  session.opened(made.names);
  let earlyMb = 0;
  let ns = 0n;
  const feed = (batch: EventBatch) => {
    const before = process.hrtime.bigint();
    session.batch(batch);
    ns += process.hrtime.bigint() - before;
    if (earlyMb === 0 && made.nrEvents >= nrEvents / 10) earlyMb = memoryMb();
  };
  made.make(nrEvents, feed);
  const endMb = memoryMb();
  const report = reportOf(session, { ...NOTHING_READ, nrRead: made.nrEvents, nrEvents: made.nrEvents });
  return {
    events: made.nrEvents,
    allocations: report.nrAllocations,
    matched: report.nrMatched,
    millionPerSecond: (made.nrEvents / Number(ns)) * 1e3,
    earlyMb,
    endMb,
  };
}

const NOTHING_READ: ImportTotals = { nrRead: 0, nrEvents: 0, nrOther: 0, nrForeign: 0, nrBad: 0, nrLost: 0 };

/** MB of the process that are resident. */
function memoryMb(): number {
  return process.memoryUsage().rss / 1e6;
}
