/** sed: its command line and in-place editing. */

import { isErrno } from "../../errno.ts";
import type { CommandContext, Running } from "../../process/command.ts";
import { optionTable, type ParsedOptions, parseOptions } from "../support/options.ts";
import { complain, quoteIfNeeded } from "../support/report.ts";
import { Output, slurpFile, writeFile } from "../support/streams.ts";
import { SedFault, SedMachine, type Sink } from "./execute.ts";
import { SedInput } from "./input.ts";
import { parseScript, type SedCommand, SedScriptError } from "./script.ts";

const OPTIONS = optionTable({
  short: "bEe:f:i::nrsuz",
  long: [
    "quiet n",
    "silent n",
    "expression= e",
    "file= f",
    "in-place=? i",
    "regexp-extended E",
    "separate s",
    "unbuffered u",
    "null-data z",
    "binary b",
    "posix",
  ],
  refusedShort: "l",
  refusedLong: ["debug", "follow-symlinks", "line-length", "sandbox"],
  usage: "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...",
});

const USAGE_STATUS = 1;
const INPUT_STATUS = 2;

interface ScriptPiece {
  /** How errors name it. */
  readonly name: string;
  readonly text: string;
}

/** Edits a stream. */
export function* sed(context: CommandContext): Running<number> {
  const options = parseOptions(context, OPTIONS);
  if (typeof options === "number") return options;
  const operands = [...options.operands];
  const pieces = scriptPieces(context, options, operands);
  if (typeof pieces === "number") return pieces;
  const script = parsePieces(context, pieces, options.last("Er") !== "");
  if (typeof script === "number") return script;
  const inPlace = options.has("i");
  const end = options.has("z") ? "\0" : "\n";
  const quiet = options.has("n") || /^#n\n/.test(pieces[0]?.text ?? "") || pieces[0]?.text === "#n";
  const how = { quiet, separate: inPlace || options.has("s"), end };
  const paths = operands.length === 0 ? ["-"] : operands;
  const output = new Output(context);
  try {
    if (inPlace) return yield* editInPlace(context, script, operands, how, options.value("i") ?? "");
    const input = new SedInput(context, paths, end);
    const machine = new SedMachine(context, script, input, how, { output, missingNewline: false });
    yield* machine.run(undefined);
    return output.finish(input.failed && machine.exitStatus === 0 ? INPUT_STATUS : machine.exitStatus, 4);
  } catch (error) {
    if (!(error instanceof SedFault)) throw error;
    output.flush();
    complain(context, error.message);
    return error.status;
  }
}

/** The script in pieces of -e and -f, or the first operand. */
function scriptPieces(context: CommandContext, options: ParsedOptions, operands: string[]): ScriptPiece[] | number {
  const pieces: ScriptPiece[] = [];
  let nrExpressions = 0;
  for (const option of options.list) {
    if (option.name === "e") {
      nrExpressions++;
      pieces.push({ name: `-e expression #${nrExpressions}, char `, text: option.value });
    } else if (option.name === "f") {
      const text = slurpFile(context, option.value);
      if (isErrno(text)) {
        complain(context, `couldn't open file ${option.value}: ${text.message}`);
        return 4;
      }
      pieces.push({ name: `file ${option.value} line `, text: text.replace(/\n$/, "") });
    }
  }
  if (pieces.length > 0) return pieces;
  const script = operands.shift();
  if (script === undefined) {
    context.stderr.write("Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n");
    return USAGE_STATUS;
  }
  return [{ name: "-e expression #1, char ", text: script }];
}

/** All pieces are one script; an error is placed in its own piece. */
function parsePieces(
  context: CommandContext,
  pieces: readonly ScriptPiece[],
  extended: boolean,
): SedCommand[] | number {
  const text = pieces.map((piece) => piece.text).join("\n");
  try {
    return parseScript(text, extended);
  } catch (error) {
    if (!(error instanceof SedScriptError)) throw error;
    if (error.offset < 0) {
      complain(context, error.message);
      return 4;
    }
    complain(context, `${placeOf(pieces, error.offset)}: ${error.message}`);
    return USAGE_STATUS;
  }
}

function placeOf(pieces: readonly ScriptPiece[], offset: number): string {
  let start = 0;
  for (const piece of pieces) {
    const end = start + piece.text.length;
    if (offset <= end + 1 || piece === pieces[pieces.length - 1]) {
      const inPiece = offset - start;
      if (!piece.name.startsWith("file")) return `${piece.name}${Math.min(inPiece, piece.text.length)}`;
      return piece.name + piece.text.slice(0, inPiece).split("\n").length;
    }
    start = end + 1;
  }
  return "";
}

/** Keeps what was written. */
class Collected {
  text = "";

  write(text: string): undefined {
    this.text += text;
    return undefined;
  }

  *drain(): Running<void> {}

  hasRoom(): boolean {
    return true;
  }
}

function* editInPlace(
  context: CommandContext,
  script: SedCommand[],
  paths: readonly string[],
  how: { readonly quiet: boolean; readonly separate: boolean; readonly end: string },
  suffix: string,
): Running<number> {
  let status = 0;
  const regular: string[] = [];
  for (const path of paths) {
    const node = context.vfs.lookup(path, context.cwd);
    if (isErrno(node)) complain(context, `can't read ${quoteIfNeeded(path)}: ${node.message}`);
    else if (node.kind !== "file") complain(context, `couldn't edit ${quoteIfNeeded(path)}: not a regular file`);
    else {
      regular.push(path);
      continue;
    }
    status = 4;
    if (isErrno(node)) status = 2;
  }
  const before = new Map<string, string>();
  for (const path of regular) {
    const text = slurpFile(context, path);
    if (!isErrno(text)) before.set(path, text);
  }
  const results = new Map<string, { readonly collected: Collected; readonly sink: Sink }>();
  const sinkOf = (path: string): Sink => {
    const collected = new Collected();
    const sink = { output: new Output(context, collected), missingNewline: false };
    results.set(path, { collected, sink });
    return sink;
  };
  const input = new SedInput(context, regular, how.end);
  const unused: Sink = { output: new Output(context), missingNewline: false };
  const machine = new SedMachine(context, script, input, how, unused);
  yield* machine.run(sinkOf);
  for (const [path, { collected, sink }] of results) {
    sink.output.flush();
    if (suffix !== "") writeFile(context, backupName(path, suffix), before.get(path) ?? "");
    writeFile(context, path, collected.text);
  }
  return machine.exitStatus === 0 ? status : machine.exitStatus;
}

function backupName(path: string, suffix: string): string {
  const slash = path.lastIndexOf("/") + 1;
  const name = path.slice(slash);
  const backup = suffix.includes("*") ? suffix.replaceAll("*", name) : name + suffix;
  return backup.includes("/") ? backup : path.slice(0, slash) + backup;
}
