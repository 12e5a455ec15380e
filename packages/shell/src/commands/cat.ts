/** cat and tac. */

import { isErrno } from "../errno.ts";
import type { CommandContext, InputStream, Running } from "../process/command.ts";
import { optionTable, type ParsedOptions, parseOptions } from "./support/options.ts";
import { complainAbout } from "./support/report.ts";
import { closeInput, Output, openOperand } from "./support/streams.ts";

const BLOCK_BYTES = 65_536;

const CAT_OPTIONS = optionTable({
  short: "AbeEnstTuv",
  long: [
    "show-all A",
    "number-nonblank b",
    "show-ends E",
    "number n",
    "squeeze-blank s",
    "show-tabs T",
    "show-nonprinting v",
  ],
});

const TAC_OPTIONS = optionTable({
  short: "s:",
  long: ["separator= s"],
  refusedShort: "br",
  refusedLong: ["before", "regex"],
});

interface CatHow {
  readonly numberAll: boolean;
  readonly numberFilled: boolean;
  readonly squeeze: boolean;
  readonly ends: boolean;
  readonly tabs: boolean;
  readonly nonPrinting: boolean;
}

/** Copies files to stdout. */
export function* cat(context: CommandContext): Running<number> {
  const options = parseOptions(context, CAT_OPTIONS);
  if (typeof options === "number") return options;
  const paths = options.operands.length === 0 ? ["-"] : options.operands;
  const how = options.list.length > 0 ? catHow(options) : undefined;
  const output = new Output(context);
  const state = { line: 0, blankRun: 0, atStart: true };
  let status = 0;
  for (const path of paths) {
    const input = openOperand(context, path);
    if (input === undefined) {
      status = 1;
      continue;
    }
    for (;;) {
      const text = how === undefined ? yield* input.read(BLOCK_BYTES) : yield* nextLine(input);
      if (isErrno(text)) {
        complainAbout(context, path, text);
        status = 1;
        break;
      }
      if (text === "") break;
      output.write(how === undefined ? text : dressLine(text, how, state));
      if ((how === undefined || output.full) && !(yield* output.settle())) return output.finish(status);
    }
    closeInput(input);
    output.flush();
  }
  return output.finish(status);
}

function* nextLine(input: InputStream) {
  return (yield* input.readLine()) ?? "";
}

function catHow(options: ParsedOptions): CatHow {
  const has = (letters: string): boolean => options.last(letters) !== "";
  return {
    numberAll: has("n") && !has("b"),
    numberFilled: has("b"),
    squeeze: has("s"),
    ends: has("AeE"),
    tabs: has("AtT"),
    nonPrinting: has("Aetv"),
  };
}

function dressLine(line: string, how: CatHow, state: { line: number; blankRun: number; atStart: boolean }): string {
  const blank = line === "\n" && state.atStart;
  state.blankRun = blank ? state.blankRun + 1 : 0;
  if (how.squeeze && state.blankRun > 1) return "";
  const ended = line.endsWith("\n");
  let text = ended ? line.slice(0, -1) : line;
  if (how.nonPrinting) text = text.replace(/[^\x20-\x7e\t]/g, showByte);
  if (how.tabs) text = text.replaceAll("\t", "^I");
  if (state.atStart && (how.numberAll || (how.numberFilled && !blank))) {
    state.line++;
    text = `${String(state.line).padStart(6)}\t${text}`;
  }
  state.atStart = ended;
  return text + (ended ? (how.ends ? "$\n" : "\n") : "");
}

/** A byte in caret and M- notation. */
function showByte(c: string): string {
  const byte = c.charCodeAt(0);
  const low = byte % 128;
  const shown = low < 32 ? `^${String.fromCharCode(low + 64)}` : low === 127 ? "^?" : String.fromCharCode(low);
  return byte >= 128 ? `M-${shown}` : shown;
}

/** Prints lines in reverse. */
export function* tac(context: CommandContext): Running<number> {
  const options = parseOptions(context, TAC_OPTIONS);
  if (typeof options === "number") return options;
  const separator = options.value("s") ?? "\n";
  const output = new Output(context);
  let status = 0;
  for (const path of options.operands.length === 0 ? ["-"] : options.operands) {
    const input = openOperand(context, path);
    if (input === undefined) {
      status = 1;
      continue;
    }
    const text = yield* input.readAll();
    closeInput(input);
    if (isErrno(text)) {
      complainAbout(context, path, text);
      status = 1;
      continue;
    }
    const records = text.split(separator);
    const last = records.pop() ?? "";
    if (last !== "") output.write(last);
    for (const record of records.reverse()) output.write(record + separator);
  }
  return output.finish(status);
}
