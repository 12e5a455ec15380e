/**
 * Looking for bytes in text, four at a time. A word of four bytes is read in little-endian order; the marks found in it
 * are bits 7 of bytes, of which the lowest is right.
 *
 * Text read this way ends in a newline, which stops every search, and has at least PADDING_BYTES behind it.
 */

import { BLANK, CARRIAGE_RETURN, NEWLINE } from "./text-constants.ts";

const ONES = 0x01010101;
const TOPS = -0x7f7f7f80; // 0x80808080
const NEWLINES = ONES * NEWLINE;
const SLASHES = ONES * 0x2f;
const BRACKETS = ONES * 0x5b;
const BLANKS = ONES * BLANK;
/** One more than a blank, in each byte. */
const BEYOND_BLANKS = ONES * (BLANK + 1);

/** A text to compare with, as words. */
export interface Literal {
  readonly nrBytes: number;
  /** Whole words, then one cut to the bytes that are left. */
  readonly words: Int32Array;
  /** Bytes of the last word that count. */
  readonly lastMask: number;
}

/** `text`, one byte a character; only one that is not empty can be looked for. */
export function literal(text: string): Literal {
  const nrWords = Math.ceil(text.length / 4);
  const view = new DataView(new ArrayBuffer(nrWords * 4));
  for (let i = 0; i < text.length; i++) view.setUint8(i, text.charCodeAt(i));
  const words = Int32Array.from({ length: nrWords }, (_, i) => view.getInt32(i * 4, true));
  const nrLast = text.length - (nrWords - 1) * 4;
  return { nrBytes: text.length, words, lastMask: nrLast === 4 ? -1 : (1 << (nrLast * 8)) - 1 };
}

/** The text at `start` begins with the literal. */
export function isLiteralAt(text: DataView, start: number, { words, lastMask }: Literal): boolean {
  const last = words.length - 1;
  let p = start;
  for (let i = 0; i < last; i++, p += 4) if (text.getInt32(p, true) !== words[i]) return false;
  return (text.getInt32(p, true) & lastMask) === words[last];
}

/** Where the newline of the line stands. */
export function lineEnd(text: DataView, start: number): number {
  for (let p = start; ; p += 4) {
    const marks = zeroBytes(text.getInt32(p, true) ^ NEWLINES);
    if (marks !== 0) return p + lowestMark(marks);
  }
}

/** Where the next blank or the newline stands. */
export function wordEnd(text: DataView, start: number): number {
  for (let p = start; ; p += 4) {
    const marks = blankBytes(text.getInt32(p, true));
    if (marks !== 0) return p + lowestMark(marks);
  }
}

/** Where the next slash, blank or the newline stands. */
export function slashOrWordEnd(text: DataView, start: number): number {
  for (let p = start; ; p += 4) {
    const word = text.getInt32(p, true);
    const marks = blankBytes(word) | zeroBytes(word ^ SLASHES);
    if (marks !== 0) return p + lowestMark(marks);
  }
}

/** Where the next opening bracket or the newline stands. */
export function bracketOrLineEnd(text: DataView, start: number): number {
  for (let p = start; ; p += 4) {
    const word = text.getInt32(p, true);
    const marks = zeroBytes(word ^ BRACKETS) | zeroBytes(word ^ NEWLINES);
    if (marks !== 0) return p + lowestMark(marks);
  }
}

/** Where the blanks at `start` end. */
export function blanksEnd(text: DataView, start: number): number {
  let p = start;
  while (text.getInt32(p, true) === BLANKS) p += 4;
  while (text.getUint8(p) === BLANK) p++;
  return p;
}

/** `end`, or before a carriage return that stands there. */
export function trimmedEnd(text: DataView, start: number, end: number): number {
  return end > start && text.getUint8(end - 1) === CARRIAGE_RETURN ? end - 1 : end;
}

/** The bytes `[start, end)`, one character each. */
export function latin1(text: DataView, start: number, end: number): string {
  let all = "";
  for (let p = start; p < end; p++) all += String.fromCharCode(text.getUint8(p));
  return all;
}

/** Marks of the bytes of `word` that are 0. */
function zeroBytes(word: number): number {
  return (word - ONES) & ~word & TOPS;
}

/** Marks of the bytes of `word` that are at most a blank. */
function blankBytes(word: number): number {
  return (word - BEYOND_BLANKS) & ~word & TOPS;
}

function lowestMark(marks: number): number {
  return (31 - Math.clz32(marks & -marks)) >> 3;
}
