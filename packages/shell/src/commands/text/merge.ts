/** Programs that put the lines of several files together: paste, join, comm. */

import { type Errno, isErrno } from "../../errno.ts";
import type { CommandContext, InputStream, Running } from "../../process/command.ts";
import { compareText } from "../sort/keys.ts";
import { optionTable, type ParsedOptions, parseOptions } from "../support/options.ts";
import { complain, complainAbout, complainUsage, quote } from "../support/report.ts";
import { Output, openOperand } from "../support/streams.ts";

const PASTE_OPTIONS = optionTable({
  short: "d:s",
  long: ["delimiters= d", "serial s"],
  refusedShort: "z",
  refusedLong: ["zero-terminated"],
});
const JOIN_OPTIONS = optionTable({
  short: "1:2:a:e:ij:o:t:v:",
  long: ["ignore-case i", "nocheck-order", "check-order"],
  refusedShort: "z",
  refusedLong: ["header", "zero-terminated"],
});
const COMM_OPTIONS = optionTable({
  short: "123",
  long: ["nocheck-order", "check-order", "output-delimiter=", "total"],
  refusedShort: "z",
  refusedLong: ["zero-terminated"],
});

function* nextLine(input: InputStream | undefined): Running<string | undefined | Errno> {
  const line = input === undefined ? undefined : yield* input.readLine();
  return typeof line === "string" && line.endsWith("\n") ? line.slice(0, -1) : line;
}

/** All lines of an operand; undefined after a complaint. */
function* readLines(context: CommandContext, path: string): Running<string[] | undefined> {
  const input = openOperand(context, path);
  if (input === undefined) return undefined;
  const text = yield* input.readAll();
  if (isErrno(text)) {
    complainAbout(context, path, text);
    return undefined;
  }
  const lines = text.split("\n");
  if (lines[lines.length - 1] === "") lines.pop();
  return lines;
}

export function* paste(context: CommandContext): Running<number> {
  const options = parseOptions(context, PASTE_OPTIONS);
  if (typeof options === "number") return options;
  const delimiters = delimiterList(options.value("d") ?? "\t");
  const paths = options.operands.length === 0 ? ["-"] : options.operands;
  const output = new Output(context);
  const inputs: (InputStream | undefined)[] = [];
  for (const path of paths) {
    const input = openOperand(context, path);
    if (input === undefined) return 1;
    inputs.push(input);
  }
  const delimiter = (i: number): string => delimiters[i % delimiters.length] ?? "";
  if (options.has("s")) {
    for (const input of inputs) {
      for (let i = 0; ; i++) {
        const line = yield* nextLine(input);
        if (line === undefined || isErrno(line)) break;
        output.write((i === 0 ? "" : delimiter(i - 1)) + line);
      }
      output.write("\n");
    }
    return output.finish(0);
  }
  for (;;) {
    const row: string[] = [];
    let nrEnded = 0;
    for (let i = 0; i < inputs.length; i++) {
      const line = yield* nextLine(inputs[i]);
      if (line === undefined || isErrno(line)) {
        inputs[i] = undefined;
        nrEnded++;
      }
      row.push(typeof line === "string" ? line : "");
    }
    if (nrEnded === inputs.length) return output.finish(0);
    output.write(`${row.map((part, i) => (i === 0 ? part : delimiter(i - 1) + part)).join("")}\n`);
    if (output.full && !(yield* output.settle())) return output.finish(0);
  }
}

function delimiterList(text: string): string[] {
  const known = new Map([
    ["n", "\n"],
    ["t", "\t"],
    ["\\", "\\"],
    ["0", ""],
  ]);
  const list = [...text.matchAll(/\\([\s\S])|([\s\S])/g)].map((match) =>
    match[1] === undefined ? (match[2] ?? "") : (known.get(match[1]) ?? match[1]),
  );
  return list.length === 0 ? [""] : list;
}

/** The lines of the two operands; undefined once it has said what is wrong with them. */
function* readTwoFiles(
  context: CommandContext,
  operands: readonly string[],
): Running<readonly [string[], string[]] | undefined> {
  const [first, second, extra] = operands;
  if (first === undefined || second === undefined || extra !== undefined) {
    const text =
      extra !== undefined
        ? `extra operand ${quote(extra)}`
        : first === undefined
          ? "missing operand"
          : `missing operand after ${quote(first)}`;
    complainUsage(context, text);
    return undefined;
  }
  const left = yield* readLines(context, first);
  const right = left === undefined ? undefined : yield* readLines(context, second);
  return left === undefined || right === undefined ? undefined : [left, right];
}

