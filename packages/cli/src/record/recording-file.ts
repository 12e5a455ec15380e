/** The event file of a recording: written as it goes, readable at any time, gone on with after its end. */

import { closeSync, ftruncateSync, openSync, readFileSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { EbbReader, EbbWriter, type ImportTotals, type Problem } from "@ebb/formats";
import { BOOT_ID } from "@ebb/host";
import { toByteString } from "../output.ts";
import { errorCode, outputProblem } from "../trace-files/output-file.ts";

const CREATOR = "ebb record";
const PIECE_BYTES = 1 << 18;
const NOTHING: ImportTotals = { nrRead: 0, nrEvents: 0, nrOther: 0, nrForeign: 0, nrBad: 0, nrLost: 0 };

export class RecordingFile {
  readonly writer: EbbWriter;
  nrBytes: number;
  /** Why writing failed; undefined as long as it did not. */
  failure: unknown;
  readonly #path: string;
  readonly #fd: number;
  /** What the file had before, of a recording that is gone on with. */
  readonly #before: EbbReader | undefined;

  private constructor(path: string, fd: number, before: EbbReader | undefined) {
    this.#path = path;
    this.#fd = fd;
    this.#before = before;
    this.nrBytes = before?.nrWholeBytes ?? 0;
    this.writer = new EbbWriter((bytes) => this.#write(bytes), CREATOR, before);
  }

  /** A file that does not exist yet. */
  static create(path: string): RecordingFile | Problem {
    try {
      return new RecordingFile(path, openSync(path, "wx"), undefined);
    } catch (error) {
      return errorCode(error) === "EEXIST" ? exists(path) : outputProblem(path, error);
    }
  }

  /**
   * The end of a file, if there is one; its problems go to `tell`. A torn block there is taken away.
   *
   * @param root folder below which the host's proc is
   */
  static open(path: string, root: string, tell: (problem: Problem) => void): RecordingFile | Problem {
    let fd: number;
    try {
      fd = openSync(path, "r+");
    } catch (error) {
      return errorCode(error) === "ENOENT" ? RecordingFile.create(path) : outputProblem(path, error);
    }
    let bootId: string | undefined;
    const reader = new EbbReader(toByteString(path), {
      batch: () => undefined,
      problem: tell,
      text({ key, text }) {
        if (key === BOOT_ID) bootId = text;
      },
    });
    readAll(fd, reader);
    const problem = cannotGoOn(path, reader, bootId, root);
    if (problem !== undefined) {
      closeSync(fd);
      return problem;
    }
    ftruncateSync(fd, reader.nrWholeBytes);
    return new RecordingFile(path, fd, reader);
  }

  /** What was given to the writer is in the file. */
  flush(totals: ImportTotals): void {
    this.writer.flush(this.#withBefore(totals));
  }

  /** The recording is complete. */
  end(totals: ImportTotals): void {
    this.writer.end(this.#withBefore(totals));
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Nothing is kept: a file that was begun goes, one that was gone on with is as it was. */
  discard(): void {
    if (this.#before === undefined) rmSync(this.#path);
    else ftruncateSync(this.#fd, this.#before.nrWholeBytes);
    this.close();
  }

  #withBefore(totals: ImportTotals): ImportTotals {
    const before = this.#before?.totals ?? NOTHING;
    return {
      nrRead: before.nrRead + totals.nrRead,
      nrEvents: before.nrEvents + totals.nrEvents,
      nrOther: before.nrOther + totals.nrOther,
      nrForeign: before.nrForeign + totals.nrForeign,
      nrBad: before.nrBad + totals.nrBad,
      nrLost: before.nrLost + totals.nrLost,
    };
  }

  #write(bytes: Uint8Array): void {
    if (this.failure !== undefined) return;
    try {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(this.#fd, bytes, done, bytes.length - done, this.nrBytes + done);
      }
      this.nrBytes += bytes.length;
    } catch (error) {
      this.failure = error;
    }
  }
}

function readAll(fd: number, reader: EbbReader): void {
  const piece = new Uint8Array(PIECE_BYTES);
  for (let nr = readSync(fd, piece); nr > 0; nr = readSync(fd, piece)) reader.push(piece.subarray(0, nr));
  reader.end();
}

/** After a reboot, addresses and times mean something else. */
function cannotGoOn(path: string, reader: EbbReader, bootId: string | undefined, root: string): Problem | undefined {
  if (reader.nrWholeBytes === 0) return refused(path, "an event file", "something else, or of another version");
  if (bootId === undefined || bootId === readFileSync(join(root, BOOT_ID), "latin1")) return undefined;
  return refused(path, "a recording of this boot", "one from before the host was started anew");
}

function exists(path: string): Problem {
  return { ...refused(path, "a new name, so that no recording is lost", "a file"), message: "there is such a file" };
}

function refused(path: string, expected: string, found: string): Problem {
  return {
    severity: "error",
    file: toByteString(path),
    line: 0,
    message: "cannot be gone on with",
    expected,
    found,
    toDo: "name another file with -o",
  };
}
