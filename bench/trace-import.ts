/**
 * Import of recorded traces, from bytes in memory to columns that are counted: text as tracefs, trace-cmd and perf print
 * it, and pages of the ring buffers of two CPUs, merged by time. A recording is repeated to about a million events;
 * repeated pages get later times.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { createRawImporter, createTraceImporter, type EventBatch, type EventSink } from "@ebb/formats";
import { cpuSeconds } from "./timing.ts";

export interface ImportSpeed {
  readonly input: string;
  /** Lines of text, or events of pages. */
  readonly nrRead: number;
  readonly bytesEach: number;
  readonly millionPerSecond: number;
  /** Of the process, MB; the input itself is in it. */
  readonly peakMb: number;
  /** Sum of all columns of one pass over the recording, each value weighed by its row and column, below 2^32. */
  readonly columnSum: number;
}

const NR_EVENTS = 1_000_000;
const PIECE_BYTES = 262_144;
/** Longer than any of the recordings of pages. */
const REPETITION_NS = 10_000_000_000n;

/** A recording made longer, and how it is read; answers lines or events, and their bytes. */
type Build = (nrEvents: number) => { readonly read: (sink: EventSink) => number; readonly nrBytes: number };

const INPUTS: ReadonlyMap<string, Build> = new Map([
  ["tracefs text of 6.1", textOf("traces", "6.1-slub-stock-2cpu-seed000-n100-pages.trace.txt.gz")],
  ["tracefs text of 6.18", textOf("traces/formats", "6.18-instance.tracefs.txt.gz")],
  ["trace-cmd report", textOf("traces/formats", "6.18-instance.trace-cmd-report.txt.gz")],
  ["perf script", textOf("traces/formats", "6.18.perf-script.txt.gz")],
  ["raw pages, 2 CPUs", pages],
]);

/** Names of the inputs, in the order of the table. */
export const IMPORT_INPUTS: readonly string[] = [...INPUTS.keys()];

/** One input, warm. */
export function benchImport(name: string, smoke: boolean): ImportSpeed {
  const build = INPUTS.get(name);
  if (build === undefined) throw new Error(`no input ${name}; there are ${IMPORT_INPUTS.join(", ")}`);
  const columnSum = sumOf(build(1).read);
  const { read, nrBytes } = build(smoke ? 1 : NR_EVENTS);
  let nrRead = 0;
  const seconds = cpuSeconds(() => {
    nrRead = read(COUNTING);
  }, smoke);
  return {
    input: name,
    nrRead,
    bytesEach: nrBytes / nrRead,
    millionPerSecond: nrRead / seconds / 1e6,
    peakMb: process.resourceUsage().maxRSS / 1024,
    columnSum,
  };
}

const COUNTING: EventSink = { batch: () => undefined, problem: () => undefined };

function textOf(folder: string, name: string): Build {
  return (nrEvents) => {
    const one = recorded(folder, name);
    const nrLines = one.reduce((nr, byte) => nr + (byte === 10 ? 1 : 0), 0);
    const repetitions = Math.ceil(nrEvents / nrLines);
    const read = (sink: EventSink) => {
      const importer = createTraceImporter({ file: name }, sink);
      for (let repetition = 0; repetition < repetitions; repetition++) {
        for (let at = 0; at < one.length; at += PIECE_BYTES) importer.push(one.subarray(at, at + PIECE_BYTES));
      }
      importer.end();
      return importer.totals.nrRead;
    };
    return { read, nrBytes: one.length * repetitions };
  };
}

function pages(nrEvents: number): ReturnType<Build> {
  const bytes = (name: string) => recorded("traces/formats", `6.18-raw.${name}`);
  const nrRecorded = 1808;
  const cpus = [0, 1].map((cpu) => ({ cpu, file: `cpu${cpu}` }));
  const streams = cpus.map(({ cpu }) => repeatedPages(bytes(`cpu${cpu}.bin.gz`), Math.ceil(nrEvents / nrRecorded)));
  const texts = {
    headerPage: bytes("header_page.txt").toString("latin1"),
    headerEvent: bytes("header_event.txt").toString("latin1"),
    formats: bytes("formats.txt").toString("latin1"),
  };
  const read = (sink: EventSink) => {
    const importer = createRawImporter({ ...texts, cpus }, sink);
    if (!("wanted" in importer)) throw new Error(importer.message);
    const at = [0, 0];
    for (let cpu = importer.wanted; cpu !== undefined; cpu = importer.wanted) {
      const from = at[cpu] ?? 0;
      const piece = streams[cpu]?.subarray(from, from + PIECE_BYTES) ?? Buffer.alloc(0);
      at[cpu] = from + piece.length;
      if (piece.length > 0) importer.push(piece);
      else importer.endWanted();
    }
    importer.end();
    return importer.totals.nrEvents;
  };
  return { read, nrBytes: streams.reduce((sum, { length }) => sum + length, 0) };
}

/** A file of the fixtures, unpacked; from the root of the repository, where benchmarks run. */
function recorded(folder: string, name: string): Buffer {
  const bytes = readFileSync(join("fixtures", folder, name));
  return name.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}

/** The pages again and again, each time later. */
function repeatedPages(one: Buffer, repetitions: number): Buffer {
  const all = Buffer.alloc(one.length * repetitions);
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const start = repetition * one.length;
    one.copy(all, start);
    for (let page = start; page < start + one.length; page += 4096) {
      all.writeBigUInt64LE(all.readBigUInt64LE(page) + BigInt(repetition) * REPETITION_NS, page);
    }
  }
  return all;
}

function sumOf(read: (sink: EventSink) => number): number {
  let sum = 0;
  let row = 0;
  const batch = (events: EventBatch) => {
    const columns = Object.values(events).filter((column) => typeof column !== "number");
    for (let i = 0; i < events.nr; i++, row++) {
      for (const [place, column] of columns.entries()) {
        sum = (sum + ((column[i] ?? 0) % 65_521) * ((row % 251) + place + 1)) % 2 ** 32;
      }
    }
  };
  read({ batch, problem: () => undefined });
  return (sum + 2 ** 32) % 2 ** 32;
}
