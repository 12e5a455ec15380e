/**
 * What the command writes. Text from a script or for one is a byte string, one character for each byte; our own words
 * may hold any character. Both leave as bytes. A reader that has gone away ends the command quietly.
 */

import { type Problem, printProblem } from "@ebb/formats";

/** Nobody reads our standard output any more. */
export class OutputClosed extends Error {}

/** Exit codes of every command; `ebb run` answers with the script's own status where it has one. */
export const EXIT_FINDING = 1;
export const EXIT_USAGE = 2;

const BEYOND_BYTES = /[\u0100-\uffff]+/g;

/** The text as a byte string: UTF-8. */
export function toByteString(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** What a byte string says, read as UTF-8. */
export function fromByteString(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** Writes to standard output at once; throws OutputClosed when its reader has gone. */
export function writeOut(text: string): void {
  if (process.stdout.errored === null) process.stdout.write(asBytes(text), "latin1");
  if (isOutputClosed()) throw new OutputClosed("standard output is closed");
}

/** Runs a command's body, which answers its exit code; a reader that has seen enough is no error. */
export function untilClosed(body: () => number): void {
  try {
    process.exitCode = body();
  } catch (error) {
    if (!(error instanceof OutputClosed)) throw error;
  }
}

/** As untilClosed, for a body that waits. */
export async function untilClosedAsync(body: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await body();
  } catch (error) {
    if (!(error instanceof OutputClosed)) throw error;
  }
}

/** Asked between steps of a long run; true when going on is of no use. */
export function isOutputClosed(): boolean {
  return process.stdout.errored !== null;
}

export function writeError(text: string): void {
  if (process.stderr.errored === null) process.stderr.write(asBytes(text), "latin1");
}

/** Prints the problem; answers the exit code for it. */
export function failUsage(problem: Problem): number {
  writeError(`${printProblem(problem)}\n`);
  return EXIT_USAGE;
}

/** The problem of a file that cannot be written, from what was thrown. */
export function unwritable(path: string, error: unknown): Problem {
  return {
    severity: "error",
    file: toByteString(path),
    line: 0,
    message: "cannot be written",
    expected: "a file that may be made or replaced",
    found: error instanceof Error ? error.message : String(error),
    toDo: "name another file",
  };
}

/** Keeps the streams' late errors from ending the process; `main` looks at them when all is done. */
export function watchStreams(): void {
  process.stdout.on("error", () => undefined);
  process.stderr.on("error", () => undefined);
}

/** Why standard output failed, unless its reader just went away; undefined when it did not fail. */
export function outputFailure(): string | undefined {
  const error = process.stdout.errored;
  if (error === null || ("code" in error && error.code === "EPIPE")) return undefined;
  return error.message;
}

function asBytes(text: string): string {
  return text.replace(BEYOND_BYTES, toByteString);
}
