/**
 * What the command line hands to the page: a script or a recording, and the machine. The page reads it as `given.json`,
 *
 *     format    ebb-given/1
 *     script    name, text; or recording: name, file (an event file, beside given.json)
 *     machine   kernel, policies[], cpus, nodes, settings[], env[]; what is left to the kernel is absent
 *
 * and asks only for files that stand in the server's table. All texts are UTF-8.
 */

import { closeSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { EbbWriter, type Problem, traceForm } from "@ebb/formats";
import { type InputText, readScript } from "../input.ts";
import { fromByteString, toByteString } from "../output.ts";
import { copyEvents } from "../trace-files/copy-events.ts";
import { textsBeside } from "../trace-files/texts-beside.ts";
import { BYTES_TYPE, JSON_TYPE, type ServedFile } from "./page-files.ts";

/** The machine as the flags name it; the kernel by its name, or as the text of its profile file. */
export interface GivenMachine {
  readonly kernel: string;
  readonly policies: readonly string[];
  readonly cpus: string | undefined;
  readonly nodes: string | undefined;
  readonly settings: readonly string[];
  readonly env: readonly string[];
}

const RECORDING = "given.ebb";
const CREATOR = "ebb serve";
/** Enough to see what a file is. */
const LOOK_BYTES = 65_536;
const SCRIPT_NAME = /\.(?:sh|bash)$/;
/** Rows of tracefs, trace-cmd or perf script. */
const TRACE_ROW = /^# tracer:|percpu_(?:alloc|free|create|destroy)/m;

/** The files that hand over what was given; nothing but the machine without `paths`. */
export async function givenFiles(
  paths: readonly string[],
  machine: GivenMachine,
): Promise<ReadonlyMap<string, ServedFile> | Problem> {
  const [path] = paths;
  if (path === undefined) return new Map([["given.json", given({ machine })]]);
  if (paths.length === 1 && isScript(path)) {
    const script = readScript(path);
    return "severity" in script ? script : new Map([["given.json", given({ script: texts(script), machine })]]);
  }
  const bytes = await recordingOf(paths);
  if ("severity" in bytes) return bytes;
  const recording = { name: paths.map((one) => basename(one)).join(" "), file: RECORDING };
  return new Map([
    ["given.json", given({ recording, machine })],
    [RECORDING, { type: BYTES_TYPE, bytes }],
  ]);
}

function given(content: object): ServedFile {
  const bytes = Buffer.from(JSON.stringify({ format: "ebb-given/1", ...content }), "utf8");
  return { type: JSON_TYPE, bytes };
}

function texts({ name, text }: InputText): object {
  return { name: fromByteString(name), text: fromByteString(text) };
}

/** The recording in the files, with what lies beside them, as one event file. */
async function recordingOf(paths: readonly string[]): Promise<Uint8Array | Problem> {
  const beside = textsBeside(paths);
  if ("severity" in beside) return beside;
  const pieces: Uint8Array[] = [];
  const copied = await copyEvents(paths, new EbbWriter((bytes) => pieces.push(bytes.slice()), CREATOR), {
    texts: beside,
  });
  if ("severity" in copied) return copied;
  return copied.totals.nrEvents > 0 ? Buffer.concat(pieces) : noEvents(paths);
}

/** By its name, or because it looks like no recording. One that cannot be read is told by who reads it. */
function isScript(path: string): boolean {
  if (SCRIPT_NAME.test(path)) return true;
  const start = startOf(path);
  if (start === undefined) return true;
  return traceForm(start) === "text" && !TRACE_ROW.test(start.toString("latin1"));
}

function startOf(path: string): Buffer | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, "r");
    const bytes = Buffer.alloc(LOOK_BYTES);
    return bytes.subarray(0, readSync(fd, bytes));
  } catch {
    // Whoever reads the whole of it says why it cannot be read.
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function noEvents(paths: readonly string[]): Problem {
  return {
    severity: "error",
    file: paths.map(toByteString).join(" "),
    line: 0,
    message: "no percpu events in it",
    expected: "a bash script, or a recording with percpu events",
    found: "a file with neither",
    toDo: "record with `ebb record`, or see `ebb serve --help`",
  };
}
