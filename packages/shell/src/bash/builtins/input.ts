/** read and mapfile. */

import { type Errno, isErrno } from "../../errno.ts";
import type { Running } from "../../process/command.ts";
import { type OpenFile, WOULD_BLOCK } from "../../process/open-file.ts";
import { readUntil } from "../../process/streams.ts";
import { IndexedArray } from "../arrays.ts";
import { runList } from "../execute.ts";
import type { Shell } from "../shell.ts";
import { compileChecked } from "../shell-program.ts";
import { singleQuoted } from "../transform.ts";

const NS_PER_SECOND = 1_000_000_000;
/** Status when the time is up. */
const TIMED_OUT = 142;

interface ReadOptions {
  raw: boolean;
  array: string | undefined;
  delimiter: string;
  /** Characters to read at most; -1 for a line. `exact`: the delimiter does not end it. */
  nrChars: number;
  exact: boolean;
  timeoutSeconds: number | undefined;
  fd: number;
  names: readonly string[];
}

export function* readBuiltin(shell: Shell, args: readonly string[]): Running<number> {
  const options = parseReadOptions(shell, args);
  if (typeof options === "number") return options;
  const bad = options.names.find((name) => !/^[A-Za-z_][A-Za-z0-9_]*(\[.*\])?$/s.test(name));
  if (bad !== undefined) {
    shell.report(`\`${bad}': not a valid identifier`);
    return 1;
  }
  const file = shell.files.get(options.fd);
  if (file === undefined) {
    shell.report(`${options.fd}: invalid file descriptor: Bad file descriptor`);
    return 1;
  }
  if (options.timeoutSeconds === 0) return file.canRead() ? 0 : 1;
  const input = yield* readInput(shell, file, options);
  if (isErrno(input)) {
    shell.report(`read error: ${options.fd}: ${input.message}`);
    return 1;
  }
  assignFields(shell, options, input.text);
  return input.timedOut ? TIMED_OUT : input.complete ? 0 : 1;
}

function parseReadOptions(shell: Shell, args: readonly string[]): ReadOptions | number {
  const options: ReadOptions = {
    raw: false,
    array: undefined,
    delimiter: "\n",
    nrChars: -1,
    exact: false,
    timeoutSeconds: undefined,
    fd: 0,
    names: [],
  };
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at] ?? "";
    if (word === "--") {
      at++;
      break;
    }
    if (!/^-./.test(word)) break;
    for (let i = 1; i < word.length; i++) {
      const letter = word.charAt(i);
      if (letter === "r") options.raw = true;
      else if (letter === "s" || letter === "e") continue;
      else if ("adinNptu".includes(letter)) {
        const value = i + 1 < word.length ? word.slice(i + 1) : args[++at];
        if (value === undefined) {
          shell.report(`-${letter}: option requires an argument`);
          return 2;
        }
        if (!takeReadOption(shell, options, letter, value)) return 1;
        break;
      } else {
        shell.report(`-${letter}: invalid option`);
        return 2;
      }
    }
  }
  options.names = args.slice(at);
  return options;
}

function takeReadOption(shell: Shell, options: ReadOptions, letter: string, value: string): boolean {
  switch (letter) {
    case "a":
      options.array = value;
      return true;
    case "d":
      options.delimiter = value === "" ? "\0" : value.charAt(0);
      return true;
    case "n":
    case "N":
      options.exact = letter === "N";
      options.nrChars = Number(value);
      if (/^[0-9]+$/.test(value)) return true;
      shell.report(`${value}: invalid number`);
      return false;
    case "t":
      options.timeoutSeconds = Number(value);
      if (/^[0-9]*\.?[0-9]*$/.test(value) && value !== "") return true;
      shell.report(`${value}: invalid timeout specification`);
      return false;
    case "u":
      options.fd = Number(value);
      if (/^[0-9]+$/.test(value)) return true;
      shell.report(`${value}: invalid file descriptor specification`);
      return false;
    default:
      // -p prompts only on a terminal; -i needs readline.
      return true;
  }
}

interface Input {
  /** Without its delimiter; unless raw, escaped characters still carry their backslash. */
  text: string;
  /** The delimiter, or all the characters asked for, were read. */
  complete: boolean;
  timedOut: boolean;
}

