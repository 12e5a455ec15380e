/** column -t, od, cmp: tables of text and of bytes. */

import { isErrno } from "../../errno.ts";
import type { CommandContext, Running } from "../../process/command.ts";
import { optionTable, type ParsedOptions, parseOptions } from "../support/options.ts";
import { complain, complainAbout, complainUsage, quote, refuse } from "../support/report.ts";
import { parseSize } from "../support/sizes.ts";
import { Output, openFile, openOperand } from "../support/streams.ts";

const COLUMN_OPTIONS = optionTable({
  short: "to:s:R:",
  long: ["table t", "output-separator= o", "separator= s", "table-right= R"],
  refusedShort: "cdEeHiJLnNOprTWxh",
  refusedLong: [
    "json",
    "table-columns",
    "table-hide",
    "table-noheadings",
    "fillrows",
    "output-width",
    "tree",
    "keep-empty-lines",
  ],
});
const OD_OPTIONS = optionTable({
  short: "A:j:N:t:vw::abcdox",
  long: ["address-radix= A", "skip-bytes= j", "read-bytes= N", "format= t", "output-duplicates v", "width=? w"],
  refusedShort: "BDefFhHiIlLOsSX",
  refusedLong: ["strings", "traditional", "endian"],
});
const CMP_OPTIONS = optionTable({
  short: "bln:s",
  long: ["print-bytes b", "verbose l", "bytes= n", "quiet s", "silent s"],
  refusedShort: "i",
  refusedLong: ["ignore-initial"],
  status: 2,
});

function* readOperands(context: CommandContext, paths: readonly string[]): Running<string | undefined> {
  let text = "";
  for (const path of paths.length === 0 ? ["-"] : paths) {
    const input = openOperand(context, path);
    const more = input === undefined ? undefined : yield* input.readAll();
    if (more === undefined || isErrno(more)) return undefined;
    text += more;
  }
  return text;
}

export function* column(context: CommandContext): Running<number> {
  const options = parseOptions(context, COLUMN_OPTIONS);
  if (typeof options === "number") return options;
  if (!options.has("t")) return refuse(context, "no -t");
  const text = yield* readOperands(context, options.operands);
  if (text === undefined) return 1;
  const separators = options.value("s");
  const between = options.value("o") ?? "  ";
  const rows = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => cells(line, separators));
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  }
  const right = new Set((options.value("R") ?? "").split(",").map((part) => Number(part) - 1));
  const output = new Output(context);
  for (const row of rows) {
    const line = widths.map((width, i) => {
      const cell = row[i] ?? "";
      if (right.has(i)) return cell.padStart(width);
      return i === widths.length - 1 ? cell : cell.padEnd(width);
    });
    output.write(`${line.join(between)}\n`);
  }
  return output.finish(0);
}

function cells(line: string, separators: string | undefined): string[] {
  if (separators === undefined) return line.match(/[^ \t]+/g) ?? [];
  const out: string[] = [];
  let cell = "";
  for (const c of line) {
    if (separators.includes(c)) {
      out.push(cell);
      cell = "";
    } else cell += c;
  }
  return [...out, cell];
}

interface OdFormat {
  readonly bytes: number;
  readonly width: number;
  readonly show: (value: number, bytes: string) => string;
}

const OD_NAMES =
  "nul soh stx etx eot enq ack bel bs ht nl vt ff cr so si dle dc1 dc2 dc3 dc4 nak syn etb can em sub esc fs gs rs us sp".split(
    " ",
  );
const OD_ESCAPES: ReadonlyMap<number, string> = new Map([
  [0, "\\0"],
  [7, "\\a"],
  [8, "\\b"],
  [9, "\\t"],
  [10, "\\n"],
  [11, "\\v"],
  [12, "\\f"],
  [13, "\\r"],
]);

/** Digits of the largest value of so many bytes, by radix letter. */
const OD_DIGITS: Readonly<Record<string, readonly [number, number, number]>> = {
  o: [3, 6, 11],
  x: [2, 4, 8],
  u: [3, 5, 10],
  d: [4, 6, 11],
};

function odFormat(type: string): OdFormat | undefined {
  const match = /^([acdoux])([1248CSIL]?)$/.exec(type);
  if (match === null) return undefined;
  const letter = match[1] ?? "";
  if (letter === "c")
    return {
      bytes: 1,
      width: 4,
      show: (byte) =>
        OD_ESCAPES.get(byte) ??
        (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : byte.toString(8).padStart(3, "0")),
    };
  if (letter === "a")
    return {
      bytes: 1,
      width: 4,
      show: (byte) => OD_NAMES[byte & 127] ?? ((byte & 127) === 127 ? "del" : String.fromCharCode(byte & 127)),
    };
  const sizes: Readonly<Record<string, number>> = { "1": 1, C: 1, "2": 2, S: 2, "4": 4, I: 4, "": 4 };
  const bytes = sizes[match[2] ?? ""];
  if (bytes === undefined) return undefined;
  const digits = OD_DIGITS[letter]?.[bytes === 1 ? 0 : bytes === 2 ? 1 : 2] ?? 0;
  const limit = 256 ** bytes;
  const show = (value: number): string => {
    if (letter === "o") return value.toString(8).padStart(digits, "0");
    if (letter === "x") return value.toString(16).padStart(digits, "0");
    return String(letter === "d" && value >= limit / 2 ? value - limit : value);
  };
  return { bytes, width: digits + 1, show };
}

