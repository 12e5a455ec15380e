/**
 * Open file descriptions: what a file descriptor refers to. Several descriptors, in several processes, may share one
 * and so share its offset; `nrRefs` counts them and the last close releases the file or the end of the pipe.
 *
 * A read that would have to wait answers WOULD_BLOCK; `canRead` tells when to try again.
 */

import { EBADF, EPIPE, type Errno, isErrno } from "../errno.ts";
import type { FileHandle, Node } from "../vfs/node.ts";
import type { OutputStream } from "./command.ts";

export const WOULD_BLOCK = Symbol("would block");

/** Linux's default pipe capacity. A writer may exceed it by one write; it then waits for room. */
const PIPE_CAPACITY_BYTES = 65536;
const READ_CHUNK_BYTES = 4096;

export interface OpenFile {
  nrRefs: number;
  /** The node it was opened from; undefined for pipes made by the shell and for text. */
  readonly node: Node | undefined;
  /** Next bytes, "" at end of file. */
  tryRead(maxBytes: number): string | Errno | typeof WOULD_BLOCK;
  /** Next bytes up to and with `delimiter`; the last piece may lack it; "" at end of file. */
  tryReadLine(delimiter: string): string | Errno | typeof WOULD_BLOCK;
  canRead(): boolean;
  /** As programs write: what a write(2) did not take is written again, until all is or an error answers. */
  write(text: string): Errno | undefined;
  /** False while a pipe is full. */
  hasRoom(): boolean;
  /** Called when `nrRefs` falls to 0. */
  release(): void;
}

/** Takes one more reference. */
export function retain(file: OpenFile): OpenFile {
  file.nrRefs++;
  return file;
}

/** Gives one reference back. */
export function release(file: OpenFile): void {
  file.nrRefs--;
  if (file.nrRefs === 0) file.release();
}

/** A file, generated file or device of the file system, with its own offset. */
export class OpenNode implements OpenFile {
  nrRefs = 0;
  readonly node: Node;
  readonly #handle: FileHandle;
  readonly #access: { readonly read: boolean; readonly write: boolean; readonly append: boolean };
  #positionBytes = 0;

  constructor(node: Node, handle: FileHandle, access: { read: boolean; write: boolean; append: boolean }) {
    this.node = node;
    this.#handle = handle;
    this.#access = access;
  }

