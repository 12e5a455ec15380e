/** What the command reads: files and standard input, plain or gzip, as byte strings or as a Problem with the name. */

import { readFileSync, realpathSync } from "node:fs";
import { dirname, resolve, sep } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Problem } from "@ebb/formats";
import { toByteString } from "./output.ts";

/** Text of an input and the name messages call it by. */
export interface InputText {
  readonly name: string;
  readonly text: string;
}

const STDIN = 0;
/** More than any script or recorded trace; less than what a string may hold. */
const MAX_BYTES = 256 * 1024 * 1024;
const GZIP_MAGIC = [0x1f, 0x8b] as const;

/**
 * The whole of `path`, or of standard input for `-`; gzip is told by its first bytes and unpacked.
 *
 * @param name what messages call it by
 */
export function readInput(path: string, name = path === "-" ? "stdin" : toByteString(path)): InputText | Problem {
  try {
    const bytes = readFileSync(path === "-" ? STDIN : path);
    if (bytes.length > MAX_BYTES) return unreadable(name, "too large", `${bytes.length} bytes`);
    return { name, text: unpacked(bytes).toString("latin1") };
  } catch (error) {
    return unreadable(name, ...reasonOf(error));
  }
}

/** Why an input could not be read, from what the system or the unpacking says. */
export function unreadableProblem(name: string, error: unknown, expected: string): Problem {
  return { ...unreadable(name, ...reasonOf(error)), expected };
}

/** As readInput, for a script: text, not a program. */
export function readScript(path: string): InputText | Problem {
  const input = readInput(path);
  if ("severity" in input || !input.text.includes("\0")) return input;
  return unreadable(input.name, "not a script", "bytes that no text file holds");
}

/**
 * The reader of `@ NAME` includes of `path`: files of its folder, or below; of the working directory for standard
 * input. What goes wrong is left in `problem`, for whoever reports that an include could not be read.
 */
export class IncludeReader {
  readonly #folder: string;
  problem: Problem | undefined;

  constructor(path: string) {
    this.#folder = path === "-" ? process.cwd() : dirname(resolve(path));
  }

  read(name: string): string | undefined {
    const path = resolve(this.#folder, Buffer.from(name, "latin1").toString("utf8"));
    if (!this.#isInside(path)) {
      this.problem = unreadable(name, "an include may not leave the folder of the script", name);
      return undefined;
    }
    const input = readInput(path, name);
    if ("severity" in input) {
      this.problem = input;
      return undefined;
    }
    return input.text;
  }

  /** Links are followed: what counts is where the bytes are. A path that leads nowhere is judged by its name. */
  #isInside(path: string): boolean {
    const inside = (folder: string, target: string) => target.startsWith(folder.endsWith(sep) ? folder : folder + sep);
    if (!inside(this.#folder, path)) return false;
    try {
      return inside(realpathSync(this.#folder), realpathSync(path));
    } catch {
      return true;
    }
  }
}

function unpacked(bytes: Buffer): Buffer {
  const isGzip = bytes[0] === GZIP_MAGIC[0] && bytes[1] === GZIP_MAGIC[1];
  return isGzip ? gunzipSync(bytes, { maxOutputLength: MAX_BYTES }) : bytes;
}

const REASONS: ReadonlyMap<string, readonly [message: string, found: string]> = new Map([
  ["ENOENT", ["no such file", "nothing under that name"]],
  ["EISDIR", ["not a file", "a directory"]],
  ["ENOTDIR", ["no such file", "a path through something that is not a directory"]],
  ["EACCES", ["cannot be read", "no permission"]],
  ["ENAMETOOLONG", ["no such file", "a name longer than file systems allow"]],
  ["Z_BUF_ERROR", ["the gzip file is cut off", "the end of the file before the end of the data"]],
  ["Z_DATA_ERROR", ["the gzip file is damaged", "data that does not unpack"]],
  ["ZSTD_CUT_OFF", ["the zstd file is cut off", "the end of the file before the end of the data"]],
  ["ZSTD_DAMAGED", ["the zstd file is damaged", "data that does not unpack"]],
  ["ERR_BUFFER_TOO_LARGE", ["too large", `more than ${MAX_BYTES} bytes when unpacked`]],
]);

/** The problem of an input that cannot be read (on), from what was thrown. */
export function inputProblem(name: string, error: unknown): Problem {
  return { ...unreadable(name, ...reasonOf(error)), expected: "a recorded trace, plain, gzip or zstd" };
}

function reasonOf(error: unknown): readonly [message: string, found: string] {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return REASONS.get(code) ?? ["cannot be read", error instanceof Error ? error.message : String(error)];
}

function unreadable(name: string, message: string, found: string): Problem {
  return {
    severity: "error",
    file: name,
    line: 0,
    message,
    expected: "a text file, plain or gzip, or - for standard input",
    found,
    toDo: "check the name and the file",
  };
}
