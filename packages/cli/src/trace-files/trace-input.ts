/** Reads recorded events from files or standard input, piece by piece, in whatever format they turn out to be. */

import { closeSync, createReadStream, fstatSync, openSync, readSync, statSync } from "node:fs";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import {
  createTraceImporter,
  EBB_MAGIC,
  EbbReader,
  type EventNames,
  type EventSink,
  type Importer,
  type ImportTotals,
  type Problem,
} from "@ebb/formats";
import { unreadableProblem } from "../input.ts";
import { toByteString } from "../output.ts";

/** Takes what is read; `names` are those of the events that come. */
interface TraceSink {
  /** Called before the first event of an importer. */
  opened(names: EventNames): void;
  readonly events: EventSink;
  /** Called after each piece: bytes of input read so far. */
  progress(nrBytes: number): void;
}

const PIECE_BYTES = 1 << 18;
const PARQUET_MAGIC = [0x50, 0x41, 0x52, 0x31];
const GZIP_MAGIC = [0x1f, 0x8b];
const NR_MAGIC_BYTES = 8;

/**
 * Reads all of the inputs, one after the other; the answer is what was in them, or why one could not be read at all.
 *
 * @param paths of files; - is standard input
 */
export async function readTraces(paths: readonly string[], sink: TraceSink): Promise<ImportTotals | Problem> {
  const totals: ImportTotals = { nrRead: 0, nrEvents: 0, nrOther: 0, nrForeign: 0, nrBad: 0, nrLost: 0 };
  const reading = new Reading(sink, totals);
  for (const path of paths) {
    try {
      await reading.input(path);
    } catch (error) {
      if (!isFromSystem(error)) throw error;
      return unreadableProblem(nameOf(path), error, "a recorded trace, plain or gzip, or - for standard input");
    }
  }
  reading.endImporter();
  return totals;
}

/** The file or the unpacking is at fault, not ebb. */
function isFromSystem(error: unknown): boolean {
  return error instanceof Error && "code" in error;
}

function nameOf(path: string): string {
  return path === "-" ? "stdin" : toByteString(path);
}

/** The importer that is at work: parts of one recording, given as several files, share it. */
class Reading {
  readonly #sink: TraceSink;
  readonly #totals: ImportTotals;
  #importer: Importer | undefined;
  #nrBytes = 0;

  constructor(sink: TraceSink, totals: ImportTotals) {
    this.#sink = sink;
    this.#totals = totals;
  }

  async input(path: string): Promise<void> {
    if (isParquet(path)) {
      this.endImporter();
      await this.#readParquet(path);
      return;
    }
    let isFirst = true;
    for await (const piece of pieces(path)) {
      if (isFirst) this.#begin(path, piece);
      isFirst = false;
      this.#importer?.push(piece);
      this.#nrBytes += piece.length;
      this.#sink.progress(this.#nrBytes);
    }
    if (isFirst) this.#begin(path, new Uint8Array());
  }

  endImporter(): void {
    this.#importer?.end();
    if (this.#importer !== undefined) this.#add(this.#importer.totals);
    this.#importer = undefined;
  }

  /** An event file stands for itself; other files may go on where the last one ended. */
  #begin(path: string, piece: Uint8Array): void {
    const file = nameOf(path);
    const isEbb = startsWith(piece, EBB_MAGIC.slice(0, -1));
    if (!isEbb && this.#importer?.nextInput !== undefined) {
      this.#importer.nextInput(file);
      return;
    }
    this.endImporter();
    const { events } = this.#sink;
    this.#importer = isEbb ? new EbbReader(file, events) : createTraceImporter({ file }, events);
    this.#sink.opened(this.#importer.names);
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
    const sums = this.#totals;
    sums.nrRead += totals.nrRead;
    sums.nrEvents += totals.nrEvents;
    sums.nrOther += totals.nrOther;
    sums.nrForeign += totals.nrForeign;
    sums.nrBad += totals.nrBad;
    sums.nrLost += totals.nrLost;
  }
}

/** The bytes of an input, unpacked; the first piece is long enough to tell the format. */
async function* pieces(path: string): AsyncGenerator<Uint8Array> {
  const raw = path === "-" ? process.stdin : createReadStream(path, { highWaterMark: PIECE_BYTES });
  const { start, rest } = await withStart(raw);
  if (!startsWith(start, GZIP_MAGIC)) {
    yield start;
    yield* rest;
    return;
  }
  const gunzip = createGunzip({ chunkSize: PIECE_BYTES });
  // A fault on the way is thrown by the loop that reads.
  pipeline(Readable.from(rejoined(start, rest)), gunzip, () => undefined);
  const unpacked = await withStart(gunzip);
  yield* rejoined(unpacked.start, unpacked.rest);
}

interface Begun {
  readonly start: Uint8Array;
  readonly rest: AsyncGenerator<Uint8Array>;
}

/** The first pieces as one that has the magic bytes, if there are so many, and the others. */
async function withStart(bytes: AsyncIterable<Uint8Array>): Promise<Begun> {
  const iterator = bytes[Symbol.asyncIterator]();
  let start = new Uint8Array();
  while (start.length < NR_MAGIC_BYTES) {
    const next = await iterator.next();
    if (next.done === true) break;
    start = Buffer.concat([start, next.value]);
  }
  return { start, rest: remaining(iterator) };
}

async function* remaining(iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
}

async function* rejoined(start: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield start;
  yield* rest;
}

/** Parquet is read from its end: only a file can be one. */
function isParquet(path: string): boolean {
  if (path === "-" || !statSync(path).isFile()) return false;
  const fd = openSync(path, "r");
  try {
    const bytes = new Uint8Array(PARQUET_MAGIC.length);
    return readSync(fd, bytes) === bytes.length && startsWith(bytes, PARQUET_MAGIC);
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

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}
