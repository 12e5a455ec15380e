/** cut. */

import type { CommandContext, Running } from "../process/command.ts";
import { eachLine } from "./support/each-line.ts";
import { optionTable, type ParsedOptions, parseOptions } from "./support/options.ts";
import { complainUsage, quote } from "./support/report.ts";

const OPTIONS = optionTable({
  short: "b:c:d:f:ns",
  long: [
    "bytes= b",
    "characters= c",
    "delimiter= d",
    "fields= f",
    "only-delimited s",
    "complement",
    "output-delimiter=",
  ],
  refusedShort: "z",
  refusedLong: ["zero-terminated"],
});

/** Half-open ranges of positions counted from 0, merged and in order. */
type Ranges = readonly (readonly [number, number])[];

/** Prints chosen bytes or fields of each line. */
export function* cut(context: CommandContext): Running<number> {
  const options = parseOptions(context, OPTIONS);
  if (typeof options === "number") return options;
  const lists = options.list.filter((option) => /^[bcf]$/.test(option.name));
  const [list] = lists;
  if (list === undefined) return usage(context, "you must specify a list of bytes, characters, or fields");
  if (lists.length > 1) return usage(context, "only one list may be specified");
  const byField = list.name === "f";
  const ranges = parseRanges(context, list.value, byField, options.has("complement"));
  if (ranges === undefined) return 1;
  const transform = byField ? fieldCutter(context, options, ranges) : byteCutter(context, options, ranges);
  if (transform === undefined) return 1;
  return yield* eachLine(context, options.operands, (line) => {
    const text = transform(line.endsWith("\n") ? line.slice(0, -1) : line);
    return text === undefined ? "" : `${text}\n`;
  });
}

function usage(context: CommandContext, text: string): number {
  complainUsage(context, text);
  return 1;
}

function parseRanges(context: CommandContext, list: string, byField: boolean, complement: boolean): Ranges | undefined {
  const found: [number, number][] = [];
  for (const part of list.split(/[, \t]/)) {
    const match = /^(\d*)(-?)(\d*)$/.exec(part);
    if (match === null || part === "") {
      usage(context, wrongList(part, byField));
      return undefined;
    }
    const [, lowText = "", dash = "", highText = ""] = match;
    if (dash !== "" && lowText === "" && highText === "") {
      usage(context, `invalid range with no endpoint: -`);
      return undefined;
    }
    const low = lowText === "" ? 1 : Number(lowText);
    const high = dash === "" ? low : highText === "" ? Number.POSITIVE_INFINITY : Number(highText);
    if (low === 0 || high === 0) {
      usage(context, numberedFrom1(byField));
      return undefined;
    }
    if (high < low) {
      usage(context, "invalid decreasing range");
      return undefined;
    }
    found.push([low - 1, high]);
  }
  const merged = mergeRanges(found);
  return complement ? complementOf(merged) : merged;
}

function numberedFrom1(byField: boolean): string {
  return byField ? "fields are numbered from 1" : "byte/character positions are numbered from 1";
}

function wrongList(part: string, byField: boolean): string {
  if (part === "") return numberedFrom1(byField);
  if (part.includes("-")) return byField ? "invalid field range" : "invalid byte or character range";
  const bad = part.replace(/^\d+/, "");
  return byField ? `invalid field value ${quote(bad)}` : `invalid byte/character position ${quote(bad)}`;
}

/** Ranges that touch stay apart: between them comes the output delimiter. */
function mergeRanges(ranges: [number, number][]): [number, number][] {
  const merged: [number, number][] = [];
  for (const range of ranges.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const last = merged[merged.length - 1];
    if (last !== undefined && range[0] < last[1]) last[1] = Math.max(last[1], range[1]);
    else merged.push([...range]);
  }
  return merged;
}

function complementOf(ranges: Ranges): Ranges {
  const out: [number, number][] = [];
  let from = 0;
  for (const [low, high] of ranges) {
    if (low > from) out.push([from, low]);
    from = high;
  }
  if (from !== Number.POSITIVE_INFINITY) out.push([from, Number.POSITIVE_INFINITY]);
  return out;
}

type Cutter = (line: string) => string | undefined;

function byteCutter(context: CommandContext, options: ParsedOptions, ranges: Ranges): Cutter | undefined {
  for (const [letter, text] of [
    ["d", "an input delimiter may be specified only when operating on fields"],
    ["s", "suppressing non-delimited lines makes sense\n\tonly when operating on fields"],
  ] as const) {
    if (options.has(letter)) {
      usage(context, text);
      return undefined;
    }
  }
  const between = options.value("output-delimiter") ?? "";
  return (line) =>
    ranges
      .filter(([low]) => low < line.length)
      .map(([low, high]) => line.slice(low, high))
      .join(between);
}

function fieldCutter(context: CommandContext, options: ParsedOptions, ranges: Ranges): Cutter | undefined {
  const delimiter = options.value("d") ?? "\t";
  if (delimiter.length > 1) {
    usage(context, "the delimiter must be a single character");
    return undefined;
  }
  const split = delimiter === "" ? "\0" : delimiter;
  const between = options.value("output-delimiter") ?? split;
  const onlyDelimited = options.has("s");
  return (line) => {
    if (!line.includes(split)) return onlyDelimited ? undefined : line;
    const fields = line.split(split);
    const chosen: string[] = [];
    for (const [low, high] of ranges) {
      for (let i = low; i < Math.min(high, fields.length); i++) chosen.push(fields[i] ?? "");
    }
    return chosen.join(between);
  };
}