  tryRead(maxBytes: number): string | Errno {
    if (!this.#access.read) return EBADF;
    const bytes = this.#handle.read(this.#positionBytes, maxBytes);
    if (!isErrno(bytes)) this.#positionBytes += bytes.length;
    return bytes;
  }

  tryReadLine(delimiter: string): string | Errno {
    if (!this.#access.read) return EBADF;
    let line = "";
    for (;;) {
      const bytes = this.#handle.read(this.#positionBytes, READ_CHUNK_BYTES);
      if (isErrno(bytes)) return bytes;
      const end = bytes.indexOf(delimiter);
      const nrTaken = end < 0 ? bytes.length : end + 1;
      this.#positionBytes += nrTaken;
      if (end >= 0) return line + bytes.slice(0, nrTaken);
      line += bytes;
      if (bytes.length === 0) return line;
    }
  }

  canRead(): boolean {
    return true;
  }

  write(text: string): Errno | undefined {
    if (!this.#access.write) return EBADF;
    if (this.#access.append) this.#positionBytes = this.node.sizeBytes();
    let rest = text;
    for (;;) {
      const nrTaken = this.#handle.write(this.#positionBytes, rest);
      if (isErrno(nrTaken)) return nrTaken;
      this.#positionBytes += nrTaken;
      if (nrTaken >= rest.length || nrTaken === 0) return undefined;
      rest = rest.slice(nrTaken);
    }
  }

  hasRoom(): boolean {
    return true;
  }

  release(): void {
    this.#handle.close();
  }
}

/** Bytes between writers and readers. */
export class Pipe {
  nrReaders = 0;
  nrWriters = 0;
  /** How often each side was opened, for those who wait for it. */
  nrReaderOpens = 0;
  nrWriterOpens = 0;
  /** A reader waits for the end of a line that is longer than the pipe: writers may go on. */
  lineAwaited = false;
  #text = "";
  #chunks: string[] = [];
  #nrBytes = 0;

  get nrBytes(): number {
    return this.#nrBytes;
  }

  push(text: string): void {
    this.#chunks.push(text);
    this.#nrBytes += text.length;
  }

  take(maxBytes: number): string {
    this.#join();
    const taken = this.#text.slice(0, maxBytes);
    this.#text = this.#text.slice(maxBytes);
    this.#nrBytes -= taken.length;
    return taken;
  }

  indexOf(delimiter: string): number {
    this.#join();
    return this.#text.indexOf(delimiter);
  }

  #join(): void {
    if (this.#chunks.length === 0) return;
    this.#text += this.#chunks.join("");
    this.#chunks = [];
  }
}

/** One end, or for a FIFO opened with <> both ends, of a pipe. */
export class PipeEnd implements OpenFile {
  nrRefs = 0;
  readonly node: Node | undefined;
  readonly pipe: Pipe;
  readonly #reads: boolean;
  readonly #writes: boolean;

  constructor(pipe: Pipe, ends: { readonly read: boolean; readonly write: boolean }, node?: Node) {
    this.pipe = pipe;
    this.node = node;
    this.#reads = ends.read;
    this.#writes = ends.write;
    if (ends.read) {
      pipe.nrReaders++;
      pipe.nrReaderOpens++;
    }
    if (ends.write) {
      pipe.nrWriters++;
      pipe.nrWriterOpens++;
    }
  }

  tryRead(maxBytes: number): string | Errno | typeof WOULD_BLOCK {
    if (!this.#reads) return EBADF;
    if (this.pipe.nrBytes > 0) return this.pipe.take(maxBytes);
    return this.pipe.nrWriters > 0 ? WOULD_BLOCK : "";
  }

  tryReadLine(delimiter: string): string | Errno | typeof WOULD_BLOCK {
    if (!this.#reads) return EBADF;
    const end = this.pipe.nrBytes > 0 ? this.pipe.indexOf(delimiter) : -1;
    this.pipe.lineAwaited = end < 0 && this.pipe.nrWriters > 0;
    if (this.pipe.lineAwaited) return WOULD_BLOCK;
    return this.pipe.take(end < 0 ? this.pipe.nrBytes : end + 1);
  }

  /** Also true when there is nothing new for a reader of lines: it tries again and waits again. */
  canRead(): boolean {
    return this.pipe.nrBytes > 0 || this.pipe.nrWriters === 0;
  }

  write(text: string): Errno | undefined {
    if (!this.#writes) return EBADF;
    if (this.pipe.nrReaders === 0) return EPIPE;
    if (text !== "") this.pipe.push(text);
    return undefined;
  }

  hasRoom(): boolean {
    const { pipe } = this;
    return pipe.nrBytes < PIPE_CAPACITY_BYTES || pipe.lineAwaited || pipe.nrReaders === 0;
  }

  release(): void {
    if (this.#reads) this.pipe.nrReaders--;
    if (this.#writes) this.pipe.nrWriters--;
  }
}

/** Text that is all there: a here-document, the script's standard input. */
export class TextSource implements OpenFile {
  nrRefs = 0;
  readonly node = undefined;
  readonly #text: string;
  #positionBytes = 0;

  constructor(text: string) {
    this.#text = text;
  }

  tryRead(maxBytes: number): string {
    const bytes = this.#text.slice(this.#positionBytes, this.#positionBytes + maxBytes);
    this.#positionBytes += bytes.length;
    return bytes;
  }

  tryReadLine(delimiter: string): string {
    const found = this.#text.indexOf(delimiter, this.#positionBytes);
    const end = found < 0 ? this.#text.length : found + 1;
    const line = this.#text.slice(this.#positionBytes, end);
    this.#positionBytes = end;
    return line;
  }

  canRead(): boolean {
    return true;
  }

  write(): Errno {
    return EBADF;
  }

  hasRoom(): boolean {
    return true;
  }

  release(): void {}
}

/** What is written goes somewhere else; there is nothing to read. */
abstract class WriteOnly implements OpenFile {
  nrRefs = 0;
  readonly node = undefined;

  tryRead(): Errno {
    return EBADF;
  }

  tryReadLine(): Errno {
    return EBADF;
  }

  canRead(): boolean {
    return true;
  }

  write(text: string): Errno | undefined {
    return text === "" ? undefined : this.take(text);
  }

  hasRoom(): boolean {
    return true;
  }

  release(): void {}

  protected abstract take(text: string): Errno | undefined;
}

/** Hands everything written to a function of the caller. */
export class Sink extends WriteOnly {
  readonly #take: (text: string) => void;

  constructor(take: (text: string) => void) {
    super();
    this.#take = take;
  }

  protected override take(text: string): undefined {
    this.#take(text);
  }
}

/** An output stream of another program as an open file: what a child writes goes there. */
export class StreamFile extends WriteOnly {
  readonly #stream: OutputStream;

  constructor(stream: OutputStream) {
    super();
    this.#stream = stream;
  }

  override hasRoom(): boolean {
    return this.#stream.hasRoom();
  }

  protected override take(text: string): Errno | undefined {
    return this.#stream.write(text);
  }
}

/** /dev/null, which is there even when no device file is. */
export class NullDevice implements OpenFile {
  nrRefs = 0;
  readonly node = undefined;

  tryRead(): string {
    return "";
  }

  tryReadLine(): string {
    return "";
  }

  canRead(): boolean {
    return true;
  }

  write(): undefined {
    return undefined;
  }

  hasRoom(): boolean {
    return true;
  }

  release(): void {}
}
