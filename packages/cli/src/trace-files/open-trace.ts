/** One input of a trace: what it is, and its bytes, unpacked, as they are asked for. */

import { closeSync, createReadStream, fstatSync, openSync, type ReadStream, readSync } from "node:fs";
import { type ByteSource, FORM_BYTES, type TraceForm, traceForm } from "@ebb/formats";
import { unpacked } from "./unpack.ts";

const PIECE_BYTES = 262_144;
const STDIN = 0;

/** Forms that are read at any place, not from start to end. */
const READ_ANYWHERE: readonly TraceForm[] = ["trace.dat", "perf.data"];

export class OpenTrace {
  readonly path: string;
  /** Unpacked bytes given so far. */
  nrBytes = 0;
  private readonly stream: ReadStream;
  private pieces: AsyncIterator<Uint8Array>;
  /** Pieces that were looked at. */
  private readonly peeked: Uint8Array[] = [];
  private isPacked = false;
  private fd = -1;
  private formFound: TraceForm = "text";

  private constructor(path: string) {
    this.path = path;
    this.stream = createReadStream(path, { highWaterMark: PIECE_BYTES, ...(path === "-" ? { fd: STDIN } : {}) });
    this.pieces = this.stream[Symbol.asyncIterator]();
  }

  /** Throws what the system says. `-` is standard input. */
  static async open(path: string): Promise<OpenTrace> {
    const trace = new OpenTrace(path);
    const form = traceForm(await trace.start());
    trace.formFound = form;
    if (form === "gzip" || form === "zstd") {
      trace.isPacked = true;
      trace.pieces = unpacked(trace.rest(trace.pieces), form)[Symbol.asyncIterator]();
      trace.formFound = traceForm(await trace.start());
    }
    return trace;
  }

  get form(): TraceForm {
    return this.formFound;
  }

  /** The next bytes; undefined when there are no more. Throws where they are damaged. */
  async next(): Promise<Uint8Array | undefined> {
    const piece = this.peeked.shift() ?? (await this.nextPiece());
    this.nrBytes += piece?.length ?? 0;
    return piece;
  }

  /** The bytes to be read at any place, where the file allows it and its form needs it. */
  source(): ByteSource | undefined {
    if (this.isPacked || this.path === "-" || !READ_ANYWHERE.includes(this.form)) return undefined;
    this.fd = openSync(this.path, "r");
    const { fd } = this;
    const status = fstatSync(fd);
    if (!status.isFile()) return undefined;
    const read = (offsetBytes: number, nrBytes: number) => {
      const bytes = new Uint8Array(Math.max(0, Math.min(nrBytes, status.size - offsetBytes)));
      this.nrBytes += bytes.length;
      return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, offsetBytes));
    };
    return { sizeBytes: status.size, read };
  }

  close(): void {
    this.stream.destroy();
    if (this.fd >= 0) closeSync(this.fd);
  }

  private async nextPiece(): Promise<Uint8Array | undefined> {
    const { value, done } = await this.pieces.next();
    return done === true ? undefined : value;
  }

  /** Enough bytes to tell the form. */
  private async start(): Promise<Uint8Array> {
    let nrBytes = 0;
    while (nrBytes < FORM_BYTES) {
      const { value, done } = await this.pieces.next();
      if (done === true) break;
      this.peeked.push(value);
      nrBytes += value.length;
    }
    return Buffer.concat(this.peeked);
  }

  /** What was looked at, and what follows. */
  private async *rest(pieces: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
    yield* this.peeked.splice(0);
    for (;;) {
      const { value, done } = await pieces.next();
      if (done === true) return;
      yield value;
    }
  }
}
