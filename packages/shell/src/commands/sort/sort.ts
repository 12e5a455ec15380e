/** sort. */

import { isErrno } from "../../errno.ts";
import type { CommandContext, Running } from "../../process/command.ts";
import { optionTable, type ParsedOptions, parseOptions } from "../support/options.ts";
import { complain, quote, quoteIfNeeded } from "../support/report.ts";
import { Output, openFile, openForWriting } from "../support/streams.ts";
import { compareKeys, compareText, extractKey, orderOf, parseKey, type SortKey } from "./keys.ts";

// where temporary files lie and how much memory a sort takes does not show, so -S, -T and --parallel need nothing
const OPTIONS = optionTable({
  short: "bcCdfghik:mMno:rsS:t:T:uVz",
  long: [
    "ignore-leading-blanks b",
    "check=? c",
    "dictionary-order d",
    "ignore-case f",
    "general-numeric-sort g",
    "human-numeric-sort h",
    "ignore-nonprinting i",
    "key= k",
    "merge m",
    "month-sort M",
    "numeric-sort n",
    "output= o",
    "reverse r",
    "sort= kind",
    "stable s",
    "buffer-size= S",
    "field-separator= t",
    "temporary-directory= T",
    "parallel=",
    "unique u",
    "version-sort V",
    "zero-terminated z",
  ],
  refusedShort: "R",
  refusedLong: ["random-sort", "random-source", "batch-size", "compress-program", "debug", "files0-from"],
  status: 2,
});

const KINDS: ReadonlyMap<string, string> = new Map([
  ["numeric", "n"],
  ["general-numeric", "g"],
  ["human-numeric", "h"],
  ["month", "M"],
  ["version", "V"],
]);

interface SortHow {
  readonly keys: readonly SortKey[];
  readonly separator: string | undefined;
  readonly reverse: boolean;
  readonly stable: boolean;
  readonly unique: boolean;
  /** Line terminator. */
  readonly end: string;
}

interface Row {
  readonly line: string;
  readonly keys: readonly string[];
}

/** Sorts the lines of its files. */
export function* sort(context: CommandContext): Running<number> {
  const options = parseOptions(context, OPTIONS);
  if (typeof options === "number") return options;
  const how = sortHow(context, options);
  if (how === undefined) return 2;
  const paths = options.operands.length === 0 ? ["-"] : options.operands;
  const silent = options.has("C") || options.value("c") === "silent" || options.value("c") === "quiet";
  const check = options.has("c") || options.has("C");
  const extra = check ? paths[1] : undefined;
  if (extra !== undefined) {
    complain(context, `extra operand ${quote(extra)} not allowed with -c`);
    return 2;
  }
  const lines: string[] = [];
  for (const path of paths) {
    const failed = yield* readLines(context, path, how.end, lines);
    if (failed) return 2;
  }
  const rows = lines.map((line): Row => ({ line, keys: how.keys.map((key) => extractKey(line, key, how.separator)) }));
  if (check) return checkOrder(context, rows, how, paths[0] ?? "-", silent);
  rows.sort((a, b) => compareRows(a, b, how));
  return yield* printRows(context, options.value("o"), rows, how);
}

function sortHow(context: CommandContext, options: ParsedOptions): SortHow | undefined {
  let letters = options.list.map((option) => (/^[bdfghinMrV]$/.test(option.name) ? option.name : "")).join("");
  const kind = options.value("kind");
  if (kind !== undefined) {
    const letter = KINDS.get(kind);
    if (letter === undefined) {
      complain(context, `option '--sort=${kind}' is not modelled by ebb`);
      return undefined;
    }
    letters += letter;
  }
  const separator = parseSeparator(context, options.value("t"));
  if (separator === null) return undefined;
  const keys: SortKey[] = [];
  for (const option of options.list) {
    if (option.name !== "k") continue;
    const key = parseKey(option.value, letters);
    if ("error" in key) {
      complain(context, key.error);
      return undefined;
    }
    keys.push(key);
  }
  if (keys.length === 0) {
    keys.push({
      startField: 0,
      startChar: 0,
      endField: Number.POSITIVE_INFINITY,
      endChar: 0,
      order: orderOf(letters),
      skipStartBlanks: letters.includes("b"),
      skipEndBlanks: false,
    });
  }
  return {
    keys,
    separator,
    reverse: letters.includes("r"),
    stable: options.has("s"),
    unique: options.has("u"),
    end: options.has("z") ? "\0" : "\n",
  };
}

/** The separator, undefined for blanks, null after a complaint. */
function parseSeparator(context: CommandContext, text: string | undefined): string | undefined | null {
  if (text === undefined || text.length === 1) return text;
  if (text === "\\0") return "\0";
  complain(context, text === "" ? "empty tab" : `multi-character tab ${quote(text)}`);
  return null;
}

function* readLines(context: CommandContext, path: string, end: string, lines: string[]): Running<boolean> {
  const input = path === "-" ? context.stdin : openFile(context, path);
  if (isErrno(input)) {
    const action = input.code === "EISDIR" ? "read failed" : "cannot read";
    complain(context, `${action}: ${quoteIfNeeded(path)}: ${input.message}`);
    return true;
  }
  const text = yield* input.readAll();
  if (isErrno(text)) {
    complain(context, `read failed: ${quoteIfNeeded(path)}: ${text.message}`);
    return true;
  }
  const read = text.split(end);
  if (read[read.length - 1] === "") read.pop();
  for (const line of read) lines.push(line);
  return false;
}

/** By the keys in turn; -u compares no further. */
function compareByKeys(a: Row, b: Row, how: SortHow): number {
  for (let i = 0; i < how.keys.length; i++) {
    const key = how.keys[i];
    if (key === undefined) break;
    const result = compareKeys(a.keys[i] ?? "", b.keys[i] ?? "", key.order);
    if (result !== 0) return key.order.reverse ? -result : result;
  }
  return 0;
}

function compareRows(a: Row, b: Row, how: SortHow): number {
  const result = compareByKeys(a, b, how);
  if (result !== 0 || how.stable || how.unique) return result;
  const last = compareText(a.line, b.line);
  return how.reverse ? -last : last;
}

function checkOrder(
  context: CommandContext,
  rows: readonly Row[],
  how: SortHow,
  path: string,
  silent: boolean,
): number {
  for (let i = 1; i < rows.length; i++) {
    const before = rows[i - 1];
    const row = rows[i];
    if (before === undefined || row === undefined) break;
    const order = compareRows(before, row, how);
    if (order > 0 || (order === 0 && how.unique)) {
      if (!silent) complain(context, `${path}:${i + 1}: disorder: ${row.line}`);
      return 1;
    }
  }
  return 0;
}

function* printRows(
  context: CommandContext,
  path: string | undefined,
  rows: readonly Row[],
  how: SortHow,
): Running<number> {
  const file = path === undefined ? undefined : openForWriting(context, path, false);
  if (isErrno(file)) {
    complain(context, `open failed: ${quoteIfNeeded(path ?? "")}: ${file.message}`);
    return 2;
  }
  const output = new Output(context, file ?? context.stdout);
  let before: Row | undefined;
  for (const row of rows) {
    if (how.unique && before !== undefined && compareByKeys(before, row, how) === 0) continue;
    before = row;
    output.write(row.line + how.end);
    if (output.full && !(yield* output.settle())) break;
  }
  const status = output.finish(0, 2);
  file?.close();
  return status;
}
