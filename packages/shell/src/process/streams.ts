/** A program's view of its open files: the InputStream and OutputStream of the command seam. */

import { EBADF, EPIPE, type Errno, isErrno } from "../errno.ts";
import type { InputStream, OutputStream, Running, Wait } from "./command.ts";
import { type OpenFile, WOULD_BLOCK } from "./open-file.ts";

const READ_ALL_CHUNK_BYTES = 1 << 20;

/** Waits until `file` may have something to read. */
function untilReadable(file: OpenFile): Wait {
  return { kind: "condition", holds: () => file.canRead() };
}

export class FileInput implements InputStream {
  readonly file: OpenFile | undefined;

  constructor(file: OpenFile | undefined) {
    this.file = file;
  }

  *read(maxBytes: number): Running<string | Errno> {
    const file = this.file;
    if (file === undefined) return EBADF;
    for (;;) {
      const bytes = file.tryRead(maxBytes);
      if (bytes !== WOULD_BLOCK) return bytes;
      yield untilReadable(file);
    }
  }

  *readLine(): Running<string | undefined | Errno> {
    const file = this.file;
    if (file === undefined) return EBADF;
    const line = yield* readUntil(file, "\n");
    return line === "" ? undefined : line;
  }

  *readAll(): Running<string | Errno> {
    const chunks: string[] = [];
    for (;;) {
      const bytes = yield* this.read(READ_ALL_CHUNK_BYTES);
      if (isErrno(bytes)) return bytes;
      if (bytes === "") return chunks.length === 1 ? (chunks[0] ?? "") : chunks.join("");
      chunks.push(bytes);
    }
  }
}

/** Next bytes up to and with `delimiter`; fewer at end of file. */
export function* readUntil(file: OpenFile, delimiter: string): Running<string | Errno> {
  let taken = file.tryReadLine(delimiter);
  // Half a line in a pipe is readable but no progress, so the condition itself takes the line when it is whole.
  while (taken === WOULD_BLOCK) {
    yield {
      kind: "condition",
      holds: () => {
        if (taken === WOULD_BLOCK && file.canRead()) taken = file.tryReadLine(delimiter);
        return taken !== WOULD_BLOCK;
      },
    };
  }
  return taken;
}

export class FileOutput implements OutputStream {
  readonly file: OpenFile | undefined;
  readonly #onBrokenPipe: () => void;

  /** @param onBrokenPipe called when a write finds no reader: the writer gets SIGPIPE */
  constructor(file: OpenFile | undefined, onBrokenPipe: () => void) {
    this.file = file;
    this.#onBrokenPipe = onBrokenPipe;
  }

  write(text: string): Errno | undefined {
    if (this.file === undefined) return EBADF;
    const answer = this.file.write(text);
    if (answer === EPIPE) this.#onBrokenPipe();
    return answer;
  }

  *drain(): Running<void> {
    if (!this.hasRoom()) yield { kind: "condition", holds: () => this.hasRoom() };
  }

  hasRoom(): boolean {
    return this.file === undefined || this.file.hasRoom();
  }
}