export function* od(context: CommandContext): Running<number> {
  const options = parseOptions(context, OD_OPTIONS);
  if (typeof options === "number") return options;
  const formats = odFormats(context, options);
  if (formats === undefined) return 1;
  const radix = options.value("A") ?? "o";
  if (!/^[doxn]$/.test(radix)) {
    complain(context, `invalid output address radix '${radix}'; it must be one character from [doxn]`);
    return 1;
  }
  const all = yield* readOperands(context, options.operands);
  if (all === undefined) return 1;
  const skip = parseSize(options.value("j") ?? "0") ?? 0;
  const limit = options.value("N");
  const text = all.slice(skip, limit === undefined ? undefined : skip + (parseSize(limit) ?? 0));
  const width = options.has("w") ? Number(options.value("w") || 32) : 16;
  const output = new Output(context);
  const address = (at: number): string => {
    if (radix === "n") return "";
    return (at + skip).toString(radix === "d" ? 10 : radix === "x" ? 16 : 8).padStart(radix === "x" ? 6 : 7, "0");
  };
  let before: string | undefined;
  let starred = false;
  for (let at = 0; at < text.length; at += width) {
    const block = text.slice(at, at + width);
    if (block === before && !options.has("v") && block.length === width) {
      if (!starred) output.write("*\n");
      starred = true;
      continue;
    }
    starred = false;
    before = block;
    output.write(odLines(block, formats, address(at), radix === "n" ? 0 : address(at).length));
  }
  if (radix !== "n") output.write(`${address(text.length)}\n`);
  return output.finish(0);
}

function odFormats(context: CommandContext, options: ParsedOptions): readonly OdFormat[] | undefined {
  const short: ReadonlyMap<string, string> = new Map([
    ["a", "a"],
    ["b", "o1"],
    ["c", "c"],
    ["d", "u2"],
    ["o", "o2"],
    ["x", "x2"],
  ]);
  const types = options.list.flatMap((option) => {
    if (option.name === "t") return option.value.match(/[a-z][0-9CSIL]?z?/g) ?? [option.value];
    const type = short.get(option.name);
    return type === undefined ? [] : [type];
  });
  const formats: OdFormat[] = [];
  for (const type of types.length === 0 ? ["o2"] : types) {
    const format = odFormat(type);
    if (format === undefined) {
      complain(context, `option '-t ${type}' is not modelled by ebb`);
      return undefined;
    }
    formats.push(format);
  }
  return formats;
}

/** One line per format; columns of all formats are as wide as the widest asks. */
function odLines(block: string, formats: readonly OdFormat[], address: string, indent: number): string {
  const perByte = Math.max(...formats.map((format) => format.width / format.bytes));
  return formats
    .map((format, i) => {
      let line = i === 0 ? address : " ".repeat(indent);
      const width = Math.ceil(perByte * format.bytes);
      for (let at = 0; at < block.length; at += format.bytes) {
        let value = 0;
        for (let k = format.bytes - 1; k >= 0; k--)
          value = value * 256 + (at + k < block.length ? block.charCodeAt(at + k) : 0);
        line += format.show(value, block).padStart(width);
      }
      return `${line}\n`;
    })
    .join("");
}

export function* cmp(context: CommandContext): Running<number> {
  const options = parseOptions(context, CMP_OPTIONS);
  if (typeof options === "number") return options;
  const [first, second = "-", extra] = options.operands;
  if (first === undefined || extra !== undefined) {
    complainUsage(
      context,
      first === undefined ? `missing operand after ${quote(context.name)}` : `extra operand ${quote(extra ?? "")}`,
    );
    return 2;
  }
  if (options.has("b")) return refuse(context, "-b");
  const texts: string[] = [];
  for (const path of [first, second]) {
    const input = path === "-" ? context.stdin : openFile(context, path);
    const text = isErrno(input) ? input : yield* input.readAll();
    if (isErrno(text)) {
      if (!options.has("s")) complainAbout(context, path, text);
      return 2;
    }
    texts.push(text);
  }
  const limit = options.value("n") === undefined ? undefined : parseSize(options.value("n") ?? "");
  const [a = "", b = ""] = texts.map((text) => text.slice(0, limit));
  return compareBytes(context, options, [first, second], a, b);
}

function compareBytes(
  context: CommandContext,
  options: ParsedOptions,
  names: readonly [string, string],
  a: string,
  b: string,
): number {
  const shorter = Math.min(a.length, b.length);
  let status = 0;
  let nrLines = 1;
  const width = String(Math.max(a.length, b.length)).length;
  for (let i = 0; i < shorter; i++) {
    if (a[i] !== b[i]) {
      status = 1;
      if (options.has("s")) return 1;
      if (!options.has("l")) {
        context.stdout.write(`${names[0]} ${names[1]} differ: char ${i + 1}, line ${nrLines}\n`);
        return 1;
      }
      const octal = (text: string): string => text.charCodeAt(i).toString(8).padStart(3);
      context.stdout.write(`${String(i + 1).padStart(width)} ${octal(a)} ${octal(b)}\n`);
    }
    if (a[i] === "\n") nrLines++;
  }
  if (a.length === b.length) return status;
  if (!options.has("s")) {
    const name = a.length < b.length ? names[0] : names[1];
    const where =
      shorter === 0
        ? "which is empty"
        : options.has("l")
          ? `after byte ${shorter}`
          : `after byte ${shorter}, ${placeOfEnd(a.slice(0, shorter))}`;
    complain(context, `EOF on ${name} ${where}`);
  }
  return 1;
}

function placeOfEnd(text: string): string {
  const nrNewlines = text.split("\n").length - 1;
  return text.endsWith("\n") ? `line ${nrNewlines}` : `in line ${nrNewlines + 1}`;
}
