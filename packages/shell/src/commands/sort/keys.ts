/** What sort compares: key definitions (`-k 2,3n`), how a line is cut into fields, and the orders of text. */

/** One `-k`, or the whole line. Fields and characters count from 0; `endChar` 0 means the end of the field. */
export interface SortKey {
  readonly startField: number;
  readonly startChar: number;
  readonly endField: number;
  readonly endChar: number;
  readonly order: KeyOrder;
  readonly skipStartBlanks: boolean;
  readonly skipEndBlanks: boolean;
}

interface KeyOrder {
  readonly kind: "text" | "numeric" | "general" | "human" | "month" | "version";
  readonly reverse: boolean;
  readonly fold: boolean;
  readonly dictionary: boolean;
  readonly ignoreNonPrinting: boolean;
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const HUMAN_SUFFIXES = "KMGTPEZY";
const KEY = /^(\d+)(?:\.(\d+))?([bdfghinMrRV]*)(?:,(\d+)(?:\.(\d+))?([bdfghinMrRV]*))?$/;

/** The order that option letters ask for. */
export function orderOf(letters: string): KeyOrder {
  const kinds = new Map<string, KeyOrder["kind"]>([
    ["n", "numeric"],
    ["g", "general"],
    ["h", "human"],
    ["M", "month"],
    ["V", "version"],
  ]);
  let kind: KeyOrder["kind"] = "text";
  for (const letter of letters) kind = kinds.get(letter) ?? kind;
  return {
    kind,
    reverse: letters.includes("r"),
    fold: letters.includes("f"),
    dictionary: letters.includes("d"),
    ignoreNonPrinting: letters.includes("i"),
  };
}

/** Reads a `-k`; the global letters hold where it names none. The error is what stands after sort's `-k`. */
export function parseKey(text: string, globalLetters: string): SortKey | { readonly error: string } {
  const match = KEY.exec(text);
  if (match === null) {
    const rest = text.replace(/^\d+(\.\d+)?/, "");
    if (!/^\d/.test(text)) return { error: `invalid number at field start: invalid count at start of '${text}'` };
    if (rest.startsWith(","))
      return { error: `invalid number after ',': invalid count at start of '${rest.slice(1)}'` };
    return { error: `stray character in field spec: invalid field specification '${text}'` };
  }
  const [, startField = "1", startChar, startLetters = "", endField, endChar, endLetters = ""] = match;
  if (Number(startField) === 0) return { error: `field number is zero: invalid field specification '${text}'` };
  if (startChar !== undefined && Number(startChar) === 0) {
    return { error: `character offset is zero: invalid field specification '${text}'` };
  }
  if (endField !== undefined && Number(endField) === 0) {
    return { error: `field number is zero: invalid field specification '${text}'` };
  }
  const own = startLetters + endLetters;
  const letters = own === "" ? globalLetters : own;
  return {
    startField: Number(startField) - 1,
    startChar: startChar === undefined ? 0 : Number(startChar) - 1,
    endField: endField === undefined ? Number.POSITIVE_INFINITY : Number(endField) - 1,
    endChar: endChar === undefined ? 0 : Number(endChar),
    order: orderOf(letters),
    skipStartBlanks: own === "" ? globalLetters.includes("b") : startLetters.includes("b"),
    skipEndBlanks: own === "" ? globalLetters.includes("b") : endLetters.includes("b"),
  };
}

/** The key's part of a line. Without a separator a field begins with the blanks before it. */
export function extractKey(line: string, key: SortKey, separator: string | undefined): string {
  let start = fieldStart(line, key.startField, separator);
  if (key.skipStartBlanks) start = skipBlanks(line, start);
  start = Math.min(line.length, start + key.startChar);
  if (key.endField === Number.POSITIVE_INFINITY) return line.slice(start);
  let end: number;
  if (key.endChar === 0) {
    end = fieldEnd(line, key.endField, separator);
  } else {
    end = fieldStart(line, key.endField, separator);
    if (key.skipEndBlanks) end = skipBlanks(line, end);
    end = Math.min(line.length, end + key.endChar);
  }
  return line.slice(start, Math.max(start, end));
}

function isBlank(c: string | undefined): boolean {
  return c === " " || c === "\t" || c === "\n";
}

function skipBlanks(line: string, from: number): number {
  let at = from;
  while (isBlank(line[at])) at++;
  return at;
}

function fieldStart(line: string, field: number, separator: string | undefined): number {
  let at = 0;
  for (let i = 0; i < field && at < line.length; i++) {
    if (separator === undefined) {
      at = skipBlanks(line, at);
      while (at < line.length && !isBlank(line[at])) at++;
    } else {
      const next = line.indexOf(separator, at);
      at = next < 0 ? line.length : next + 1;
    }
  }
  return at;
}

function fieldEnd(line: string, field: number, separator: string | undefined): number {
  const start = fieldStart(line, field, separator);
  if (separator !== undefined) {
    const next = line.indexOf(separator, start);
    return next < 0 ? line.length : next;
  }
  let at = skipBlanks(line, start);
  while (at < line.length && !isBlank(line[at])) at++;
  return at;
}

/** Compares two keys in an order, without its `reverse`. */
export function compareKeys(a: string, b: string, order: KeyOrder): number {
  switch (order.kind) {
    case "numeric":
      return compareNumeric(a, b);
    case "general":
      return compareGeneral(a, b);
    case "human":
      return compareHuman(a, b);
    case "month":
      return monthOf(a) - monthOf(b);
    case "version":
      return compareVersions(a, b);
    default:
      return compareText(prepareText(a, order), prepareText(b, order));
  }
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function prepareText(text: string, order: KeyOrder): string {
  let out = text;
  if (order.dictionary) out = out.replace(/[^A-Za-z0-9 \t]/g, "");
  if (order.ignoreNonPrinting) out = out.replace(/[^\x20-\x7e]/g, "");
  return order.fold ? out.replace(/[a-z]/g, (c) => c.toUpperCase()) : out;
}

interface DecimalParts {
  readonly negative: boolean;
  readonly whole: string;
  readonly fraction: string;
}

function decimalParts(text: string): DecimalParts {
  const match = /^[ \t\n]*(-?)0*(\d*)(?:\.(\d*))?/.exec(text);
  const whole = match?.[2] ?? "";
  const fraction = (match?.[3] ?? "").replace(/0+$/, "");
  return { negative: match?.[1] === "-" && (whole !== "" || fraction !== ""), whole, fraction };
}

/** Decimals of any length, without rounding. */
function compareNumeric(a: string, b: string): number {
  const x = decimalParts(a);
  const y = decimalParts(b);
  if (x.negative !== y.negative) return x.negative ? -1 : 1;
  const magnitude =
    x.whole.length - y.whole.length || compareText(x.whole, y.whole) || compareText(x.fraction, y.fraction);
  return x.negative ? -magnitude : magnitude;
}

function compareGeneral(a: string, b: string): number {
  const x = leadingFloat(a);
  const y = leadingFloat(b);
  if (x === undefined || y === undefined) return (x === undefined ? 0 : 1) - (y === undefined ? 0 : 1);
  if (Number.isNaN(x) || Number.isNaN(y)) return (Number.isNaN(x) ? 0 : 1) - (Number.isNaN(y) ? 0 : 1);
  return x < y ? -1 : x > y ? 1 : 0;
}

function leadingFloat(text: string): number | undefined {
  const match = /^[ \t\n]*([-+]?)(nan|inf(?:inity)?|0x[0-9a-f]+|\d+\.?\d*(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?)/i.exec(
    text,
  );
  if (match === null) return undefined;
  const digits = (match[2] ?? "").toLowerCase();
  const value = digits === "nan" ? Number.NaN : digits.startsWith("inf") ? Number.POSITIVE_INFINITY : Number(digits);
  return match[1] === "-" ? -value : value;
}

function compareHuman(a: string, b: string): number {
  return humanRank(a) - humanRank(b) || compareNumeric(a, b);
}

/** Suffix first, as sort -h does; negative numbers rank the other way. */
function humanRank(text: string): number {
  const match = /^[ \t\n]*(-?)0*(\d*)(?:\.(\d*))?([A-Za-z]?)/.exec(text);
  if (match === null || ((match[2] ?? "") === "" && !/[1-9]/.test(match[3] ?? ""))) return 0;
  const letter = match[4] === "k" ? "K" : (match[4] ?? "");
  const power = letter === "" ? 0 : HUMAN_SUFFIXES.indexOf(letter) + 1;
  return match[1] === "-" ? -power : power;
}

function monthOf(text: string): number {
  return MONTHS.indexOf(
    text
      .replace(/^[ \t\n]+/, "")
      .slice(0, 3)
      .toUpperCase(),
  );
}

/** gnulib's filevercmp(): runs of digits by value, letters before other characters, "~" before the end. */
export function compareVersions(a: string, b: string): number {
  if (a === b) return 0;
  if (a === "" || b === "") return a === "" ? -1 : 1;
  const cutA = a.replace(/(\.[A-Za-z~][A-Za-z0-9~]*)*$/, "");
  const cutB = b.replace(/(\.[A-Za-z~][A-Za-z0-9~]*)*$/, "");
  const result = cutA === cutB ? verrevcmp(a, b) : verrevcmp(cutA, cutB);
  return result || verrevcmp(a, b);
}

function verrevcmp(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a[i])) || (j < b.length && !isDigit(b[j]))) {
      const difference = versionWeight(a, i) - versionWeight(b, j);
      if (difference !== 0) return difference;
      i++;
      j++;
    }
    const runA = /^0*(\d*)/.exec(a.slice(i));
    const runB = /^0*(\d*)/.exec(b.slice(j));
    const digitsA = runA?.[1] ?? "";
    const digitsB = runB?.[1] ?? "";
    const difference = digitsA.length - digitsB.length || compareText(digitsA, digitsB);
    if (difference !== 0) return difference;
    i += runA?.[0].length ?? 0;
    j += runB?.[0].length ?? 0;
  }
  return 0;
}

function isDigit(c: string | undefined): boolean {
  return c !== undefined && c >= "0" && c <= "9";
}

function versionWeight(text: string, at: number): number {
  const c = text[at];
  if (c === undefined) return -1;
  if (isDigit(c)) return 0;
  if (/[A-Za-z]/.test(c)) return c.charCodeAt(0);
  return c === "~" ? -2 : c.charCodeAt(0) + 256;
}
