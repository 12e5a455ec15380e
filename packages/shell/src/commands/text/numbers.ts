/** numfmt and shuf. */

import { isErrno } from "../../errno.ts";
import type { CommandContext, Running } from "../../process/command.ts";
import { optionTable, type ParsedOptions, parseOptions } from "../support/options.ts";
import { complain, complainUsage, quote, quoteIfNeeded } from "../support/report.ts";
import { Output, openOperand } from "../support/streams.ts";

const NUMFMT_OPTIONS = optionTable({
  short: "d:",
  long: [
    "from=",
    "to=",
    "suffix=",
    "padding=",
    "field=",
    "round=",
    "delimiter= d",
    "from-unit=",
    "to-unit=",
    "header=?",
  ],
  refusedShort: "z",
  refusedLong: ["format", "grouping", "invalid", "debug", "zero-terminated"],
});
const SHUF_OPTIONS = optionTable({
  short: "ei:n:r",
  long: ["echo e", "input-range= i", "head-count= n", "repeat r"],
  refusedShort: "oz",
  refusedLong: ["output", "random-source", "zero-terminated"],
});

const POWERS = "KMGTPEZY";
const FAILED_STATUS = 2;

interface NumfmtHow {
  readonly from: string;
  readonly to: string;
  readonly fromUnit: number;
  readonly toUnit: number;
  readonly suffix: string;
  readonly padding: number;
  readonly round: string;
  readonly field: number;
  readonly delimiter: string | undefined;
  readonly headers: number;
}

export function* numfmt(context: CommandContext): Running<number> {
  const options = parseOptions(context, NUMFMT_OPTIONS);
  if (typeof options === "number") return options;
  const how: NumfmtHow = {
    from: options.value("from") ?? "none",
    to: options.value("to") ?? "none",
    fromUnit: Number(options.value("from-unit") ?? 1),
    toUnit: Number(options.value("to-unit") ?? 1),
    suffix: options.value("suffix") ?? "",
    padding: Number(options.value("padding") ?? 0),
    round: options.value("round") ?? "from-zero",
    field: Number(options.value("field") ?? 1),
    delimiter: options.value("d"),
    headers: options.has("header") ? Number(options.value("header") || 1) : 0,
  };
  for (const [name, value] of [
    ["from", how.from],
    ["to", how.to],
  ] as const) {
    if (["none", "auto", "si", "iec", "iec-i"].includes(value) && !(name === "to" && value === "auto")) continue;
    complain(context, `invalid argument ${quote(value)} for ${quote(`--${name}`)}`);
    const valid = ["none", ...(name === "from" ? ["auto"] : []), "si", "iec", "iec-i"];
    context.stderr.write(`Valid arguments are:\n${valid.map((word) => `  - '${word}'\n`).join("")}`);
    context.stderr.write(`Try '${context.name} --help' for more information.\n`);
    return 1;
  }
  const output = new Output(context);
  if (options.operands.length > 0) {
    for (const word of options.operands)
      if (!convertLine(context, word, how, output)) return output.finish(FAILED_STATUS);
    return output.finish(0);
  }
  for (let nrLines = 0; ; nrLines++) {
    const line = yield* context.stdin.readLine();
    if (line === undefined || isErrno(line)) return output.finish(0);
    const text = line.replace(/\n$/, "");
    if (nrLines < how.headers) output.write(`${text}\n`);
    else if (!convertLine(context, text, how, output)) return output.finish(FAILED_STATUS);
  }
}

/** Converts the field in place; blanks before it make its width. */
function convertLine(context: CommandContext, line: string, how: NumfmtHow, output: Output): boolean {
  const parts = how.delimiter === undefined ? (line.match(/[ \t]*[^ \t]+/g) ?? [line]) : line.split(how.delimiter);
  const at = how.field - 1;
  const part = parts[at];
  if (part === undefined) {
    output.write(`${line}\n`);
    return true;
  }
  const blanks = /^[ \t]*/.exec(part)?.[0] ?? "";
  const converted = convertNumber(part.slice(blanks.length), how);
  if (typeof converted !== "string") {
    output.flush();
    complain(context, converted.error);
    return false;
  }
  const width = how.padding !== 0 ? how.padding : blanks.length > (at > 0 ? 1 : 0) ? part.length : 0;
  const lead = how.padding === 0 && at > 0 && how.delimiter === undefined && width === 0 ? blanks : "";
  parts[at] = lead + (width < 0 ? converted.padEnd(-width) : converted.padStart(width));
  output.write(`${parts.join(how.delimiter ?? "")}\n`);
  return true;
}

