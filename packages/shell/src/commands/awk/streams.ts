/**
 * awk's files and pipes: records read from a stream, and the table of what `getline`, `print >` and `|` have opened.
 *
 * `"cmd" | getline` runs its command bit by bit, only as far as the next record needs. `print | "cmd"` gathers the text
 * and runs the command when the pipe is closed.
 */

import { EPIPE, type Errno, isErrno } from "../../errno.ts";
import type { CommandContext, InputStream, OutputStream, Running, Wait } from "../../process/command.ts";
import { FileInput, type FileOutput, openFile, openForWriting } from "../support/streams.ts";

const BLOCK_BYTES = 65_536;
const PIPE_BYTES = 65_536;

/** Cuts a stream into records. */
export class RecordReader {
  readonly #stream: InputStream;
  #buffer = "";
  #ended = false;

  constructor(stream: InputStream) {
    this.#stream = stream;
  }

  /** Next record without its separator, undefined at the end. */
  *next(separator: string, compile: (source: string) => RegExp): Running<string | undefined | Errno> {
    if (separator === "\n" && this.#buffer === "") {
      const line = yield* this.#stream.readLine();
      return typeof line === "string" && line.endsWith("\n") ? line.slice(0, -1) : line;
    }
    if (separator.length === 1) return yield* this.#untilCharacter(separator);
    const failure = yield* this.#readRest();
    if (failure !== undefined) return failure;
    if (separator === "") return this.#paragraph();
    return this.#untilMatch(compile(separator));
  }

  close(): void {
    if (this.#stream instanceof FileInput) this.#stream.close();
  }

  *#untilCharacter(separator: string): Running<string | undefined | Errno> {
    for (;;) {
      const at = this.#buffer.indexOf(separator);
      if (at >= 0) {
        const record = this.#buffer.slice(0, at);
        this.#buffer = this.#buffer.slice(at + 1);
        return record;
      }
      const more = yield* this.#stream.read(BLOCK_BYTES);
      if (isErrno(more)) return more;
      if (more === "") return this.#last();
      this.#buffer += more;
    }
  }

  /** The rest as one record; a newline at the very end belongs to the text file, not to it. */
  #last(): string | undefined {
    const rest = this.#buffer;
    this.#buffer = "";
    return rest === "" ? undefined : rest;
  }

  *#readRest(): Running<Errno | undefined> {
    if (this.#ended) return undefined;
    this.#ended = true;
    const rest = yield* this.#stream.readAll();
    if (isErrno(rest)) return rest;
    this.#buffer += rest;
    return undefined;
  }

  #paragraph(): string | undefined {
    const text = this.#buffer.replace(/^\n+/, "");
    const end = /\n\n+/.exec(text);
    if (end === null) {
      this.#buffer = "";
      const record = text.replace(/\n$/, "");
      return record === "" ? undefined : record;
    }
    this.#buffer = text.slice(end.index + end[0].length);
    return text.slice(0, end.index);
  }

  #untilMatch(regex: RegExp): string | undefined {
    regex.lastIndex = 0;
    const match = regex.exec(this.#buffer);
    if (match === null || match[0] === "") return this.#last();
    const record = this.#buffer.slice(0, match.index);
    this.#buffer = this.#buffer.slice(match.index + match[0].length);
    return record;
  }
}

/** Text a child program wrote and nobody read yet. */
class ChildText implements OutputStream {
  text = "";
  closed = false;
  /** The reader needs more than is there, however long the line. */
  wanted = false;

  write(text: string): Errno | undefined {
    if (this.closed) return EPIPE;
    this.text += text;
    return undefined;
  }

  *drain(): Running<void> {
    if (!this.hasRoom()) yield { kind: "condition", holds: () => this.hasRoom() };
  }

  hasRoom(): boolean {
    return this.closed || this.wanted || this.text.length < PIPE_BYTES;
  }
}

/** A child program as a stream: run on only while its reader needs more. */
class ChildInput implements InputStream {
  readonly #child: Running<number>;
  readonly #output: ChildText;
  #wait: Wait | undefined;
  #status: number | undefined;

  constructor(child: Running<number>, output: ChildText) {
    this.#child = child;
    this.#output = output;
  }

