/** grep, egrep, fgrep: options and the walk over files; `search.ts` searches one of them. */

import { isErrno } from "../../errno.ts";
import type { CommandContext, Running } from "../../process/command.ts";
import { globToRegex } from "../support/glob.ts";
import { optionTable, type ParsedOptions, parseOptions } from "../support/options.ts";
import { complain, quoteIfNeeded, refuse } from "../support/report.ts";
import { closeInput, Output, openFile, slurpFile } from "../support/streams.ts";
import { type MatchHow, Patterns, type Syntax } from "./patterns.ts";
import { type SearchHow, search } from "./search.ts";

const OPTIONS = optionTable({
  short: "A:B:C:EFGHLabce:f:hilm:noqrRsvwxyz",
  long: [
    "after-context= A",
    "before-context= B",
    "context= C",
    "extended-regexp E",
    "fixed-strings F",
    "basic-regexp G",
    "with-filename H",
    "files-without-match L",
    "text a",
    "byte-offset b",
    "count c",
    "regexp= e",
    "file= f",
    "no-filename h",
    "ignore-case i",
    "no-ignore-case",
    "files-with-matches l",
    "max-count= m",
    "line-number n",
    "only-matching o",
    "quiet q",
    "silent q",
    "recursive r",
    "dereference-recursive R",
    "no-messages s",
    "invert-match v",
    "word-regexp w",
    "line-regexp x",
    "null-data z",
    "color=?",
    "colour=? color",
    "include=",
    "exclude=",
    "exclude-dir=",
    "label=",
    "line-buffered",
    "no-group-separator",
    "group-separator=",
  ],
  refusedShort: "PdDITuUZ",
  refusedLong: [
    "perl-regexp",
    "directories",
    "devices",
    "binary-files",
    "initial-tab",
    "binary",
    "null",
    "exclude-from",
  ],
  status: 2,
  usage: "Usage: grep [OPTION]... PATTERNS [FILE]...",
});

interface Files {
  readonly include: readonly RegExp[];
  readonly exclude: readonly RegExp[];
  readonly excludeDir: readonly RegExp[];
  readonly recursive: boolean;
  readonly silent: boolean;
}

/** Prints lines that match. */
export function* grep(context: CommandContext): Running<number> {
  // -NUM is -C NUM; consecutive digits of a cluster are one number
  const args = context.args.map((word) => word.replace(/^-(\d+)$/, "-C$1"));
  const options = parseOptions(context, OPTIONS, args);
  if (typeof options === "number") return options;
  if (options.value("color") === "always") return refuse(context, "--color=always");
  const operands = [...options.operands];
  const texts = yield* patternTexts(context, options, operands);
  if (typeof texts === "number") return texts;
  const patterns = Patterns.compile(texts, matchHow(context, options), (text) => complain(context, `warning: ${text}`));
  if ("error" in patterns) {
    // a bracket at the very end stops grep's own parser before regcomp sees it
    const lone = patterns.error.startsWith("Unmatched [") && texts.some((text) => text.endsWith("["));
    complain(context, lone ? "Invalid regular expression" : patterns.error);
    return 2;
  }
  const recursive = options.last("rR") !== "";
  const paths = operands.length > 0 ? operands : recursive ? ["."] : ["-"];
  const how = searchHow(context, options, patterns, paths.length > 1 || recursive);
  if (typeof how === "number") return how;
  const files: Files = {
    include: globs(options, "include"),
    exclude: globs(options, "exclude"),
    excludeDir: globs(options, "exclude-dir"),
    recursive,
    silent: options.has("s"),
  };
  return yield* searchAll(context, paths, files, how, recursive && operands.length === 0);
}

function globs(options: ParsedOptions, name: string): RegExp[] {
  return options.list.filter((option) => option.name === name).map((option) => globToRegex(option.value, false));
}

/** Patterns of -e and -f, or the first operand, which is then taken away. */
function* patternTexts(
  context: CommandContext,
  options: ParsedOptions,
  operands: string[],
): Running<string[] | number> {
  const texts: string[] = [];
  let given = false;
  for (const option of options.list) {
    if (option.name === "e") texts.push(...option.value.split("\n"));
    if (option.name === "f") {
      const text = option.value === "-" ? yield* context.stdin.readAll() : slurpFile(context, option.value);
      if (isErrno(text)) {
        complain(context, `${quoteIfNeeded(option.value)}: ${text.message}`);
        return 2;
      }
      if (text !== "") texts.push(...text.replace(/\n$/, "").split("\n"));
    }
    given ||= option.name === "e" || option.name === "f";
  }
  if (given) return texts;
  const first = operands.shift();
  if (first === undefined) {
    context.stderr.write(`Usage: ${context.name} [OPTION]... PATTERNS [FILE]...\n`);
    context.stderr.write(`Try '${context.name} --help' for more information.\n`);
    return 2;
  }
  return first.split("\n");
}

