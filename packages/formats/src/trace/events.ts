/**
 * Percpu events of a recorded kernel, in columns: what every importer fills and what replay reads.
 *
 *   importer --EventBatch, EventBatch, …--> whoever asked     a batch is one stretch of the trace, in the trace's order
 *            \--EventNames (grows)--------/                   strings and chunk identities, by number
 *
 * A batch's columns are reused by the importer for the next one: who wants to keep an event copies it. Times are whole
 * ns since the first event of the trace (`EventNames.originNs` has the absolute one). Addresses are hashed by some
 * kernels and formats, so a chunk is a number: its address's place in the order of first appearance. What an event of
 * some kernel does not have is NOT_RECORDED.
 *
 * Source: recorded traces of 5.4, 6.1 and 6.18 (fixtures/traces).
 */

import type { Problem } from "../problem.ts";

/** Kinds of events, the values of `kind`. */
export const EVENT_ALLOC = 0;
export const EVENT_FREE = 1;
export const EVENT_ALLOC_FAIL = 2;
export const EVENT_CREATE_CHUNK = 3;
export const EVENT_DESTROY_CHUNK = 4;
/** Text written to trace_marker: `text`. */
export const EVENT_MARK = 5;
/** Probe events of the balance work: it starts; pages [offBytes, sizeBytes) of `chunk`, as page numbers, are populated or depopulated. */
export const EVENT_BALANCE = 6;
export const EVENT_POPULATE = 7;
export const EVENT_DEPOPULATE = 8;
/** A cgroup directory is made or removed: `text` is its path. */
export const EVENT_CGROUP_MKDIR = 9;
export const EVENT_CGROUP_RMDIR = 10;

/** Bits of `flags`. */
export const FLAG_RESERVED = 1;
export const FLAG_ATOMIC = 2;

/** In a column whose field the event does not have. */
export const NOT_RECORDED = -1;

/** Events side by side; entries [0, nr) of each column count. */
export interface EventBatch {
  nr: number;
  readonly kind: Uint8Array;
  /** CPU that recorded the event. */
  readonly cpu: Uint16Array;
  /** ns since the first event of the trace; a safe integer. */
  readonly timeNs: Float64Array;
  readonly pid: Int32Array;
  /** Name of the task, in `names`. */
  readonly task: Int32Array;
  readonly flags: Uint8Array;
  /** Probe events: end of the pages. */
  readonly sizeBytes: Int32Array;
  readonly alignBytes: Int32Array;
  /** Place in the chunk, bytes. Probe events: first of the pages. */
  readonly offBytes: Int32Array;
  /** Chunk, in `chunks`. */
  readonly chunk: Int32Array;
  /** Caller, in `names`: symbol+offset, without the symbol's length. */
  readonly callSite: Int32Array;
  /** Allocation flags as the kernel names them, in `names`. */
  readonly gfp: Int32Array;
  /** Text of marks and paths, in `names`. */
  readonly text: Int32Array;
  /** Where it stands: input by order given, and line (text) or record (binary) from 1. */
  readonly input: Uint8Array;
  readonly line: Float64Array;
}

/** What the numbers in batches stand for; grows while a trace is read. */
export interface EventNames {
  readonly names: string[];
  /** Addresses of chunks as recorded, in the order of first appearance. */
  readonly chunks: string[];
  /** Absolute time of the first event, ns. */
  originNs: bigint;
  /** CPUs that the recording says it is of, once it has said so. */
  nrCpus?: number;
}

/** What an importer has read and could not read. */
export interface ImportTotals {
  /** Lines (text) or records (binary) of any kind, and what became of them: their sum is `nrRead`. */
  nrRead: number;
  nrEvents: number;
  /** Comments, headers, stack traces. */
  nrOther: number;
  /** Events that ebb has no use for. */
  nrForeign: number;
  /** Could not be read: each has its problem, or is in the count of one. */
  nrBad: number;
  /** Events the recording itself says it lost. */
  nrLost: number;
}

/** What a file of the recorded host said at some time: percpu_stats, meminfo, its release. */
export interface RecordedText {
  /** The file's path on the host, or what printed it. */
  readonly key: string;
  /** The mark `stage WORD` stands in the trace where it was read; "" when there is no mark for it. */
  readonly stage: string;
  /** ns since the first event of the trace, negative before it; undefined when only the stage is known, or nothing. */
  readonly timeNs: number | undefined;
  readonly text: string;
}

/** Who takes what an importer finds. Called while bytes are pushed. */
export interface EventSink {
  batch(events: EventBatch): void;
  problem(problem: Problem): void;
  /** Texts are passed over where this is not given. */
  text?(text: RecordedText): void;
}

/** An importer of one format. Bytes may be cut anywhere. */
export interface Importer {
  readonly names: EventNames;
  readonly totals: ImportTotals;
  push(bytes: Uint8Array): void;
  /** The next bytes are of another input, which goes on where the last one ended; `file` is its name in messages. */
  nextInput?(file: string): void;
  /** No more bytes: what was begun is finished or told as a problem. */
  end(): void;
}

/** A batch with room for `room` events. */
export function createEventBatch(room: number): EventBatch {
  return {
    nr: 0,
    kind: new Uint8Array(room),
    cpu: new Uint16Array(room),
    timeNs: new Float64Array(room),
    pid: new Int32Array(room),
    task: new Int32Array(room),
    flags: new Uint8Array(room),
    sizeBytes: new Int32Array(room),
    alignBytes: new Int32Array(room),
    offBytes: new Int32Array(room),
    chunk: new Int32Array(room),
    callSite: new Int32Array(room),
    gfp: new Int32Array(room),
    text: new Int32Array(room),
    input: new Uint8Array(room),
    line: new Float64Array(room),
  };
}
