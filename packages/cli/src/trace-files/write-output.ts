/** Writes an output of events, in the format that its name asks for: whole, or not at all. */

import { extname } from "node:path";
import type { Problem } from "@ebb/formats";
import { toByteString } from "../output.ts";
import type { Copied } from "./copy-events.ts";
import { type EventOutput, ebbOutput } from "./event-output.ts";
import { OutputFile, outputProblem } from "./output-file.ts";

/** What was copied, and where to. */
export interface Written extends Copied {
  /** Undefined when nothing was written. */
  readonly out: string | undefined;
  readonly nrBytes: number;
}

/** Formats by the ending of the name. The Parquet library is loaded when it is needed. */
const FORMATS: ReadonlyMap<string, (file: OutputFile, creator: string) => Promise<EventOutput>> = new Map([
  [".ebb", async (file: OutputFile, creator: string) => ebbOutput(file, creator)],
  [
    ".parquet",
    async (file: OutputFile, creator: string) => (await import("./parquet-output.ts")).parquetOutput(file, creator),
  ],
]);

/**
 * Lets `fill` fill the output at `path`; the answer is a problem when there is none afterwards.
 *
 * @param creator who writes, for people that look into the file
 * @param strict  nothing is written when data was lost on the way
 */
export async function writeOutput(
  path: string,
  creator: string,
  strict: boolean,
  fill: (output: EventOutput) => Promise<Copied | Problem>,
): Promise<Written | Problem> {
  const format = FORMATS.get(extname(path));
  if (format === undefined) return noFormat(path);
  const file = OutputFile.create(path);
  if (!(file instanceof OutputFile)) return file;
  const copied = await fill(await format(file, creator));
  if (file.failure !== undefined || "severity" in copied) {
    file.abandon();
    return "severity" in copied ? copied : outputProblem(path, file.failure);
  }
  if (strict && !isWhole(copied.problems)) {
    file.abandon();
    return { ...copied, out: undefined, nrBytes: 0 };
  }
  file.finish();
  return { ...copied, out: toByteString(path), nrBytes: file.nrBytes };
}

/** No data was lost. */
export function isWhole(problems: Copied["problems"]): boolean {
  return problems["data-loss"] + problems.error === 0;
}

function noFormat(path: string): Problem {
  return {
    severity: "error",
    file: toByteString(path),
    line: 0,
    message: "what to write is told by the ending of the name",
    expected: [...FORMATS.keys()].join(" or "),
    found: extname(path) === "" ? "none" : extname(path),
    toDo: "name the output as in ebb convert boot.trace boot.ebb",
  };
}
