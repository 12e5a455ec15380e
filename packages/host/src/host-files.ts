/**
 * Files of the host as text. What cannot be read is undefined, and who asked says what that means: most files of /proc
 * and /sys exist on some kernels only.
 */

import { closeSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";

/** More of one file is not kept: no file that is recorded comes near. */
const MAX_BYTES = 4 * 1024 * 1024;

/** The text as a byte string; undefined when the file cannot be read. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path).subarray(0, MAX_BYTES).toString("latin1");
  } catch {
    // Not on this kernel, or not for us: the caller knows what that means.
    return undefined;
  }
}

/** Names in a folder, in order; none when there is no such folder. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    // As above.
    return [];
  }
}

/** Writes to a file that exists; throws what the system says. */
export function writeText(path: string, text: string): void {
  const fd = openSync(path, "w");
  try {
    writeSync(fd, text);
  } finally {
    closeSync(fd);
  }
}

/** The system's word for an error, such as ENOENT; "" for other errors. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** What the system says about an error, for a message. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
