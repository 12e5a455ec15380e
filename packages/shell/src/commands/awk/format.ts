/** awk's sprintf: C conversions over awk values, in double precision. Formats are parsed once and kept. */

import { type Conversion, formatFloating, formatInteger, formatText } from "../support/number-format.ts";
import { toNumber, type Value } from "./value.ts";

type Piece =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "conversion";
      readonly spec: Conversion;
      readonly starWidth: boolean;
      readonly starPrecision: boolean;
    };

const CACHE_LIMIT = 500;
const cache = new Map<string, readonly Piece[]>();

function parseFormat(format: string): readonly Piece[] {
  const known = cache.get(format);
  if (known !== undefined) return known;
  const pieces: Piece[] = [];
  const token = /%%|%([-+ 0#']*)(\*|\d+)?(?:\.(\*|\d*))?[hlLqjzt]*([\s\S])|[^%]+|%/g;
  for (const match of format.matchAll(token)) {
    const [whole, flags, width, precision, letter] = match;
    if (letter === undefined || !/[diouxXeEfFgGcs]/.test(letter)) {
      pieces.push({ kind: "text", text: whole === "%%" ? "%" : whole });
      continue;
    }
    const given = flags ?? "";
    const spec: Conversion = {
      left: given.includes("-"),
      plus: given.includes("+"),
      space: given.includes(" "),
      alternate: given.includes("#"),
      zero: given.includes("0"),
      width: width === undefined || width === "*" ? 0 : Number(width),
      precision: precision === undefined || precision === "*" ? -1 : Number(precision),
      letter,
    };
    pieces.push({ kind: "conversion", spec, starWidth: width === "*", starPrecision: precision === "*" });
  }
  if (cache.size >= CACHE_LIMIT) cache.clear();
  cache.set(format, pieces);
  return pieces;
}

/** @returns undefined when there are fewer values than conversions */
export function formatValues(
  format: string,
  values: readonly Value[],
  text: (value: Value) => string,
): string | undefined {
  let out = "";
  let next = 0;
  for (const piece of parseFormat(format)) {
    if (piece.kind === "text") {
      out += piece.text;
      continue;
    }
    let spec = piece.spec;
    if (piece.starWidth) {
      const width = Math.trunc(toNumber(values[next]));
      next++;
      spec = { ...spec, width: Math.abs(width), left: spec.left || width < 0 };
    }
    if (piece.starPrecision) {
      spec = { ...spec, precision: Math.trunc(toNumber(values[next])) };
      next++;
    }
    if (next >= values.length) return undefined;
    out += convert(values[next], spec, text);
    next++;
  }
  return out;
}

/** One number through a format such as CONVFMT. */
export function formatNumber(format: string, value: number): string {
  return formatValues(format, [value], () => "") ?? "";
}

function convert(value: Value, spec: Conversion, text: (value: Value) => string): string {
  switch (spec.letter) {
    case "s":
      return formatText(text(value), spec);
    case "c":
      return formatText(characterOf(value), { ...spec, precision: -1 });
    case "d":
    case "i":
      return integer(toNumber(value), spec);
    case "o":
    case "x":
    case "X":
    case "u":
      return unsigned(toNumber(value), spec);
    default:
      return formatFloating(toNumber(value), spec);
  }
}

function characterOf(value: Value): string {
  if (typeof value === "number") return String.fromCharCode(Math.trunc(value) & 0xff);
  if (value === undefined) return "";
  if (typeof value === "string") return value.charAt(0);
  return value.number === undefined ? value.text.charAt(0) : String.fromCharCode(Math.trunc(value.number) & 0xff);
}

function integer(value: number, spec: Conversion): string {
  if (!Number.isFinite(value)) return formatFloating(value, spec);
  const whole = Math.trunc(value);
  return formatInteger(Number.isSafeInteger(whole) ? whole || 0 : BigInt(whole), spec);
}

function unsigned(value: number, spec: Conversion): string {
  if (!Number.isFinite(value)) return formatFloating(value, spec);
  const whole = Math.trunc(value);
  return formatInteger(
    whole < 0 ? BigInt.asUintN(64, BigInt(whole)) : Number.isSafeInteger(whole) ? whole : BigInt(whole),
    spec,
  );
}
