/**
 * Files and pipes as the programs read and write them: input by lines or blocks, output gathered into blocks as stdio
 * does, so that one program's many small writes are few write(2) calls.
 */

import { EISDIR, EOPNOTSUPP, EPIPE, type Errno, isErrno } from "../../errno.ts";
import type { CommandContext, InputStream, OutputStream, Running } from "../../process/command.ts";
import type { FileHandle } from "../../vfs/node.ts";
import type { OpenOptions } from "../../vfs/vfs.ts";
import { Pace } from "./pace.ts";
import { complain, complainAbout, SIGPIPE_STATUS } from "./report.ts";

const BLOCK_BYTES = 65_536;
const FLUSH_BYTES = 4096;

/** An opened file read from its start. */
export class FileInput implements InputStream {
  readonly #handle: FileHandle;
  #position = 0;
  #buffer = "";
  #at = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  // biome-ignore lint/correctness/useYield: a file never waits; the interface is a pipe's
  *read(maxBytes: number): Running<string | Errno> {
    const text = this.#buffer.slice(this.#at, this.#at + maxBytes);
    this.#at += text.length;
    if (text.length === maxBytes) return text;
    // a file gives all that is asked for, its end apart
    const more = this.#handle.read(this.#position, maxBytes - text.length);
    if (isErrno(more)) return text === "" ? more : text;
    this.#position += more.length;
    return text + more;
  }

  // biome-ignore lint/correctness/useYield: as above
  *readLine(): Running<string | undefined | Errno> {
    return this.nextLine();
  }

  // biome-ignore lint/correctness/useYield: as above
  *readAll(): Running<string | Errno> {
    let text = this.#buffer.slice(this.#at);
    for (;;) {
      const filled = this.#fill();
      if (filled !== undefined) return filled;
      if (this.#buffer === "") return text;
      text += this.#buffer;
      this.#at = this.#buffer.length;
    }
  }

  close(): void {
    this.#handle.close();
  }

  /** As readLine, for callers that know it is a file. */
  nextLine(): string | undefined | Errno {
    let line = "";
    for (;;) {
      const newline = this.#buffer.indexOf("\n", this.#at);
      if (newline >= 0) {
        line += this.#buffer.slice(this.#at, newline + 1);
        this.#at = newline + 1;
        return line;
      }
      line += this.#buffer.slice(this.#at);
      const filled = this.#fill();
      if (filled !== undefined) return filled;
      if (this.#buffer === "") return line === "" ? undefined : line;
    }
  }

  #fill(): Errno | undefined {
    const next = this.#handle.read(this.#position, BLOCK_BYTES);
    if (isErrno(next)) return next;
    this.#position += next.length;
    this.#buffer = next;
    this.#at = 0;
    return undefined;
  }
}

/** Opens `path` for reading. A named pipe is refused: only redirections open those. */
export function openFile(context: CommandContext, path: string): FileInput | Errno {
  const opened = context.vfs.open(path, context.cwd, { read: true }, context.pid);
  if (isErrno(opened)) return opened;
  if (opened.node.kind === "directory" || opened.node.kind === "fifo") {
    opened.handle.close();
    return opened.node.kind === "directory" ? EISDIR : EOPNOTSUPP;
  }
  return new FileInput(opened.handle);
}

/** stdin for "-", else the file; says on stderr why it cannot be opened. */
export function openOperand(context: CommandContext, path: string): InputStream | undefined {
  if (path === "-" || path === "/dev/stdin") return context.stdin;
  const file = openFile(context, path);
  if (!isErrno(file)) return file;
  complainAbout(context, path, file);
  return undefined;
}

/** Releases what `openOperand` opened; stdin stays. */
export function closeInput(input: InputStream): void {
  if (input instanceof FileInput) input.close();
}

/** The whole text of a file. */
export function slurpFile(context: CommandContext, path: string): string | Errno {
  const file = openFile(context, path);
  if (isErrno(file)) return file;
  const step = file.readAll().next();
  file.close();
  return step.done === true ? step.value : EOPNOTSUPP;
}

/** Output gathered into blocks. After each batch a program asks `full`, and then settles. */
export class Output {
  readonly #context: CommandContext;
  readonly #stream: OutputStream;
  readonly #pace: Pace;
  #pending = "";
  #failure: Errno | undefined;

  constructor(context: CommandContext, stream: OutputStream = context.stdout) {
    this.#context = context;
    this.#stream = stream;
    this.#pace = new Pace(context.host);
  }

  write(text: string): void {
    this.#pending += text;
  }

  /** A block is full, or nobody reads any more: time to `settle`. */
  get full(): boolean {
    return this.#pending.length >= FLUSH_BYTES || this.#failure !== undefined;
  }

  flush(): void {
    if (this.#pending !== "" && this.#failure === undefined) this.#failure = this.#stream.write(this.#pending);
    this.#pending = "";
  }

  /** Writes what is gathered and waits for room; false when nobody reads any more and the program should end. */
  *settle(): Running<boolean> {
    const nrBytes = this.#pending.length;
    this.flush();
    if (this.#failure !== undefined) return false;
    yield* this.#stream.drain();
    yield* this.#pace.spend(nrBytes);
    return true;
  }

  /** Writes the rest; the exit status: 141 when nobody read it, `failed` (with a message) when it was refused. */
  finish(status: number, failed = 1): number {
    this.flush();
    if (this.#failure === undefined) return status;
    if (this.#failure === EPIPE) return SIGPIPE_STATUS;
    complain(this.#context, `write error: ${this.#failure.message}`);
    return failed;
  }
}

/** A file written from a position on. */
export class FileOutput implements OutputStream {
  readonly #handle: FileHandle;
  #position: number;

  constructor(handle: FileHandle, position: number) {
    this.#handle = handle;
    this.#position = position;
  }

  /** Where the next write goes. */
  get position(): number {
    return this.#position;
  }

  write(text: string): Errno | undefined {
    let rest = text;
    for (;;) {
      const taken = this.#handle.write(this.#position, rest);
      if (isErrno(taken)) return taken;
      this.#position += taken;
      if (taken >= rest.length || taken === 0) return undefined;
      rest = rest.slice(taken);
    }
  }

  *drain(): Running<void> {}

  hasRoom(): boolean {
    return true;
  }

  close(): void {
    this.#handle.close();
  }
}

/** Opens a file for writing; at its end with `append`. */
export function openForWriting(context: CommandContext, path: string, append: boolean): FileOutput | Errno {
  const options: OpenOptions = append
    ? { write: true, create: true, append: true }
    : { write: true, create: true, truncate: true };
  const opened = context.vfs.open(path, context.cwd, options, context.pid);
  if (isErrno(opened)) return opened;
  if (opened.node.kind === "directory" || opened.node.kind === "fifo") {
    opened.handle.close();
    return opened.node.kind === "directory" ? EISDIR : EOPNOTSUPP;
  }
  return new FileOutput(opened.handle, append ? opened.node.sizeBytes() : 0);
}

/** Replaces the text of a file. */
export function writeFile(context: CommandContext, path: string, text: string): Errno | undefined {
  const file = openForWriting(context, path, false);
  if (isErrno(file)) return file;
  const failure = text === "" ? undefined : file.write(text);
  file.close();
  return failure;
}
