/**
 * The format language of bash's printf: escapes, conversions with flags, `*` widths, and the format used again while
 * arguments remain. Integers are intmax_t, floating arguments long double, as in bash 5.2.
 */

import {
  type BinaryFraction,
  type Conversion,
  formatFloating,
  formatInteger,
  formatText,
  longDoubleOfDecimal,
} from "./support/number-format.ts";

interface PrintfResult {
  readonly output: string;
  readonly status: number;
  /** Messages without a prefix, such as `abc: invalid number`. */
  readonly errors: readonly string[];
  /** `\c` was met in a `%b`: the caller prints nothing more. */
  readonly stop: boolean;
}

interface State {
  output: string;
  status: number;
  readonly errors: string[];
  stop: boolean;
  readonly args: readonly string[];
  next: number;
}

const INT_MAX = (1n << 63n) - 1n;
const INT_MIN = -(1n << 63n);
const UINT_MAX = (1n << 64n) - 1n;
const CONVERSION = /%([-+ 0#']*)(\*|-?\d+)?(?:\.(\*|-?\d*))?([hlLjzt]*)/y;

/** Formats as bash's printf does; the format is used again until the arguments are used up. */
export function formatPrintf(format: string, args: readonly string[]): PrintfResult {
  const state: State = { output: "", status: 0, errors: [], stop: false, args, next: 0 };
  for (;;) {
    const before = state.next;
    if (!formatOnce(format, state)) break;
    if (state.next >= args.length || state.next === before) break;
  }
  return { output: state.output, status: state.status, errors: state.errors, stop: state.stop };
}

/** One pass over the format; false when output ends here. */
function formatOnce(format: string, state: State): boolean {
  let at = 0;
  while (at < format.length) {
    const special = nextSpecial(format, at);
    if (special > at) state.output += format.slice(at, special);
    if (special === format.length) return true;
    if (format[special] === "\\") {
      const read = readEscape(format, special, false);
      state.output += read.text;
      at = read.end;
    } else if (format[special + 1] === "%") {
      state.output += "%";
      at = special + 2;
    } else {
      at = convert(format, special, state);
      if (at < 0) return false;
    }
  }
  return true;
}

function nextSpecial(format: string, from: number): number {
  for (let i = from; i < format.length; i++) {
    const c = format.charCodeAt(i);
    if (c === 0x25 || c === 0x5c) return i;
  }
  return format.length;
}

/** Does the conversion at `start`; returns where the format goes on, -1 to stop. */
function convert(format: string, start: number, state: State): number {
  CONVERSION.lastIndex = start;
  const match = CONVERSION.exec(format);
  const flags = match?.[1] ?? "";
  const end = start + (match?.[0].length ?? 1);
  const letter = format[end] ?? "";
  const widthText = match?.[2];
  const width = widthText === undefined ? 0 : widthText === "*" ? starValue(state) : Number(widthText);
  const precisionText = match?.[3];
  const precision =
    precisionText === undefined ? -1 : precisionText === "*" ? starValue(state) : Number(precisionText || "0");
  const spec: Conversion = {
    left: flags.includes("-") || width < 0,
    plus: flags.includes("+"),
    space: flags.includes(" "),
    alternate: flags.includes("#"),
    zero: flags.includes("0"),
    width: Math.abs(width),
    precision: precision < 0 ? -1 : precision,
    letter,
  };
  if (letter === "") {
    state.errors.push(`\`${format.slice(start)}': missing format character`);
    state.status = 1;
    return -1;
  }
  if (!convertArgument(spec, state)) return -1;
  return end + 1;
}

function convertArgument(spec: Conversion, state: State): boolean {
  const argument = state.args[state.next];
  switch (spec.letter) {
    case "s":
      state.output += formatText(argument ?? "", spec);
      break;
    case "c":
      // a missing or empty argument prints the NUL that ends it
      state.output += formatText((argument ?? "")[0] ?? "\0", { ...spec, precision: -1 });
      break;
    case "b": {
      const { text, stop } = expandEscapes(argument ?? "");
      state.output += formatText(text, spec);
      if (stop) {
        state.stop = true;
        state.next++;
        return false;
      }
      break;
    }
    case "q":
    case "Q":
      state.output += formatText(shellQuote(argument ?? ""), spec);
      break;
    case "d":
    case "i":
      state.output += formatInteger(integerArgument(argument, state, false), spec);
      break;
    case "u":
    case "o":
    case "x":
    case "X":
      state.output += formatInteger(integerArgument(argument, state, true), spec);
      break;
    case "e":
    case "E":
    case "f":
    case "F":
    case "g":
    case "G":
      state.output += formatFloating(floatingArgument(argument, state), spec);
      break;
    default:
      state.errors.push(`\`${spec.letter}': invalid format character`);
      state.status = 1;
      return false;
  }
  state.next++;
  return true;
}

function starValue(state: State): number {
  const value = integerArgument(state.args[state.next], state, false);
  state.next++;
  return Number(value);
}

function integerArgument(text: string | undefined, state: State, unsigned: boolean): bigint | number {
  if (text === undefined || text === "") return 0;
  if (/^(?:0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  const first = text[0];
  if (first === "'" || first === '"') return text.length > 1 ? text.charCodeAt(1) : 0;
  const match = /^[ \t\n\v\f\r]*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(text);
  if (match === null) return invalidNumber(text, 0, state);
  const digits = match[2] ?? "0";
  const magnitude = /^0[0-7]/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits);
  const value = match[1] === "-" ? -magnitude : magnitude;
  const inRange = clamp(value, unsigned);
  if (match[0].length !== text.length) return invalidNumber(text, inRange, state);
  if (unsigned ? magnitude > UINT_MAX : value < INT_MIN || value > INT_MAX) {
    state.errors.push(`warning: ${text}: Numerical result out of range`);
  }
  return inRange;
}

function clamp(value: bigint, unsigned: boolean): bigint {
  if (!unsigned) return value > INT_MAX ? INT_MAX : value < INT_MIN ? INT_MIN : value;
  if (value >= 0n) return value > UINT_MAX ? UINT_MAX : value;
  return -value > UINT_MAX ? UINT_MAX : BigInt.asUintN(64, value);
}

function invalidNumber<T>(text: string, value: T, state: State): T {
  const base = /^0[xX]/.test(text) ? "hex " : /^0\d/.test(text) ? "octal " : "";
  state.errors.push(`${text}: invalid ${base}number`);
  state.status = 1;
  return value;
}

function floatingArgument(text: string | undefined, state: State): number | BinaryFraction {
  if (text === undefined || text === "") return 0;
  const first = text[0];
  if (first === "'" || first === '"') return text.length > 1 ? text.charCodeAt(1) : 0;
  const special = /^[ \t]*([-+]?)(inf|infinity|nan)$/i.exec(text);
  if (special !== null) {
    const named = (special[2] ?? "").toLowerCase() === "nan" ? "nan" : "inf";
    return { negative: special[1] === "-", mantissa: 0n, exponent: 0, special: named };
  }
  const hexadecimal = /^[ \t]*([-+]?)(0[xX][0-9a-fA-F]+)$/.exec(text);
  if (hexadecimal !== null) return Number(hexadecimal[2]) * (hexadecimal[1] === "-" ? -1 : 1);
  const match = /^[ \t\n\v\f\r]*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/.exec(text);
  if (match === null) return invalidNumber(text, 0, state);
  const value = longDoubleOfDecimal(match[1] ?? "0");
  if (match[0].length !== text.length) return invalidNumber(text, value, state);
  return value;
}

/** Escapes of one letter that printf, `echo -e` and `$'...'` share. */
export const SIMPLE_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["a", "\x07"],
  ["b", "\b"],
  ["e", "\x1b"],
  ["E", "\x1b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
  ["\\", "\\"],
]);

/** The escape at `start`; in a `%b` argument `\0nnn` has three digits after the zero and quotes keep their backslash. */
function readEscape(text: string, start: number, inArgument: boolean): { text: string; end: number } {
  const letter = text[start + 1];
  if (letter === undefined) return { text: "\\", end: start + 1 };
  const simple = SIMPLE_ESCAPES.get(letter);
  if (simple !== undefined) return { text: simple, end: start + 2 };
  if (letter >= "0" && letter <= "7") {
    const nrDigits = inArgument && letter === "0" ? 4 : 3;
    const digits = /^[0-7]+/.exec(text.slice(start + 1, start + 1 + nrDigits))?.[0] ?? "0";
    return { text: String.fromCharCode(Number.parseInt(digits, 8) & 0xff), end: start + 1 + digits.length };
  }
  if (letter === "x" || letter === "u" || letter === "U") {
    const nrDigits = letter === "x" ? 2 : letter === "u" ? 4 : 8;
    const digits = /^[0-9a-fA-F]+/.exec(text.slice(start + 2, start + 2 + nrDigits))?.[0];
    if (digits === undefined) return { text: `\\${letter}`, end: start + 2 };
    const code = Number.parseInt(digits, 16);
    return { text: letter === "x" ? String.fromCharCode(code) : utf8(code), end: start + 2 + digits.length };
  }
  if ((letter === '"' || letter === "'" || letter === "?") && !inArgument) return { text: letter, end: start + 2 };
  return { text: "\\", end: start + 1 };
}

/** A code point as the bytes of its UTF-8 form. */
function utf8(code: number): string {
  if (code < 0x80) return String.fromCharCode(code);
  const bytes: number[] = [];
  let rest = code;
  let limit = 0x40;
  do {
    bytes.unshift(0x80 | (rest % 64));
    rest = Math.floor(rest / 64);
    limit /= 2;
  } while (rest >= limit);
  bytes.unshift(((0x100 - limit * 2) & 0xff) | rest);
  return String.fromCharCode(...bytes);
}

/** Expands the escapes of `%b` (and of `echo -e`); `stop` when `\c` ended the text. */
export function expandEscapes(text: string): { readonly text: string; readonly stop: boolean } {
  if (!text.includes("\\")) return { text, stop: false };
  let out = "";
  let at = 0;
  while (at < text.length) {
    if (text[at] !== "\\") {
      out += text[at];
      at++;
    } else if (text[at + 1] === "c") {
      return { text: out, stop: true };
    } else {
      const read = readEscape(text, at, true);
      out += read.text;
      at = read.end;
    }
  }
  return { text: out, stop: false };
}

/** Quotes a word so that the shell reads it back: backslashes, or `$'...'` when it holds control characters. */
function shellQuote(text: string): string {
  if (text === "") return "''";
  if (/[^\x20-\x7e]/.test(text)) {
    return `$'${text.replace(/[^\x20-\x7e]|['\\]/g, ansiEscape)}'`;
  }
  return text.replace(/[ !"$&'()*,;<>?[\\\]^`{|}]|^[~#]|(?<=[:=])~/g, "\\$&");
}

function ansiEscape(c: string): string {
  for (const [letter, byte] of SIMPLE_ESCAPES) if (byte === c) return `\\${letter === "e" ? "E" : letter}`;
  if (c === "'") return "\\'";
  return `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`;
}
