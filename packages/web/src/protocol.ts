/**
 * What the page and its workers say to each other. Each side, A and B, has a worker of its own, which runs the model
 * and keeps it; the page keeps what it shows. Messages are plain data with the version in each.
 *
 *     page                                worker
 *      run | open ----------------------->  runs
 *      <------- progress, reading, …
 *      <------- ran (a script), opened (its length can be looked at), or problems
 *      view, areas, recording ----------->
 *      <------- the same, with the question's id
 *
 * A run cannot be asked to stop, for the model does not listen while it runs: its worker is ended.
 */

import type { Problem } from "@ebb/formats";
import type {
  AreaColumns,
  ComparedRun,
  InstantView,
  MachineRequest,
  Reading,
  Timeline,
  TimelineCurves,
} from "@ebb/lab";

export const PROTOCOL_VERSION = 1;

interface Versioned {
  readonly version: typeof PROTOCOL_VERSION;
}

/** A machine as the page sends it: the name of a kernel, or the text of a file of one. */
export interface SentMachine extends Omit<MachineRequest, "kernel"> {
  readonly kernel: string;
}

export interface RunRequest extends Versioned {
  readonly kind: "run";
  readonly machine: SentMachine;
  readonly scriptName: string;
  /** The script, a byte string. */
  readonly source: string;
  /** `NAME=value` of the script's variables, byte strings. */
  readonly env: readonly string[];
}

/** A file as it was dropped or handed over, with its name as messages call it, a byte string. Blobs are sent uncopied. */
export interface SentFile {
  readonly name: string;
  readonly content: Blob;
}

/** A recording: one event file, or the parts of a trace in order. */
export interface OpenRequest extends Versioned {
  readonly kind: "open";
  readonly files: readonly SentFile[];
  /** Policy to make the requests under; undefined for the recorded machine's own. */
  readonly policy: string | undefined;
}

/** An instant: after so many events, or the last at or before a time. */
export type InstantWanted = { readonly position: number } | { readonly timeNs: number };

interface ViewRequest extends Versioned {
  readonly kind: "view";
  readonly id: number;
  readonly at: InstantWanted;
}

/** Areas of a chunk, by its allocator row, at a position. */
interface AreasRequest extends Versioned {
  readonly kind: "areas";
  readonly id: number;
  readonly position: number;
  readonly chunkRow: number;
}

/** What was opened, as an event file. */
interface RecordingRequest extends Versioned {
  readonly kind: "recording";
  readonly id: number;
}

export type Question = ViewRequest | AreasRequest | RecordingRequest;
export type SideRequest = RunRequest | OpenRequest | Question;

/** Where a run is, and its curves so far where there are some. */
export interface ProgressAnswer extends Versioned {
  readonly kind: "progress";
  /** Commands run, or events read. */
  readonly nrDone: number;
  readonly what: "commands" | "events";
  readonly timeNs: number;
  readonly curves: TimelineCurves | undefined;
}

interface ReadingAnswer extends Versioned {
  readonly kind: "reading";
  readonly reading: Reading;
}

/** What came of a script, all but its options, which hold functions. */
export interface RanAnswer extends Versioned {
  readonly kind: "ran";
  readonly run: Omit<ComparedRun, "options">;
  /** What it wrote to standard error, and what it asked for that ebb does not have; a byte string. */
  readonly complaints: string;
}

/** The run or the recording can be looked at, at any instant. */
export interface OpenedAnswer extends Versioned {
  readonly kind: "opened";
  readonly timeline: Pick<Timeline, "title" | "policy" | "nrEvents" | "endNs" | "curves">;
}

/** What is wrong, and how many more of the kind were left out. */
interface ProblemsAnswer extends Versioned {
  readonly kind: "problems";
  readonly problems: readonly Problem[];
  readonly nrMore: number;
  /** Nothing else will come. */
  readonly isEnd: boolean;
}

interface ViewAnswer extends Versioned {
  readonly kind: "view";
  readonly id: number;
  readonly view: InstantView;
}

interface AreasAnswer extends Versioned {
  readonly kind: "areas";
  readonly id: number;
  readonly position: number;
  readonly chunkRow: number;
  readonly areas: AreaColumns;
}

interface RecordingAnswer extends Versioned {
  readonly kind: "recording";
  readonly id: number;
  /** Undefined when the files cannot be read again. */
  readonly bytes: Uint8Array | undefined;
}

export type SideAnswer =
  | ProgressAnswer
  | ReadingAnswer
  | RanAnswer
  | OpenedAnswer
  | ProblemsAnswer
  | ViewAnswer
  | AreasAnswer
  | RecordingAnswer;
