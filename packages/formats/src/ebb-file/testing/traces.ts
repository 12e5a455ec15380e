/** Traces for the tests of the event file: events as rows, made up, written and read back. */

import type { Problem } from "../../problem.ts";
import {
  createEventBatch,
  EVENT_ALLOC,
  EVENT_ALLOC_FAIL,
  EVENT_BALANCE,
  EVENT_CGROUP_MKDIR,
  EVENT_CGROUP_RMDIR,
  EVENT_CREATE_CHUNK,
  EVENT_DEPOPULATE,
  EVENT_DESTROY_CHUNK,
  EVENT_FREE,
  EVENT_MARK,
  EVENT_POPULATE,
  type EventBatch,
  type EventNames,
  FLAG_ATOMIC,
  FLAG_RESERVED,
  type RecordedText,
} from "../../trace/events.ts";
import { EbbReader } from "../ebb-reader.ts";
import { EbbWriter } from "../ebb-writer.ts";

/** One event with its names spelt out; undefined is what is not recorded. */
export interface EventRow {
  readonly kind: number;
  readonly cpu: number;
  readonly timeNs: number;
  readonly pid: number;
  readonly task: string | undefined;
  readonly flags: number;
  readonly sizeBytes: number;
  readonly alignBytes: number;
  readonly offBytes: number;
  readonly chunk: string | undefined;
  readonly callSite: string | undefined;
  readonly gfp: string | undefined;
  readonly text: string | undefined;
  readonly input: number;
  readonly line: number;
}

/** What a reader found. */
export interface Found {
  readonly reader: EbbReader;
  readonly rows: EventRow[];
  readonly problems: Problem[];
  readonly texts: RecordedText[];
}

const TOTALS = { nrRead: 0, nrEvents: 0, nrOther: 12, nrForeign: 3, nrBad: 2, nrLost: 5 };
/** Of tests that do not care. */
export const ORIGIN_NS = 4_721_348_619_000n;

/** Events of one importer: rows numbered as an importer does, in batches of `nrInBatch`. */
export function batchesOf(rows: readonly EventRow[], originNs = ORIGIN_NS, nrInBatch = 1000) {
  const names: EventNames = { names: [], chunks: [], originNs };
  const numbers = new Map<string, number>();
  const numberOf = (list: string[], text: string | undefined): number => {
    if (text === undefined) return -1;
    const key = `${list === names.names ? "n" : "c"}${text}`;
    const number = numbers.get(key) ?? list.push(text) - 1;
    numbers.set(key, number);
    return number;
  };
  const batches: EventBatch[] = [];
  for (let start = 0; start < rows.length; start += nrInBatch) {
    const some = rows.slice(start, start + nrInBatch);
    const batch = createEventBatch(some.length);
    batch.nr = some.length;
    for (const [i, row] of some.entries()) {
      for (const column of PLAIN) batch[column][i] = row[column];
      for (const column of NAMED) batch[column][i] = numberOf(names.names, row[column]);
      batch.chunk[i] = numberOf(names.chunks, row.chunk);
    }
    batches.push(batch);
  }
  return { names, batches };
}

const PLAIN = [
  "kind",
  "cpu",
  "timeNs",
  "pid",
  "flags",
  "sizeBytes",
  "alignBytes",
  "offBytes",
  "input",
  "line",
] as const;
const NAMED = ["task", "callSite", "gfp", "text"] as const;

/** A file of the rows; `also` writes more before its end. */
export function fileOf(rows: readonly EventRow[], also: (writer: EbbWriter) => void = () => undefined): Uint8Array {
  return written((write) => {
    const writer = new EbbWriter(write, "test");
    const { names, batches } = batchesOf(rows);
    for (const batch of batches) writer.events(batch, names);
    also(writer);
    writer.end(TOTALS);
  });
}

/** All bytes that `body` writes, as one array. */
export function written(body: (write: (bytes: Uint8Array) => void) => void): Uint8Array {
  const parts: number[] = [];
  body((bytes) => {
    for (const byte of bytes) parts.push(byte);
  });
  return Uint8Array.from(parts);
}