function convertNumber(text: string, how: NumfmtHow): string | { readonly error: string } {
  const bare = how.suffix !== "" && text.endsWith(how.suffix) ? text.slice(0, -how.suffix.length) : text;
  const match = /^(-?\d+\.?\d*|-?\.\d+)([KMGTPEZY]?)(i?)(.*)$/.exec(bare);
  if (match === null) return { error: `invalid number: ${quote(text)}` };
  const [, digits = "0", letter = "", binary = "", rest = ""] = match;
  if (rest !== "") return { error: `invalid suffix in input: ${quote(text)}` };
  if (letter !== "" && how.from === "none") {
    return { error: `rejecting suffix in input: ${quote(text)} (consider using --from)` };
  }
  if (how.from === "iec-i" && letter !== "" && binary === "") {
    return { error: `missing 'i' suffix in input: ${quote(text)} (e.g Ki/Mi/Gi)` };
  }
  const base = how.from === "si" || (how.from === "auto" && binary === "") ? 1000 : 1024;
  const value = Number(digits) * base ** (letter === "" ? 0 : POWERS.indexOf(letter) + 1) * how.fromUnit;
  const decimals = letter === "" ? (digits.split(".")[1]?.length ?? 0) : 0;
  return scaleNumber(value / how.toUnit, decimals, how) + how.suffix;
}

function rounded(value: number, how: string): number {
  switch (how) {
    case "up":
      return Math.ceil(value);
    case "down":
      return Math.floor(value);
    case "towards-zero":
      return Math.trunc(value);
    case "nearest":
      return Math.sign(value) * Math.round(Math.abs(value));
    default:
      return Math.sign(value) * Math.ceil(Math.abs(value));
  }
}

function scaleNumber(value: number, decimals: number, how: NumfmtHow): string {
  if (how.to === "none") {
    const scale = 10 ** decimals;
    return (rounded(value * scale, how.round) / scale).toFixed(decimals);
  }
  const base = how.to === "si" ? 1000 : 1024;
  let power = 0;
  let scaled = value;
  while (Math.abs(scaled) >= base && power < POWERS.length) {
    scaled /= base;
    power++;
  }
  if (power === 0) return String(rounded(scaled, how.round));
  let tenths = rounded(scaled * 10, how.round);
  let text = Math.abs(tenths) < 100 ? (tenths / 10).toFixed(1) : String(rounded(scaled, how.round));
  if (Math.abs(Number(text)) >= base) {
    power++;
    tenths = rounded((scaled / base) * 10, how.round);
    text = (tenths / 10).toFixed(1);
  }
  const letter = power === 1 && how.to === "si" ? "K" : POWERS.charAt(power - 1);
  return `${text}${letter}${how.to === "iec-i" ? "i" : ""}`;
}

/** A fixed sequence: the same input is shuffled the same way each time. */
function createRandom(): (below: number) => number {
  let state = 0x9e3779b9;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x45d9f3b) >>> 0;
    return ((mixed ^ (mixed >>> 16)) >>> 0) % below;
  };
}

export function* shuf(context: CommandContext): Running<number> {
  const options = parseOptions(context, SHUF_OPTIONS);
  if (typeof options === "number") return options;
  const items = yield* shufItems(context, options);
  if (items === undefined) return 1;
  const countText = options.value("n");
  if (countText !== undefined && !/^\d+$/.test(countText)) {
    complain(context, `invalid line count: ${quote(countText)}`);
    return 1;
  }
  const random = createRandom();
  const output = new Output(context);
  if (options.has("r")) {
    if (items.length === 0) {
      complain(context, "no lines to repeat");
      return 1;
    }
    const count = countText === undefined ? Number.POSITIVE_INFINITY : Number(countText);
    for (let i = 0; i < count; i++) {
      output.write(`${items[random(items.length)] ?? ""}\n`);
      if (output.full && !(yield* output.settle())) break;
    }
    return output.finish(0);
  }
  for (let i = items.length - 1; i > 0; i--) {
    const j = random(i + 1);
    const kept = items[i] ?? "";
    items[i] = items[j] ?? "";
    items[j] = kept;
  }
  for (const item of items.slice(0, countText === undefined ? undefined : Number(countText))) output.write(`${item}\n`);
  return output.finish(0);
}

function* shufItems(context: CommandContext, options: ParsedOptions): Running<string[] | undefined> {
  if (options.has("e")) return [...options.operands];
  const range = options.value("i");
  if (range !== undefined) {
    const match = /^(\d+)-(\d+)$/.exec(range);
    if (match === null) {
      complain(context, `invalid input range: ${quote(range)}`);
      return undefined;
    }
    const items: string[] = [];
    for (let n = Number(match[1]); n <= Number(match[2]); n++) items.push(String(n));
    return items;
  }
  const [path = "-", extra] = options.operands;
  if (extra !== undefined) {
    complainUsage(context, `extra operand ${quote(extra)}`);
    return undefined;
  }
  const input = openOperand(context, path);
  const text = input === undefined ? undefined : yield* input.readAll();
  if (text === undefined || isErrno(text)) {
    if (isErrno(text)) complain(context, `${quoteIfNeeded(path)}: ${text.message}`);
    return undefined;
  }
  const lines = text.split("\n");
  if (lines[lines.length - 1] === "") lines.pop();
  return lines;
}
