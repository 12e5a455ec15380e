/**
 * The payload of a TEXT block. A snapshot is much like the one before it: where that is shorter, only the lines that
 * differ are kept, against the last text of the same key.
 */

import type { RecordedText } from "../trace/events.ts";
import { ByteBuilder } from "./byte-builder.ts";
import type { ByteCursor } from "./byte-cursor.ts";
import { MAX_STRING_UNITS, TEXT_LINES, TEXT_WHOLE } from "./layout.ts";

/** A text from which others tell their difference: which of the file's texts it is, and its lines. */
interface BaseText {
  readonly ordinal: number;
  readonly lines: readonly string[];
  /** Differences told one after the other; a whole text ends the chain. */
  readonly nrDifferences: number;
  /** Room that it takes, its key included. */
  readonly nrUnits: number;
}

/** After so many differences a whole text: what one damaged block takes with it has an end. */
const MAX_DIFFERENCES = 32;
/** Units of the texts remembered together: a writer asks for less than a reader has room for. */
const WRITER_UNITS = 2 * MAX_STRING_UNITS;
const READER_UNITS = 8 * MAX_STRING_UNITS;

/** The last text of each key, as long as there is room. */
class TextBases {
  readonly #bases = new Map<string, BaseText>();
  readonly #maxUnits: number;
  #nrUnits = 0;

  constructor(maxUnits: number) {
    this.#maxUnits = maxUnits;
  }

  get(key: string): BaseText | undefined {
    return this.#bases.get(key);
  }

  set(key: string, base: BaseText): void {
    this.#nrUnits -= this.#bases.get(key)?.nrUnits ?? 0;
    this.#bases.delete(key);
    if (this.#nrUnits + base.nrUnits > this.#maxUnits) return;
    this.#nrUnits += base.nrUnits;
    this.#bases.set(key, base);
  }
}

export class TextBlockEncoder {
  readonly #bases = new TextBases(WRITER_UNITS);
  readonly #difference = new ByteBuilder();

  /** @param ordinal texts of the file before this one */
  encode(out: ByteBuilder, { key, stage, timeNs, text }: RecordedText, ordinal: number): void {
    out.varint(ordinal);
    out.string(key);
    out.string(stage);
    out.byte(timeNs === undefined ? 0 : 1);
    if (timeNs !== undefined) out.signed(timeNs);
    const lines = text.split("\n");
    const base = this.#bases.get(key);
    const difference = this.#difference;
    difference.clear();
    if (base !== undefined && base.nrDifferences < MAX_DIFFERENCES) encodeLines(difference, base.lines, lines);
    const isShorter = difference.nr > 0 && difference.nr < text.length;
    if (base !== undefined && isShorter) {
      out.byte(TEXT_LINES);
      out.varint(base.ordinal);
      out.append(difference);
    } else {
      out.byte(TEXT_WHOLE);
      out.string(text);
    }
    const nrDifferences = base !== undefined && isShorter ? base.nrDifferences + 1 : 0;
    this.#bases.set(key, { ordinal, lines, nrDifferences, nrUnits: key.length + text.length + lines.length });
  }
}

export class TextBlockDecoder {
  readonly #bases = new TextBases(READER_UNITS);

  /**
   * The text and its ordinal; undefined when the bytes are no such block; the ordinal alone when it is told against a
   * text that is lost.
   */
  decode(cursor: ByteCursor): { readonly ordinal: number; readonly text: RecordedText | undefined } | undefined {
    const ordinal = cursor.varint();
    const key = cursor.string();
    const stage = cursor.string();
    const timeNs = cursor.byte() === 0 ? undefined : cursor.signed();
    const encoding = cursor.byte();
    if (encoding > TEXT_LINES) cursor.failed = true;
    if (encoding === TEXT_WHOLE) {
      const text = cursor.string();
      if (!cursor.isDone()) return undefined;
      return this.#keep(ordinal, { key, stage, timeNs, text }, text.split("\n"));
    }
    const baseOrdinal = cursor.varint();
    if (cursor.failed) return undefined;
    const base = this.#bases.get(key);
    if (base?.ordinal !== baseOrdinal) return { ordinal, text: undefined };
    const lines = decodeLines(cursor, base.lines);
    if (lines === undefined || !cursor.isDone()) return undefined;
    return this.#keep(ordinal, { key, stage, timeNs, text: lines.join("\n") }, lines);
  }

  #keep(ordinal: number, text: RecordedText, lines: readonly string[]) {
    const nrUnits = text.key.length + text.text.length + lines.length;
    this.#bases.set(text.key, { ordinal, lines, nrDifferences: 0, nrUnits });
    return { ordinal, text };
  }
}

/** Number of lines; then, until all are told: lines like those at their place in `base`, new lines, the new lines. */
function encodeLines(out: ByteBuilder, base: readonly string[], lines: readonly string[]): void {
  out.varint(lines.length);
  for (let at = 0; at < lines.length; ) {
    const firstNew = at + runLength(lines, at, (i) => i < base.length && lines[i] === base[i]);
    const end = firstNew + runLength(lines, firstNew, (i) => i >= base.length || lines[i] !== base[i]);
    out.varint(firstNew - at);
    out.varint(end - firstNew);
    for (let i = firstNew; i < end; i++) out.string(lines[i] ?? "");
    at = end;
  }
}

function runLength(lines: readonly string[], start: number, holds: (i: number) => boolean): number {
  let end = start;
  while (end < lines.length && holds(end)) end++;
  return end - start;
}

function decodeLines(cursor: ByteCursor, base: readonly string[]): readonly string[] | undefined {
  const nrLines = cursor.varint();
  const lines: string[] = [];
  let nrUnits = 0;
  while (lines.length < nrLines) {
    const nrSame = cursor.varint(base.length - Math.min(base.length, lines.length));
    const nrNew = cursor.varint(nrLines - lines.length);
    if (cursor.failed || nrSame + nrNew === 0 || lines.length + nrSame + nrNew > nrLines) return undefined;
    for (let i = 0; i < nrSame; i++) lines.push(base[lines.length] ?? "");
    for (let i = 0; i < nrNew && !cursor.failed; i++) lines.push(cursor.string());
    if (cursor.failed) return undefined;
  }
  for (const line of lines) nrUnits += line.length + 1;
  return nrUnits > MAX_STRING_UNITS + 1 ? undefined : lines;
}
