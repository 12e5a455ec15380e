/** tr. */

import { isErrno } from "../errno.ts";
import type { CommandContext, Running } from "../process/command.ts";
import { classBytes } from "./regex/bracket.ts";
import { optionTable, parseOptions } from "./support/options.ts";
import { complain, quote } from "./support/report.ts";
import { Output } from "./support/streams.ts";

const BLOCK_BYTES = 65_536;

const OPTIONS = optionTable({
  short: "cCdst",
  long: ["complement c", "delete d", "squeeze-repeats s", "truncate-set1 t"],
  stopAtOperand: true,
});

/** One member of a set; `repeat` is set for `[x*n]`, 0 meaning as often as needed. */
interface Element {
  readonly byte: number;
  readonly repeat?: number;
  /** Came from [:upper:] or [:lower:]. */
  readonly letterCase?: string;
}

/** Translates, squeezes or deletes bytes of stdin. */
export function* tr(context: CommandContext): Running<number> {
  const options = parseOptions(context, OPTIONS);
  if (typeof options === "number") return options;
  const complement = options.last("cC") !== "";
  const remove = options.has("d");
  const squeeze = options.has("s");
  const { operands } = options;
  const wanted = checkOperands(context, operands, remove, squeeze);
  if (wanted !== undefined) return wanted;
  const first = parseSet(context, operands[0] ?? "");
  const second = operands[1] === undefined ? undefined : parseSet(context, operands[1]);
  if (typeof first === "number") return first;
  if (typeof second === "number") return second;
  const from = complement ? complementOf(first) : expandSet(first, 0);
  const translate = !remove && second !== undefined;
  const map = translate ? buildMap(context, from, second, options.has("t"), first) : undefined;
  if (typeof map === "number") return map;
  const deleted = remove ? memberSet(from) : undefined;
  const squeezed = squeeze ? memberSet(second === undefined ? from : expandSet(second, from.length)) : undefined;
  return yield* filter(context, map, deleted, squeezed);
}

function checkOperands(
  context: CommandContext,
  operands: readonly string[],
  remove: boolean,
  squeeze: boolean,
): number | undefined {
  const needed = remove === squeeze ? 2 : 1;
  const most = remove && !squeeze ? 1 : 2;
  if (operands.length < needed) {
    if (operands.length === 0) complain(context, "missing operand");
    else {
      complain(context, `missing operand after ${quote(operands[0] ?? "")}`);
      const why = squeeze ? "deleting and squeezing repeats" : "translating";
      context.stderr.write(`Two strings must be given when ${squeeze ? "both " : ""}${why}.\n`);
    }
    context.stderr.write(`Try '${context.name} --help' for more information.\n`);
    return 1;
  }
  const extra = operands[most];
  if (extra === undefined) return undefined;
  complain(context, `extra operand ${quote(extra)}`);
  if (operands.length === 2)
    context.stderr.write("Only one string may be given when deleting without squeezing repeats.\n");
  context.stderr.write(`Try '${context.name} --help' for more information.\n`);
  return 1;
}

function fail(context: CommandContext, text: string): number {
  complain(context, text);
  return 1;
}

const ESCAPES: ReadonlyMap<string, number> = new Map([
  ["a", 7],
  ["b", 8],
  ["f", 12],
  ["n", 10],
  ["r", 13],
  ["t", 9],
  ["v", 11],
]);

/** The byte at `at`, with escapes, and where the text goes on. */
function readByte(text: string, at: number): { byte: number; end: number } {
  if (text[at] !== "\\" || at + 1 >= text.length) return { byte: text.charCodeAt(at), end: at + 1 };
  const octal = /^[0-3]?[0-7]{1,2}/.exec(text.slice(at + 1, at + 4))?.[0];
  if (octal !== undefined) return { byte: Number.parseInt(octal, 8), end: at + 1 + octal.length };
  const letter = text.charAt(at + 1);
  return { byte: ESCAPES.get(letter) ?? letter.charCodeAt(0), end: at + 2 };
}

function parseSet(context: CommandContext, text: string): Element[] | number {
  const elements: Element[] = [];
  let at = 0;
  while (at < text.length) {
    const special = text[at] === "[" ? readSpecial(text, at) : undefined;
    if (special !== undefined) {
      if (typeof special === "string") return fail(context, special);
      elements.push(...special.elements);
      at = special.end;
      continue;
    }
    const low = readByte(text, at);
    at = low.end;
    if (text[at] === "-" && at + 1 < text.length) {
      const high = readByte(text, at + 1);
      if (high.byte < low.byte) {
        const shown = text.slice(low.end - 1, high.end);
        return fail(context, `range-endpoints of ${quote(shown)} are in reverse collating sequence order`);
      }
      for (let byte = low.byte; byte <= high.byte; byte++) elements.push({ byte });
      at = high.end;
    } else elements.push({ byte: low.byte });
  }
  return elements;
}

