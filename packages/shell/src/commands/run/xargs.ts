/** xargs. `-P` is taken, but the runs come one after the other. */

import { isErrno } from "../../errno.ts";
import type { CommandContext, Running } from "../../process/command.ts";
import { optionTable, type ParsedOptions, parseOptions } from "../support/options.ts";
import { complain, complainUsage } from "../support/report.ts";

const OPTIONS = optionTable({
  short: "0d:I:L:n:P:rs:tx",
  long: [
    "null 0",
    "delimiter= d",
    "replace=? I",
    "max-lines= L",
    "max-args= n",
    "max-procs= P",
    "no-run-if-empty r",
    "max-chars= s",
    "verbose t",
    "exit x",
  ],
  refusedShort: "aEeilopS",
  refusedLong: ["arg-file", "eof", "interactive", "open-tty", "process-slot-var", "show-limits"],
  stopAtOperand: true,
});

/** Bytes of one command line. */
const DEFAULT_BYTES = 131_072;
const CHILD_FAILED = 123;
const CHILD_STOPPED = 124;

interface XargsHow {
  readonly command: readonly string[];
  readonly replace: string | undefined;
  readonly maxArgs: number;
  readonly maxLines: number;
  readonly maxBytes: number;
  readonly verbose: boolean;
  readonly runEmpty: boolean;
}

/** One argument, and whether its input line ends with it. */
interface Item {
  readonly text: string;
  readonly endsLine: boolean;
}

class XargsError extends Error {}

/** Runs a command with arguments from stdin. */
export function* xargs(context: CommandContext): Running<number> {
  const options = parseOptions(context, OPTIONS);
  if (typeof options === "number") return options;
  const how = xargsHow(context, options);
  if (how === undefined) return 1;
  const text = yield* context.stdin.readAll();
  if (isErrno(text)) {
    complain(context, `read error: ${text.message}`);
    return 1;
  }
  let items: readonly Item[];
  try {
    items = readItems(text, options, how);
  } catch (error) {
    if (!(error instanceof XargsError)) throw error;
    complain(context, error.message);
    return 1;
  }
  return yield* runAll(context, items, how);
}

function xargsHow(context: CommandContext, options: ParsedOptions): XargsHow | undefined {
  const number = (letter: string): number | undefined => {
    const text = options.value(letter);
    if (text === undefined) return Number.POSITIVE_INFINITY;
    if (!/^\d+$/.test(text)) {
      complainUsage(context, `invalid number "${text}" for -${letter} option`);
      return undefined;
    }
    if (Number(text) < 1 && letter !== "P") {
      complain(context, `value ${text} for -${letter} option should be >= 1`);
      return undefined;
    }
    return Number(text);
  };
  const [maxArgs, maxLines, maxBytes, maxProcs] = [number("n"), number("L"), number("s"), number("P")];
  if (maxArgs === undefined || maxLines === undefined || maxBytes === undefined || maxProcs === undefined)
    return undefined;
  const lastLimit = options.last("nLI");
  const replace = options.value("I");
  return {
    command: options.operands.length === 0 ? ["echo"] : options.operands,
    replace: lastLimit === "I" ? replace || "{}" : undefined,
    maxArgs: lastLimit === "n" ? maxArgs : Number.POSITIVE_INFINITY,
    maxLines: lastLimit === "L" ? maxLines : Number.POSITIVE_INFINITY,
    maxBytes: Math.min(maxBytes, DEFAULT_BYTES),
    verbose: options.has("t"),
    runEmpty: !options.has("r") && lastLimit !== "I",
  };
}