  *read(maxBytes: number): Running<string | Errno> {
    while (this.#output.text === "" && this.#status === undefined) yield* this.#advance();
    const text = this.#output.text.slice(0, maxBytes);
    this.#output.text = this.#output.text.slice(text.length);
    return text;
  }

  *readLine(): Running<string | undefined | Errno> {
    for (;;) {
      const newline = this.#output.text.indexOf("\n");
      const end = newline >= 0 ? newline + 1 : this.#output.text.length;
      if (newline >= 0 || this.#status !== undefined) {
        const line = this.#output.text.slice(0, end);
        this.#output.text = this.#output.text.slice(end);
        return line === "" ? undefined : line;
      }
      yield* this.#advance();
    }
  }

  *readAll(): Running<string | Errno> {
    let text = "";
    for (;;) {
      const more = yield* this.read(PIPE_BYTES);
      if (isErrno(more)) return more;
      if (more === "") return text;
      text += more;
    }
  }

  /** Lets the child find its reader gone, and waits for it. */
  *finish(): Running<number> {
    this.#output.closed = true;
    while (this.#status === undefined) yield* this.#advance();
    return this.#status;
  }

  /** Lets the child run until it has written something, waits for something else, or has ended. */
  *#advance(): Running<void> {
    this.#output.wanted = true;
    yield* this.#step();
    this.#output.wanted = false;
  }

  *#step(): Running<void> {
    const wait = this.#wait;
    if (wait?.kind === "condition") {
      const nrBytes = this.#output.text.length;
      yield { ...wait, holds: () => wait.holds() || this.#output.text.length > nrBytes };
      if (!wait.holds()) return;
    } else if (wait !== undefined) yield wait;
    this.#wait = undefined;
    const step = this.#child.next();
    if (step.done === true) this.#status = step.value;
    else this.#wait = step.value;
  }
}

/** stdin of a child from a text. */
class GivenText implements InputStream {
  #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  // biome-ignore lint/correctness/useYield: a text never waits
  *read(maxBytes: number): Running<string | Errno> {
    return this.#take(maxBytes);
  }

  // biome-ignore lint/correctness/useYield: as above
  *readLine(): Running<string | undefined | Errno> {
    if (this.#text === "") return undefined;
    const newline = this.#text.indexOf("\n");
    return this.#take(newline < 0 ? this.#text.length : newline + 1);
  }

  // biome-ignore lint/correctness/useYield: as above
  *readAll(): Running<string | Errno> {
    return this.#take(this.#text.length);
  }

  #take(nrBytes: number): string {
    const text = this.#text.slice(0, nrBytes);
    this.#text = this.#text.slice(text.length);
    return text;
  }
}

interface OutputPipe {
  readonly script: string;
  text: string;
}

/** What the program has opened, by the name it used. */
export class OpenStreams {
  readonly #context: CommandContext;
  readonly #readers = new Map<string, { readonly reader: RecordReader; readonly child: ChildInput | undefined }>();
  readonly #files = new Map<string, FileOutput>();
  readonly #pipes = new Map<string, OutputPipe>();

  constructor(context: CommandContext) {
    this.#context = context;
  }

  fileReader(path: string): RecordReader | Errno {
    const known = this.#readers.get(path);
    if (known !== undefined) return known.reader;
    const stream = path === "-" || path === "/dev/stdin" ? this.#context.stdin : openFile(this.#context, path);
    if (isErrno(stream)) return stream;
    const reader = new RecordReader(stream);
    this.#readers.set(path, { reader, child: undefined });
    return reader;
  }

  commandReader(script: string): RecordReader {
    const known = this.#readers.get(script);
    if (known !== undefined) return known.reader;
    const output = new ChildText();
    const child = new ChildInput(this.#context.runShell(script, { stdout: output }), output);
    const reader = new RecordReader(child);
    this.#readers.set(script, { reader, child });
    return reader;
  }

  /** The output stream of `print > path`. */
  fileWriter(path: string, append: boolean): OutputStream | Errno {
    if (path === "/dev/stderr") return this.#context.stderr;
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const file = openForWriting(this.#context, path, append);
    if (!isErrno(file)) this.#files.set(path, file);
    return file;
  }

  writeToPipe(script: string, text: string): void {
    const known = this.#pipes.get(script);
    if (known !== undefined) known.text += text;
    else this.#pipes.set(script, { script, text });
  }

  /** -1 when nothing of that name is open. */
  *close(name: string): Running<number> {
    const reader = this.#readers.get(name);
    const file = this.#files.get(name);
    const pipe = this.#pipes.get(name);
    let status = -1;
    if (reader !== undefined) {
      this.#readers.delete(name);
      reader.reader.close();
      status = reader.child === undefined ? 0 : yield* reader.child.finish();
    }
    if (file !== undefined) {
      this.#files.delete(name);
      file.close();
      status = 0;
    }
    if (pipe !== undefined) {
      this.#pipes.delete(name);
      status = yield* this.#context.runShell(pipe.script, { stdin: new GivenText(pipe.text) });
    }
    return status;
  }

  *closeAll(): Running<void> {
    for (const name of [...this.#files.keys(), ...this.#pipes.keys(), ...this.#readers.keys()]) yield* this.close(name);
  }
}