function* readInput(shell: Shell, file: OpenFile, options: ReadOptions): Running<Input | Errno> {
  if (options.nrChars >= 0 || options.timeoutSeconds !== undefined) return yield* readByChar(shell, file, options);
  let text = "";
  for (;;) {
    const piece = yield* readUntil(file, options.delimiter);
    if (isErrno(piece)) return piece;
    const complete = piece.endsWith(options.delimiter);
    text += complete ? piece.slice(0, -1) : piece;
    if (options.raw || !complete || !endsEscaped(text)) return { text: clean(text), complete, timedOut: false };
    // An escaped newline joins the lines; another escaped delimiter stands for itself.
    text = options.delimiter === "\n" ? text.slice(0, -1) : `${text}${options.delimiter}`;
  }
}

function clean(text: string): string {
  return text.includes("\0") ? text.replaceAll("\0", "") : text;
}

function endsEscaped(text: string): boolean {
  let nrBackslashes = 0;
  while (text.charAt(text.length - 1 - nrBackslashes) === "\\") nrBackslashes++;
  return nrBackslashes % 2 === 1;
}

/** One character at a time: for -n, -N and -t. */
function* readByChar(shell: Shell, file: OpenFile, options: ReadOptions): Running<Input | Errno> {
  const { host } = shell.machine;
  const timeoutNs = options.timeoutSeconds === undefined ? undefined : options.timeoutSeconds * NS_PER_SECOND;
  const deadlineNs = timeoutNs === undefined ? undefined : host.nowNs() + Math.round(timeoutNs);
  const input: Input = { text: "", complete: false, timedOut: false };
  let nrChars = 0;
  while (options.nrChars < 0 || nrChars < options.nrChars) {
    const char = file.tryRead(1);
    if (char === WOULD_BLOCK) {
      if (deadlineNs === undefined) yield { kind: "condition", holds: () => file.canRead() };
      else if (!(yield* readableBefore(shell, file, deadlineNs))) {
        input.timedOut = true;
        return input;
      }
      continue;
    }
    if (isErrno(char)) return char;
    if (char === "") return input;
    if (char === options.delimiter && !options.exact) {
      if (options.raw || !endsEscaped(input.text)) {
        input.complete = true;
        return input;
      }
      if (char === "\n") {
        input.text = input.text.slice(0, -1);
        continue;
      }
    }
    input.text += char;
    if (options.raw || char !== "\\" || !endsEscaped(input.text)) nrChars++;
  }
  input.complete = true;
  return input;
}

function* readableBefore(shell: Shell, file: OpenFile, deadlineNs: number): Running<boolean> {
  yield { kind: "condition", holds: () => file.canRead(), deadlineNs };
  return file.canRead() || shell.machine.host.nowNs() < deadlineNs;
}

function assignFields(shell: Shell, options: ReadOptions, text: string): void {
  const ifs = shell.variables.get("IFS") ?? " \t\n";
  if (options.array !== undefined) {
    const target = shell.variables.resolve(options.array);
    const fields = splitFields(text, ifs, -1, options.raw);
    const variable = shell.variables.writable(target);
    variable.value = undefined;
    variable.indexed = IndexedArray.of(fields);
    return;
  }
  if (options.exact) {
    assignTo(shell, options.names[0] ?? "REPLY", options.raw ? text : withoutEscapes(text));
    for (const name of options.names.slice(1)) assignTo(shell, name, "");
    return;
  }
  if (options.names.length === 0) {
    assignTo(shell, "REPLY", options.raw ? text : withoutEscapes(text));
    return;
  }
  const fields = splitFields(text, ifs, options.names.length, options.raw);
  for (const [i, name] of options.names.entries()) assignTo(shell, name, fields[i] ?? "");
}

function assignTo(shell: Shell, target: string, value: string): void {
  const bracket = target.indexOf("[");
  if (bracket < 0) {
    shell.variables.set(target, value);
    return;
  }
  const name = target.slice(0, bracket);
  shell.variables.setElement(name, shell.key(name, target.slice(bracket + 1, -1)), value);
}

function withoutEscapes(text: string): string {
  return text.includes("\\") ? text.replace(/\\([\s\S])/g, "$1").replace(/\\$/, "") : text;
}

/**
 * Fields of an input line. With `nrFields` the last takes the rest as it is, but for the white space at its end and
 * one separator when nothing follows it.
 */