function readItems(text: string, options: ParsedOptions, how: XargsHow): readonly Item[] {
  const delimiter = options.last("0d");
  if (delimiter !== "") {
    const separator = delimiter === "0" ? "\0" : unescapeDelimiter(options.value("d") ?? "");
    const parts = text.split(separator);
    if (parts[parts.length - 1] === "") parts.pop();
    return parts.map((part) => ({ text: part, endsLine: true }));
  }
  if (how.replace !== undefined) {
    return text
      .split("\n")
      .map((line) => line.replace(/^[ \t]+/, ""))
      .filter((line) => line !== "")
      .map((line) => ({
        text: splitQuoted(line, false)
          .map((item) => item.text)
          .join(""),
        endsLine: true,
      }));
  }
  return splitQuoted(text, true);
}

function unescapeDelimiter(text: string): string {
  const known = new Map([
    ["\\n", "\n"],
    ["\\t", "\t"],
    ["\\0", "\0"],
    ["\\r", "\r"],
    ["\\\\", "\\"],
  ]);
  return known.get(text) ?? text.charAt(0);
}

/** Words with quotes and backslashes; without `blanks` a blank is a character. */
function splitQuoted(text: string, blanks: boolean): Item[] {
  const items: { text: string; endsLine: boolean }[] = [];
  let word: string | undefined;
  const finish = (endsLine: boolean): void => {
    if (word !== undefined) items.push({ text: word, endsLine });
    else if (endsLine && items.length > 0) {
      const last = items[items.length - 1];
      // a line that ends in a blank goes on with the next one
      if (last !== undefined && !/[ \t]$/.test(text.slice(0, at))) last.endsLine = true;
    }
    word = undefined;
  };
  let at = 0;
  for (; at < text.length; at++) {
    const c = text.charAt(at);
    if (c === "\n") finish(true);
    else if ((c === " " || c === "\t") && blanks) finish(false);
    else if (c === "'" || c === '"') {
      const close = text.indexOf(c, at + 1);
      const newline = text.indexOf("\n", at + 1);
      if (close < 0 || (newline >= 0 && newline < close)) {
        const kind = c === "'" ? "single" : "double";
        throw new XargsError(
          `unmatched ${kind} quote; by default quotes are special to xargs unless you use the -0 option`,
        );
      }
      word = (word ?? "") + text.slice(at + 1, close);
      at = close;
    } else if (c === "\\") {
      at++;
      word = (word ?? "") + text.charAt(at);
    } else word = (word ?? "") + c;
  }
  finish(true);
  return items;
}

function* runAll(context: CommandContext, items: readonly Item[], how: XargsHow): Running<number> {
  let failed = false;
  for (const argv of commandLines(items, how)) {
    if (how.verbose) context.stderr.write(`${argv.join(" ")}\n`);
    const status = yield* context.run(argv);
    if (status === 255) {
      complain(context, `${argv[0] ?? ""}: exited with status 255; aborting`);
      return CHILD_STOPPED;
    }
    if (status === 126 || status === 127) return status;
    if (status !== 0) failed = true;
  }
  return failed ? CHILD_FAILED : 0;
}

function* commandLines(items: readonly Item[], how: XargsHow): Generator<readonly string[]> {
  const { command, replace } = how;
  if (replace !== undefined) {
    for (const item of items) yield command.map((word) => word.replaceAll(replace, item.text));
    return;
  }
  if (items.length === 0) {
    if (how.runEmpty) yield command;
    return;
  }
  const fixedBytes = command.reduce((sum, word) => sum + word.length + 1, 0);
  let args: string[] = [];
  let nrBytes = fixedBytes;
  let nrLines = 0;
  for (const item of items) {
    if (args.length > 0 && nrBytes + item.text.length + 1 > how.maxBytes) {
      yield [...command, ...args];
      args = [];
      nrBytes = fixedBytes;
      nrLines = 0;
    }
    args.push(item.text);
    nrBytes += item.text.length + 1;
    if (item.endsLine) nrLines++;
    if (args.length < how.maxArgs && nrLines < how.maxLines) continue;
    yield [...command, ...args];
    args = [];
    nrBytes = fixedBytes;
    nrLines = 0;
  }
  if (args.length > 0) yield [...command, ...args];
}
