/**
 * A file that appears whole or not at all: written beside its place under another name and renamed when it is complete.
 * What ends the command first, a signal too, takes the part away.
 */

import { closeSync, fsyncSync, lstatSync, openSync, realpathSync, renameSync, rmSync, writeSync } from "node:fs";
import type { Problem } from "@ebb/formats";
import { toByteString } from "../output.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export class OutputFile {
  /** Bytes written so far. */
  nrBytes = 0;
  /** Why writing failed; undefined as long as it did not. */
  failure: unknown;
  readonly #path: string;
  readonly #part: string;
  readonly #fd: number;
  readonly #onSignal = (signal: NodeJS.Signals) => {
    this.abandon();
    process.kill(process.pid, signal);
  };

  private constructor(path: string) {
    this.#path = path;
    this.#part = `${path}.${process.pid}.part`;
    this.#fd = openSync(this.#part, "wx");
    for (const signal of SIGNALS) process.once(signal, this.#onSignal);
  }

  /** Begins a file that will stand at `path`, in place of a file there; a link is followed. */
  static create(path: string): OutputFile | Problem {
    try {
      return new OutputFile(placeOf(path));
    } catch (error) {
      return outputProblem(path, error);
    }
  }

  /** Writes at the end; after a failure nothing more is written, and `failure` says so. */
  write(bytes: Uint8Array): void {
    if (this.failure !== undefined) return;
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done);
      this.nrBytes += bytes.length;
    } catch (error) {
      this.failure = error;
    }
  }

  /** The file is complete: it takes its place. */
  finish(): void {
    fsyncSync(this.#fd);
    closeSync(this.#fd);
    renameSync(this.#part, this.#path);
    this.#ignoreSignals();
  }

  /** Nothing remains. */
  abandon(): void {
    this.#ignoreSignals();
    closeSync(this.#fd);
    rmSync(this.#part, { force: true });
  }

  #ignoreSignals(): void {
    for (const signal of SIGNALS) process.removeListener(signal, this.#onSignal);
  }
}

/** The system's word for an error, such as ENOENT; "" for other errors. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** Why a file could not be written, as a problem. */
export function outputProblem(path: string, error: unknown): Problem {
  return {
    severity: "error",
    file: toByteString(path),
    line: 0,
    message: "cannot be written",
    expected: "a place for a file, with room and permission",
    found: error instanceof Error ? error.message : String(error),
    toDo: "name another place, or make room",
  };
}

/** Where the file goes; throws when what is there is no plain file. */
function placeOf(path: string): string {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return path;
  const place = realpathSync(path);
  if (!lstatSync(place).isFile()) throw new Error("something that is not a plain file stands there");
  return place;
}