export function* comm(context: CommandContext): Running<number> {
  const options = parseOptions(context, COMM_OPTIONS);
  if (typeof options === "number") return options;
  const files = yield* readTwoFiles(context, options.operands);
  if (files === undefined) return 1;
  const [left, right] = files;
  const between = options.value("output-delimiter") ?? "\t";
  const shown = (column: number): boolean => !options.has(String(column));
  const indent = (column: number): string =>
    [1, 2]
      .filter((before) => before < column && shown(before))
      .map(() => between)
      .join("");
  const counts = [0, 0, 0, 0];
  const output = new Output(context);
  const print = (column: number, line: string): void => {
    counts[column] = (counts[column] ?? 0) + 1;
    if (shown(column)) output.write(`${indent(column)}${line}\n`);
  };
  for (let i = 0, j = 0; i < left.length || j < right.length; ) {
    const a = left[i];
    const b = right[j];
    const order = a === undefined ? 1 : b === undefined ? -1 : compareText(a, b);
    if (order <= 0) i++;
    if (order >= 0) j++;
    if (order < 0) print(1, a ?? "");
    else print(order === 0 ? 3 : 2, b ?? "");
  }
  if (options.has("total")) output.write(`${counts.slice(1).join(between)}${between}total\n`);
  return output.finish(disorder(context, [left, right], options));
}

function disorder(context: CommandContext, files: readonly (readonly string[])[], options: ParsedOptions): number {
  if (options.has("nocheck-order")) return 0;
  let status = 0;
  files.forEach((lines, i) => {
    if (!lines.some((line, at) => at > 0 && compareText(lines[at - 1] ?? "", line) > 0)) return;
    complain(context, `file ${i + 1} is not in sorted order`);
    status = 1;
  });
  if (status !== 0) complain(context, "input is not in sorted order");
  return status;
}

interface JoinHow {
  readonly fields: readonly [number, number];
  readonly separator: string | undefined;
  readonly unpaired: string;
  readonly paired: boolean;
  readonly empty: string;
  readonly fold: boolean;
  /** `FILE.FIELD`, file 0 being the join field. */
  readonly format: readonly (readonly [number, number])[] | undefined;
}

export function* join(context: CommandContext): Running<number> {
  const options = parseOptions(context, JOIN_OPTIONS);
  if (typeof options === "number") return options;
  const how = joinHow(options);
  const files = yield* readTwoFiles(context, options.operands);
  if (files === undefined) return 1;
  const [left, right] = files;
  const output = new Output(context);
  joinLines(rowsOf(left, how, 0), rowsOf(right, how, 1), how, output);
  return output.finish(0);
}

function joinHow(options: ParsedOptions): JoinHow {
  const field = (letter: string): number => Number(options.value(letter) ?? options.value("j") ?? 1) - 1;
  const only = options.list.filter((option) => option.name === "v").map((option) => option.value);
  const also = options.list.filter((option) => option.name === "a").map((option) => option.value);
  const format = options.value("o");
  return {
    fields: [field("1"), field("2")],
    separator: options.value("t"),
    unpaired: [...only, ...also].join(""),
    paired: only.length === 0,
    empty: options.value("e") ?? "",
    fold: options.has("i"),
    format: format?.split(/[, ]/).map((part) => {
      const [file = "0", index = "1"] = part.split(".");
      return [Number(file), Number(index) - 1] as const;
    }),
  };
}

interface JoinRow {
  readonly key: string;
  readonly fields: readonly string[];
}

function rowsOf(lines: readonly string[], how: JoinHow, file: 0 | 1): JoinRow[] {
  return lines.map((line) => {
    const fields =
      how.separator === undefined
        ? line.split(/[ \t]+/).filter((part, i) => part !== "" || i > 0)
        : line.split(how.separator);
    const key = fields[how.fields[file]] ?? "";
    return { key: how.fold ? key.toUpperCase() : key, fields };
  });
}

function joinLines(left: readonly JoinRow[], right: readonly JoinRow[], how: JoinHow, output: Output): void {
  for (let i = 0, j = 0; i < left.length || j < right.length; ) {
    const a = left[i];
    const b = right[j];
    const order = a === undefined ? 1 : b === undefined ? -1 : compareText(a.key, b.key);
    if (order !== 0) {
      const row = order < 0 ? a : b;
      const file = order < 0 ? "1" : "2";
      if (row !== undefined && how.unpaired.includes(file)) {
        output.write(joinedLine(order < 0 ? row : undefined, order < 0 ? undefined : row, how));
      }
      if (order < 0) i++;
      else j++;
      continue;
    }
    const key = a?.key ?? "";
    const endOf = (rows: readonly JoinRow[], from: number): number => {
      let at = from;
      while (rows[at]?.key === key) at++;
      return at;
    };
    const [endLeft, endRight] = [endOf(left, i), endOf(right, j)];
    if (how.paired) {
      for (const one of left.slice(i, endLeft))
        for (const two of right.slice(j, endRight)) output.write(joinedLine(one, two, how));
    }
    i = endLeft;
    j = endRight;
  }
}

function joinedLine(left: JoinRow | undefined, right: JoinRow | undefined, how: JoinHow): string {
  const between = how.separator ?? " ";
  const keyOf = left?.fields[how.fields[0]] ?? right?.fields[how.fields[1]] ?? "";
  if (how.format !== undefined) {
    const parts = how.format.map(([file, index]) => {
      const value = file === 0 ? keyOf : (file === 1 ? left : right)?.fields[index];
      return value === undefined || value === "" ? how.empty : value;
    });
    return `${parts.join(between)}\n`;
  }
  const rest = (row: JoinRow | undefined, field: number): readonly string[] =>
    row?.fields.filter((_, i) => i !== field) ?? [];
  return `${[keyOf, ...rest(left, how.fields[0]), ...rest(right, how.fields[1])].join(between)}\n`;
}
