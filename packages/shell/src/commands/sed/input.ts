/** Lines of sed's operands, one ahead of the script so that `$` is known. */

import { isErrno } from "../../errno.ts";
import type { CommandContext, InputStream, Running } from "../../process/command.ts";
import { complain, quoteIfNeeded } from "../support/report.ts";
import { closeInput, openFile } from "../support/streams.ts";

export interface SedLine {
  readonly text: string;
  /** False for a last line without its newline. */
  readonly ended: boolean;
  readonly file: string;
}

export class SedInput {
  /** A file could not be read. */
  failed = false;
  readonly #context: CommandContext;
  readonly #paths: readonly string[];
  readonly #end: string;
  #nextPath = 0;
  #stream: InputStream | undefined;
  #file = "-";
  #ahead: SedLine | undefined;
  #primed = false;
  #pending: string[] | undefined;

  constructor(context: CommandContext, paths: readonly string[], end: string) {
    this.#context = context;
    this.#paths = paths;
    this.#end = end;
  }

  *next(): Running<SedLine | undefined> {
    if (!this.#primed) {
      this.#primed = true;
      this.#ahead = yield* this.#read();
    }
    const line = this.#ahead;
    if (line !== undefined) this.#ahead = yield* this.#read();
    return line;
  }

  /** The line given last was the last of all, or with `separate` of its file. */
  isLast(file: string, separate: boolean): boolean {
    return this.#ahead === undefined || (separate && this.#ahead.file !== file);
  }

  *#read(): Running<SedLine | undefined> {
    for (;;) {
      if (this.#stream === undefined && !this.#openNext()) return undefined;
      const line = yield* this.#readOne();
      if (isErrno(line)) {
        complain(this.#context, `read error on ${this.#file}: ${line.message}`);
        this.failed = true;
      } else if (line !== undefined) {
        const ended = line.endsWith(this.#end);
        return { text: ended ? line.slice(0, -1) : line, ended, file: this.#file };
      }
      if (this.#stream !== undefined) closeInput(this.#stream);
      this.#stream = undefined;
    }
  }

  *#readOne() {
    const stream = this.#stream;
    if (stream === undefined) return undefined;
    if (this.#end === "\n") return yield* stream.readLine();
    if (this.#pending === undefined) {
      const text = yield* stream.readAll();
      if (isErrno(text)) return text;
      this.#pending = text.match(/[^\0]*\0|[^\0]+$/g) ?? [];
    }
    const record = this.#pending.shift();
    if (record === undefined) this.#pending = undefined;
    return record;
  }

  #openNext(): boolean {
    while (this.#nextPath < this.#paths.length) {
      const path = this.#paths[this.#nextPath] ?? "-";
      this.#nextPath++;
      const stream = path === "-" ? this.#context.stdin : openFile(this.#context, path);
      if (!isErrno(stream)) {
        this.#stream = stream;
        this.#file = path;
        return true;
      }
      const shown = quoteIfNeeded(path);
      const action = stream.code === "EISDIR" ? "couldn't read" : "can't read";
      complain(this.#context, `${action} ${shown}: ${stream.message}`);
      this.failed = true;
    }
    return false;
  }
}