function matchHow(context: CommandContext, options: ParsedOptions): MatchHow {
  const letter = options.last("EFG");
  const byName: Syntax = context.name === "egrep" ? "extended" : context.name === "fgrep" ? "fixed" : "basic";
  const byLetter: Syntax = letter === "E" ? "extended" : letter === "F" ? "fixed" : "basic";
  return {
    syntax: letter === "" ? byName : byLetter,
    ignoreCase: options.last("iy") !== "" && !options.has("no-ignore-case"),
    wholeWord: options.has("w"),
    wholeLine: options.has("x"),
  };
}

function searchHow(
  context: CommandContext,
  options: ParsedOptions,
  patterns: Patterns,
  severalFiles: boolean,
): SearchHow | number {
  const number = (letter: string, what: string): number | undefined => {
    const text = options.value(letter);
    if (text === undefined) return 0;
    if (/^\d+$/.test(text)) return Number(text);
    complain(context, what === "max count" ? `invalid ${what}` : `${text}: invalid ${what}`);
    return undefined;
  };
  const around = number("C", "context length argument");
  const after = number("A", "context length argument");
  const before = number("B", "context length argument");
  const most = /^-\d+$/.test(options.value("m") ?? "") ? Number.POSITIVE_INFINITY : number("m", "max count");
  if (around === undefined || after === undefined || before === undefined || most === undefined) return 2;
  const naming = options.last("hH");
  const listing = options.last("lL");
  return {
    patterns,
    invert: options.has("v"),
    mode: options.has("q")
      ? "quiet"
      : listing === "l"
        ? "list"
        : listing === "L"
          ? "list-without"
          : options.has("c")
            ? "count"
            : "lines",
    onlyMatching: options.has("o"),
    withName: naming === "" ? severalFiles : naming === "H",
    withLineNumber: options.has("n"),
    withOffset: options.has("b"),
    maxCount: options.has("m") ? most : Number.POSITIVE_INFINITY,
    before: options.has("B") ? before : around,
    after: options.has("A") ? after : around,
    separator: options.has("no-group-separator") ? undefined : (options.value("group-separator") ?? "--"),
    asText: options.has("a"),
    end: options.has("z") ? "\0" : "\n",
    label: options.value("label") ?? "(standard input)",
    lineBuffered: options.has("line-buffered"),
  };
}

function* searchAll(
  context: CommandContext,
  paths: readonly string[],
  files: Files,
  how: SearchHow,
  hidePrefix: boolean,
): Running<number> {
  const output = new Output(context);
  const found = { any: false, failed: false, printed: false };
  for (const path of expandPaths(context, paths, files, hidePrefix)) {
    const input = path === "-" ? context.stdin : openFile(context, path);
    const failure = isErrno(input) ? input : yield* search(input, path, how, output, found, context);
    if (!isErrno(input)) closeInput(input);
    if (failure !== undefined) {
      output.flush();
      if (!files.silent) complain(context, `${quoteIfNeeded(path)}: ${failure.message}`);
      found.failed = true;
    }
    if (how.mode === "quiet" && found.any) return 0;
    if (output.full && !(yield* output.settle())) break;
  }
  return output.finish(found.failed ? 2 : found.any ? 0 : 1, 2);
}

/** The files to search: with -r directories are walked, their entries in the order readdir gives. */
function* expandPaths(
  context: CommandContext,
  paths: readonly string[],
  files: Files,
  hidePrefix: boolean,
): Generator<string> {
  for (const path of paths) {
    if (!files.recursive || path === "-") {
      if (path === "-" || isWanted(path, files)) yield path;
      continue;
    }
    yield* walk(context, path, files, hidePrefix, true);
  }
}

function* walk(
  context: CommandContext,
  path: string,
  files: Files,
  hidePrefix: boolean,
  isOperand: boolean,
): Generator<string> {
  const node = context.vfs.lookup(path, context.cwd, { follow: isOperand });
  if (isErrno(node) || node.kind !== "directory") {
    const special = !isErrno(node) && !isOperand && node.kind !== "file";
    if (!special && isWanted(path, files)) yield path;
    return;
  }
  const name = path.replace(/\/+$/, "").replace(/^.*\//, "");
  if (!isOperand && files.excludeDir.some((glob) => glob.test(name))) return;
  const names = context.vfs.readdir(path, context.cwd);
  if (isErrno(names)) {
    yield path;
    return;
  }
  for (const child of names) {
    const childPath = hidePrefix ? child : `${path.replace(/\/$/, "")}/${child}`;
    yield* walk(context, childPath, files, false, false);
  }
}

function isWanted(path: string, files: Files): boolean {
  const name = path.replace(/^.*\//, "");
  const matches = (glob: RegExp): boolean => glob.test(name) || glob.test(path);
  if (files.exclude.some(matches)) return false;
  return files.include.length === 0 || files.include.some(matches);
}
