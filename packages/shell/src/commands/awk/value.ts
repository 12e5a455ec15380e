/**
 * Values of awk: numbers, strings, and text that came from outside (fields, getline, -v, split), which compares as a
 * number when it looks like one. An uninitialized variable is `undefined`: both 0 and "".
 */

/** Text from outside the program. */
export class InputText {
  readonly text: string;
  #number: number | undefined;
  #checked = false;

  constructor(text: string) {
    this.text = text;
  }

  /** Its value when the whole of it is a number, else undefined. */
  get number(): number | undefined {
    if (!this.#checked) {
      this.#checked = true;
      this.#number = wholeNumber(this.text);
    }
    return this.#number;
  }
}

export type Value = number | string | InputText | undefined;
export type AwkArray = Map<string, Value>;
export type Cell = Value | AwkArray;

const WHOLE_NUMBER = /^[ \t\n\v\f\r]*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[ \t\n\v\f\r]*$/;
const LEADING_NUMBER = /^[ \t\n\v\f\r]*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/;
const INT64_LIMIT = 2 ** 63;

function wholeNumber(text: string): number | undefined {
  return WHOLE_NUMBER.test(text) ? Number(text.trim()) : undefined;
}

/** The number a text begins with, 0 when it begins with none. */
function numberOfText(text: string): number {
  // the common case: a short run of digits
  const length = text.length;
  if (length > 0 && length < 10) {
    let value = 0;
    let i = 0;
    for (; i < length; i++) {
      const digit = text.charCodeAt(i) - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (i === length) return value;
  }
  const match = LEADING_NUMBER.exec(text);
  return match === null ? 0 : Number(match[1]);
}

export function toNumber(value: Value): number {
  if (typeof value === "number") return value;
  if (value === undefined) return 0;
  if (typeof value === "string") return numberOfText(value);
  return value.number ?? numberOfText(value.text);
}

/** A number as text: integers whole, others through `convert` (CONVFMT or OFMT). */
export function numberText(value: number, convert: (value: number) => string): string {
  if (Number.isInteger(value)) {
    if (Math.abs(value) < 1e15) return value === 0 ? "0" : String(value);
    if (Math.abs(value) < INT64_LIMIT) return BigInt(value).toString();
    return convert(value);
  }
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return convert(value);
}

export function isTrue(value: Value): boolean {
  if (typeof value === "number") return value !== 0;
  if (typeof value === "string") return value !== "";
  if (value === undefined) return false;
  const number = value.number;
  return number === undefined ? value.text !== "" : number !== 0;
}

/** The number a value compares as, undefined when it compares as text. */
function comparableNumber(value: Value): number | undefined {
  if (typeof value === "number") return value;
  if (value === undefined) return 0;
  return typeof value === "string" ? undefined : value.number;
}

/** Negative, 0 or positive; NaN when a number is none. Text unless both sides are numbers. */
export function compareValues(left: Value, right: Value, text: (value: Value) => string): number {
  const a = comparableNumber(left);
  const b = comparableNumber(right);
  if (a !== undefined && b !== undefined) return a - b;
  const x = text(left);
  const y = text(right);
  return x < y ? -1 : x > y ? 1 : 0;
}
