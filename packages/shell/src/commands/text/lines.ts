/** Programs that turn each line into another: nl, rev, fold, expand. */

import type { CommandContext, Running } from "../../process/command.ts";
import { compileBre } from "../regex/index.ts";
import { eachLine } from "../support/each-line.ts";
import { optionTable, parseOptions } from "../support/options.ts";
import { complain, quote } from "../support/report.ts";

const NL_OPTIONS = optionTable({
  short: "b:i:n:s:v:w:",
  long: [
    "body-numbering= b",
    "line-increment= i",
    "number-format= n",
    "number-separator= s",
    "starting-line-number= v",
    "number-width= w",
  ],
  refusedShort: "dfhlp",
  refusedLong: ["section-delimiter", "footer-numbering", "header-numbering", "join-blank-lines", "no-renumber"],
});
const REV_OPTIONS = optionTable({});
const FOLD_OPTIONS = optionTable({ short: "bsw:", long: ["bytes b", "spaces s", "width= w"] });
const EXPAND_OPTIONS = optionTable({ short: "it:", long: ["initial i", "tabs= t"] });

/** `transform` for lines with their newline: it is kept, and a last line without one gets none. */
function keepingEnds(transform: (line: string) => string): (line: string) => string {
  return (line) => (line.endsWith("\n") ? `${transform(line.slice(0, -1))}\n` : transform(line));
}

export function* nl(context: CommandContext): Running<number> {
  const options = parseOptions(context, NL_OPTIONS);
  if (typeof options === "number") return options;
  const style = options.value("b") ?? "t";
  const separator = options.value("s") ?? "\t";
  const width = Number(options.value("w") ?? 6);
  const increment = Number(options.value("i") ?? 1);
  const format = options.value("n") ?? "rn";
  const regex = style.startsWith("p") ? compileBre(style.slice(1)) : undefined;
  if (!/^[atn]$|^p/.test(style) || (regex !== undefined && "error" in regex)) {
    complain(context, `invalid body numbering style: ${quote(style)}`);
    return 1;
  }
  if (!["ln", "rn", "rz"].includes(format) || !(width > 0)) {
    complain(context, `invalid line numbering format: ${quote(format)}`);
    return 1;
  }
  let number = Number(options.value("v") ?? 1);
  return yield* eachLine(
    context,
    options.operands,
    keepingEnds((line) => {
      const isNumbered = regex instanceof RegExp ? regex.test(line) : style === "a" || (style === "t" && line !== "");
      if (!isNumbered) return " ".repeat(width + separator.length) + line;
      const digits = String(number);
      number += increment;
      const shown = format === "ln" ? digits.padEnd(width) : digits.padStart(width, format === "rz" ? "0" : " ");
      return shown + separator + line;
    }),
  );
}

export function* rev(context: CommandContext): Running<number> {
  const options = parseOptions(context, REV_OPTIONS);
  if (typeof options === "number") return options;
  return yield* eachLine(
    context,
    options.operands,
    keepingEnds((line) => line.split("").reverse().join("")),
  );
}

export function* fold(context: CommandContext): Running<number> {
  // -20 is -w 20
  const args = context.args.map((word) => word.replace(/^-(\d+)$/, "-w$1"));
  const options = parseOptions(context, FOLD_OPTIONS, args);
  if (typeof options === "number") return options;
  const widthText = options.value("w") ?? "80";
  const width = Number(widthText);
  if (!/^\d+$/.test(widthText) || width === 0) {
    complain(context, `invalid number of columns: ${quote(widthText)}`);
    return 1;
  }
  const atSpaces = options.has("s");
  const inBytes = options.has("b");
  return yield* eachLine(
    context,
    options.operands,
    keepingEnds((line) => foldLine(line, width, atSpaces, inBytes)),
  );
}

function foldLine(line: string, width: number, atSpaces: boolean, inBytes: boolean): string {
  const parts: string[] = [];
  let part = "";
  let column = 0;
  const columnAfter = (from: number, c: string): number => (c === "\t" && !inBytes ? from + 8 - (from % 8) : from + 1);
  for (const c of line) {
    if (columnAfter(column, c) > width && part !== "") {
      const space = atSpaces ? Math.max(part.lastIndexOf(" "), part.lastIndexOf("\t")) : -1;
      const cut = space >= 0 ? space + 1 : part.length;
      parts.push(part.slice(0, cut));
      part = part.slice(cut);
      column = 0;
      for (const kept of part) column = columnAfter(column, kept);
    }
    part += c;
    column = columnAfter(column, c);
  }
  return [...parts, part].join("\n");
}

export function* expand(context: CommandContext): Running<number> {
  const args = context.args.map((word) => word.replace(/^-(\d+(?:,\d+)*)$/, "-t$1"));
  const options = parseOptions(context, EXPAND_OPTIONS, args);
  if (typeof options === "number") return options;
  const stops = (options.value("t") ?? "8").split(/[, ]/).map(Number);
  if (stops.some((stop) => !(stop > 0))) {
    complain(context, `tab size contains invalid character(s): ${quote(options.value("t") ?? "")}`);
    return 1;
  }
  const initialOnly = options.has("i");
  return yield* eachLine(
    context,
    options.operands,
    keepingEnds((line) => expandLine(line, stops, initialOnly)),
  );
}

function expandLine(line: string, stops: readonly number[], initialOnly: boolean): string {
  const [every = 8] = stops;
  let out = "";
  for (let i = 0; i < line.length; i++) {
    const c = line.charAt(i);
    if (c !== "\t") {
      if (initialOnly && c !== " ") return out + line.slice(i);
      out += c;
      continue;
    }
    const column = out.length;
    const next =
      stops.length === 1 ? column + every - (column % every) : (stops.find((stop) => stop > column) ?? column + 1);
    out = out.padEnd(next);
  }
  return out;
}