export function splitFields(text: string, ifs: string, nrFields: number, raw: boolean): string[] {
  const isSpace = (char: string): boolean => (char === " " || char === "\t" || char === "\n") && ifs.includes(char);
  const fields: string[] = [];
  let at = 0;
  while (at < text.length && isSpace(text.charAt(at))) at++;
  while (at < text.length) {
    if (fields.length === nrFields - 1) {
      fields.push(lastField(text.slice(at), ifs, isSpace, raw));
      return fields;
    }
    const field = takeField(text, at, ifs, raw);
    fields.push(field.text);
    at = field.end;
    while (at < text.length && isSpace(text.charAt(at))) at++;
    if (at < text.length && ifs.includes(text.charAt(at)) && !isSpace(text.charAt(at)) && !field.endedByMark) {
      at++;
      while (at < text.length && isSpace(text.charAt(at))) at++;
    }
  }
  return fields;
}

interface Taken {
  readonly text: string;
  readonly end: number;
  /** A separator other than white space ended it, and is already passed. */
  readonly endedByMark: boolean;
}

function takeField(text: string, from: number, ifs: string, raw: boolean): Taken {
  let out = "";
  let at = from;
  for (; at < text.length; at++) {
    const char = text.charAt(at);
    if (!raw && char === "\\") {
      at++;
      out += text.charAt(at);
    } else if (ifs.includes(char)) {
      const mark = char !== " " && char !== "\t" && char !== "\n";
      return { text: out, end: mark ? at + 1 : at, endedByMark: mark };
    } else out += char;
  }
  return { text: out, end: at, endedByMark: false };
}

function lastField(rest: string, ifs: string, isSpace: (char: string) => boolean, raw: boolean): string {
  let end = rest.length;
  while (end > 0 && isSpace(rest.charAt(end - 1)) && (raw || rest.charAt(end - 2) !== "\\")) end--;
  const trimmed = rest.slice(0, end);
  // One separator at the very end belongs to the field before it, when it is the only one.
  const single = takeField(trimmed, 0, ifs, raw);
  if (single.endedByMark && single.end === trimmed.length) return single.text;
  return raw ? trimmed : withoutEscapes(trimmed);
}

export function* mapfileBuiltin(shell: Shell, args: readonly string[]): Running<number> {
  let trims = false;
  let delimiter = "\n";
  let nrLines = 0;
  let origin: number | undefined;
  let nrSkipped = 0;
  let fd = 0;
  let callback = "";
  let quantum = 5000;
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at] ?? "";
    if (word === "--") {
      at++;
      break;
    }
    const letter = word.charAt(1);
    if (!word.startsWith("-") || letter === "") break;
    if (letter === "t") {
      trims = true;
      continue;
    }
    const value = word.length > 2 ? word.slice(2) : (args[++at] ?? "");
    if (letter === "d") delimiter = value === "" ? "\0" : value.charAt(0);
    else if (letter === "n") nrLines = Number(value);
    else if (letter === "O") origin = Number(value);
    else if (letter === "s") nrSkipped = Number(value);
    else if (letter === "u") fd = Number(value);
    else if (letter === "C") callback = value;
    else if (letter === "c") quantum = Number(value);
    else {
      shell.report(`-${letter}: invalid option`);
      return 2;
    }
  }
  const file = shell.files.get(fd);
  if (file === undefined) {
    shell.report(`${fd}: invalid file descriptor: Bad file descriptor`);
    return 1;
  }
  const name = shell.variables.resolve(args[at] ?? "MAPFILE");
  const variable = shell.variables.writable(name);
  const array = origin === undefined ? new IndexedArray() : (variable.indexed?.clone() ?? new IndexedArray());
  let index = origin ?? 0;
  for (let nrRead = 0; nrLines === 0 || nrRead < nrLines + nrSkipped; nrRead++) {
    const line = yield* readUntil(file, delimiter);
    if (isErrno(line) || line === "") break;
    if (nrRead < nrSkipped) continue;
    const text = trims && line.endsWith(delimiter) ? line.slice(0, -1) : line;
    if (callback !== "" && (index + 1) % quantum === 0) yield* runCallback(shell, callback, index, text);
    array.set(index++, text);
  }
  const changed = shell.variables.writable(name);
  changed.value = undefined;
  changed.indexed = array;
  return 0;
}

function* runCallback(shell: Shell, callback: string, index: number, line: string): Running<void> {
  const script = compileChecked(shell, `${callback} ${index} ${singleQuoted(line)}`, "mapfile: ");
  if (script !== undefined) yield* runList(shell, script);
}