/** Reads a file in pieces of `nrBytes`. */
export function read(file: Uint8Array, nrBytes = file.length): Found {
  const rows: EventRow[] = [];
  const problems: Problem[] = [];
  const texts: RecordedText[] = [];
  const reader: EbbReader = new EbbReader("t.ebb", {
    batch: (batch) => rows.push(...rowsOf(batch, reader.names)),
    problem: (problem) => problems.push(problem),
    text: (text) => texts.push(text),
  });
  for (let at = 0; at < file.length; at += nrBytes) reader.push(file.subarray(at, at + nrBytes));
  reader.end();
  return { reader, rows, problems, texts };
}

function rowsOf(batch: EventBatch, { names, chunks }: EventNames): EventRow[] {
  const named = (list: readonly string[], number: number | undefined) => list[number ?? -1];
  return Array.from({ length: batch.nr }, (_, i) => {
    const plain = Object.fromEntries(PLAIN.map((column) => [column, batch[column][i] ?? 0]));
    const spelt = Object.fromEntries(NAMED.map((column) => [column, named(names, batch[column][i])]));
    return { ...EMPTY_ROW, ...plain, ...spelt, chunk: named(chunks, batch.chunk[i]) };
  });
}

const EMPTY_ROW: EventRow = {
  kind: EVENT_FREE,
  cpu: 0,
  timeNs: 0,
  pid: 0,
  task: undefined,
  flags: 0,
  sizeBytes: -1,
  alignBytes: -1,
  offBytes: 0,
  chunk: undefined,
  callSite: undefined,
  gfp: undefined,
  text: undefined,
  input: 0,
  line: 1,
};

/** A trace like a recorded one: cgroups' areas made by one task, all freed by another; at the end an event of each kind. */
export function plausibleRows(nrCgroups: number): EventRow[] {
  const sizes = [8, 128, 32, 1216, 24, 528, 4];
  const rows: EventRow[] = [];
  let timeNs = 0;
  const add = (row: Partial<EventRow>) => {
    timeNs += 1000 * (1 + (rows.length % 7));
    rows.push({ ...EMPTY_ROW, timeNs, line: rows.length + 12, ...row });
  };
  for (let cgroup = 0; cgroup < nrCgroups; cgroup++) {
    for (const [i, sizeBytes] of sizes.entries()) {
      const chunk = `ffffe8ffff${String(cgroup % 3).padStart(6, "0")}`;
      const callSite = `alloc_${i}+0x${(16 * i).toString(16)}`;
      const made = { kind: EVENT_ALLOC, cpu: 1, pid: 444, task: "mkdir", sizeBytes, alignBytes: i === 0 ? 4 : 8 };
      add({ ...made, offBytes: cgroup * 2000 + 100 * i, chunk, callSite, gfp: "GFP_KERNEL" });
    }
  }
  for (const { offBytes, chunk } of rows.slice()) add({ pid: 9, task: "kworker/1:1", offBytes, chunk });
  const chunk = "ffffe8ffff000009";
  add({ kind: EVENT_CREATE_CHUNK, chunk, offBytes: -1 });
  add({ kind: EVENT_POPULATE, chunk, offBytes: 0, sizeBytes: 3 });
  add({ kind: EVENT_ALLOC_FAIL, sizeBytes: 65_536, alignBytes: 64, flags: FLAG_RESERVED + FLAG_ATOMIC, offBytes: -1 });
  add({ kind: EVENT_BALANCE, offBytes: -1 });
  add({ kind: EVENT_DEPOPULATE, chunk, offBytes: 0, sizeBytes: 3 });
  add({ kind: EVENT_DESTROY_CHUNK, chunk, offBytes: -1 });
  for (const kind of [EVENT_CGROUP_MKDIR, EVENT_CGROUP_RMDIR]) add({ kind, text: "/a/é", offBytes: -1 });
  add({ kind: EVENT_MARK, text: "stage end", offBytes: -1 });
  return rows;
}
