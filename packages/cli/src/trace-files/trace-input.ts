/**
 * Reads recorded events from files or standard input, in whatever format they turn out to be. An event file or a Parquet
 * file is a recording of its own; all other inputs in a row are parts of one.
 */

import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { EbbReader, type EventNames, type EventSink, type ImportTotals, type Problem } from "@ebb/formats";
import { unreadableProblem } from "../input.ts";
import { toByteString } from "../output.ts";
import { OpenTrace } from "./open-trace.ts";
import { openTraces, type TraceInputOptions } from "./trace-parts.ts";

/** Takes what is read; `names` are those of the events that come. */
interface TraceSink {
  /** Called before the first event of a recording. */
  opened(names: EventNames): void;
  readonly events: EventSink;
  /** Called now and then: bytes of input read so far, unpacked. */
  progress(nrBytes: number): void;
}

const PARQUET_MAGIC = [0x50, 0x41, 0x52, 0x31];

/**
 * Reads all of the inputs, one after the other; the answer is what was in them, or why one could not be read at all.
 *
 * @param paths of files; - is standard input
 */
export async function readTraces(
  paths: readonly string[],
  sink: TraceSink,
  options: TraceInputOptions = {},
): Promise<ImportTotals | Problem> {
  const reading = new Reading(sink, options);
  for (const path of paths) {
    try {
      await reading.input(path);
    } catch (error) {
      // Those of the system and of the unpacking have codes; a fault of ours has none, and is not the input's.
      if (!(error instanceof Error && "code" in error)) throw error;
      return unreadableProblem(nameOf(path), error, "a recorded trace, plain or packed, or - for standard input");
    }
  }
  await reading.endParts();
  return reading.totals;
}

function nameOf(path: string): string {
  return path === "-" ? "stdin" : toByteString(path);
}

class Reading {
  readonly totals: ImportTotals = { nrRead: 0, nrEvents: 0, nrOther: 0, nrForeign: 0, nrBad: 0, nrLost: 0 };
  readonly #sink: TraceSink;
  readonly #options: TraceInputOptions;
  /** Parts of a recording, opened, that have not been read yet. */
  #parts: OpenTrace[] = [];
  /** Bytes of the recordings before. */
  #nrBytes = 0;

  constructor(sink: TraceSink, options: TraceInputOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  async input(path: string): Promise<void> {
    if (isParquet(path)) {
      await this.endParts();
      await this.#readParquet(path);
      return;
    }
    const trace = await OpenTrace.open(path);
    if (trace.form !== "ebb") {
      this.#parts.push(trace);
      return;
    }
    await this.endParts();
    await this.#readEbb(trace);
  }

  /** No more parts: what there are is read as one recording. */
  async endParts(): Promise<void> {
    const opened = this.#parts;
    if (opened.length === 0) return;
    this.#parts = [];
    const nrBytesNow = () => opened.reduce((sum, trace) => sum + trace.nrBytes, this.#nrBytes);
    const { events } = this.#sink;
    const input = openTraces(
      opened.map(({ path }) => path),
      { ...this.#options, opened },
      {
        ...events,
        batch: (batch) => {
          events.batch(batch);
          this.#sink.progress(nrBytesNow());
        },
      },
    );
    this.#sink.opened(input.names);
    await input.read();
    this.#nrBytes = nrBytesNow();
    this.#add(input.totals);
  }

  async #readEbb(trace: OpenTrace): Promise<void> {
    const reader = new EbbReader(nameOf(trace.path), this.#sink.events);
    this.#sink.opened(reader.names);
    for (let piece = await trace.next(); piece !== undefined; piece = await trace.next()) {
      reader.push(piece);
      this.#sink.progress(this.#nrBytes + trace.nrBytes);
    }
    reader.end();
    trace.close();
    this.#nrBytes += trace.nrBytes;
    this.#add(reader.totals);
  }

  /** The library is loaded when it is needed. */
  async #readParquet(path: string): Promise<void> {
    const { ParquetInput } = await import("./parquet-input.ts");
    const input = new ParquetInput(nameOf(path), this.#sink.events);
    this.#sink.opened(input.names);
    const fd = openSync(path, "r");
    try {
      const byteLength = fstatSync(fd).size;
      await input.read({
        byteLength,
        slice: (start, end = byteLength) => {
          this.#nrBytes += end - start;
          this.#sink.progress(this.#nrBytes);
          return readRange(fd, start, end);
        },
      });
    } finally {
      closeSync(fd);
    }
    this.#add(input.totals);
  }

  #add(totals: ImportTotals): void {
    const sums = this.totals;
    sums.nrRead += totals.nrRead;
    sums.nrEvents += totals.nrEvents;
    sums.nrOther += totals.nrOther;
    sums.nrForeign += totals.nrForeign;
    sums.nrBad += totals.nrBad;
    sums.nrLost += totals.nrLost;
  }
}

/** Parquet is read from its end: only a file can be one. */
function isParquet(path: string): boolean {
  if (path === "-" || !statSync(path).isFile()) return false;
  const fd = openSync(path, "r");
  try {
    const bytes = new Uint8Array(PARQUET_MAGIC.length);
    return readSync(fd, bytes) === bytes.length && PARQUET_MAGIC.every((byte, i) => bytes[i] === byte);
  } finally {
    closeSync(fd);
  }
}

function readRange(fd: number, start: number, end: number): ArrayBuffer {
  const bytes = new Uint8Array(end - start);
  let done = 0;
  while (done < bytes.length) {
    const nr = readSync(fd, bytes, done, bytes.length - done, start + done);
    if (nr === 0) throw new Error("the file has become shorter");
    done += nr;
  }
  return bytes.buffer;
}