/** `[:class:]`, `[=x=]` or `[x*n]`; a text says what is wrong, undefined that it is a plain bracket. */
function readSpecial(text: string, at: number): { elements: Element[]; end: number } | string | undefined {
  if (text[at + 1] === ":") {
    const close = text.indexOf(":]", at + 2);
    if (close < 0) return undefined;
    const name = text.slice(at + 2, close);
    const members = classBytes(name);
    if (members === undefined) return `invalid character class ${quote(name)}`;
    const elements: Element[] = [];
    members.forEach((isMember, byte) => {
      if (isMember === 1) elements.push(name === "upper" || name === "lower" ? { byte, letterCase: name } : { byte });
    });
    return { elements, end: close + 2 };
  }
  if (text[at + 1] === "=" && text.slice(at + 3, at + 5) === "=]") {
    return { elements: [{ byte: text.charCodeAt(at + 2) }], end: at + 5 };
  }
  const low = readByte(text, at + 1);
  const match = /^\*(\d*)\]/.exec(text.slice(low.end));
  if (match === null) return undefined;
  const digits = match[1] ?? "";
  const repeat = digits === "" ? 0 : Number.parseInt(digits, digits.startsWith("0") ? 8 : 10);
  return { elements: [{ byte: low.byte, repeat }], end: low.end + match[0].length };
}

/** Bytes of a set; `[x*]` fills it up to `length`. */
function expandSet(elements: readonly Element[], length: number): number[] {
  const fixed = elements.reduce((sum, element) => sum + (element.repeat ?? 1), 0);
  const bytes: number[] = [];
  for (const element of elements) {
    const repeat = element.repeat === 0 ? Math.max(0, length - fixed) : (element.repeat ?? 1);
    for (let i = 0; i < repeat; i++) bytes.push(element.byte);
  }
  return bytes;
}

function complementOf(elements: readonly Element[]): number[] {
  const members = memberSet(elements.map((element) => element.byte));
  const bytes: number[] = [];
  for (let byte = 0; byte < 256; byte++) if (members[byte] !== 1) bytes.push(byte);
  return bytes;
}

function memberSet(bytes: readonly number[]): Uint8Array {
  const set = new Uint8Array(256);
  for (const byte of bytes) set[byte] = 1;
  return set;
}

function buildMap(
  context: CommandContext,
  from: readonly number[],
  second: readonly Element[],
  truncate: boolean,
  first: readonly Element[],
): Uint8Array | number {
  const to = expandSet(second, from.length);
  if (to.length === 0 && from.length > 0 && !truncate) {
    return fail(context, "when not truncating set1, string2 must be non-empty");
  }
  const misaligned = second.some(
    (element, i) => element.letterCase !== undefined && first[i]?.letterCase === undefined,
  );
  if (misaligned) return fail(context, "misaligned [:upper:] and/or [:lower:] construct");
  const map = new Uint8Array(256);
  for (let byte = 0; byte < 256; byte++) map[byte] = byte;
  const count = truncate ? Math.min(from.length, to.length) : from.length;
  for (let i = 0; i < count; i++) map[from[i] ?? 0] = to[Math.min(i, to.length - 1)] ?? 0;
  return map;
}

function* filter(
  context: CommandContext,
  map: Uint8Array | undefined,
  deleted: Uint8Array | undefined,
  squeezed: Uint8Array | undefined,
): Running<number> {
  const output = new Output(context);
  let last = -1;
  for (;;) {
    const text = yield* context.stdin.read(BLOCK_BYTES);
    if (isErrno(text) || text === "") break;
    let out = "";
    for (let i = 0; i < text.length; i++) {
      let byte = text.charCodeAt(i);
      if (deleted?.[byte] === 1) continue;
      if (map !== undefined) byte = map[byte] ?? byte;
      if (squeezed?.[byte] === 1 && byte === last) continue;
      last = byte;
      out += String.fromCharCode(byte);
    }
    output.write(out);
    if (output.full && !(yield* output.settle())) return output.finish(0);
  }
  return output.finish(0);
}
