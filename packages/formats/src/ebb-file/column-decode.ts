/**
 * Reads one column of integers, in any encoding, from bytes that may be damaged. Entry i is `min + unit * units[i]`: the
 * reader of the block puts it together in the loop that uses it.
 */

import type { ByteCursor } from "./byte-cursor.ts";
import {
  COLUMN_BYTES,
  COLUMN_CONSTANT,
  COLUMN_RUNS,
  COLUMN_VARINTS,
  COLUMN_ZIGZAGS,
  MAX_BLOCK_EVENTS,
} from "./layout.ts";

/** From here on a call that fills is faster than a loop. */
const LONG_RUN = 64;

export class ColumnReader {
  readonly units = new Float64Array(MAX_BLOCK_EVENTS);
  min = 0;
  unit = 0;
  /** All entries are `min`. */
  isConstant = false;

  /** Reads a column of `nr` entries; what is wrong with it is left in the cursor. */
  read(cursor: ByteCursor, nr: number): void {
    const encoding = cursor.byte();
    this.isConstant = encoding === COLUMN_CONSTANT;
    this.min = encoding === COLUMN_ZIGZAGS ? 0 : cursor.zigzag();
    this.unit = this.isConstant ? 0 : cursor.varint();
    if (encoding === COLUMN_CONSTANT) this.units.fill(0, 0, nr);
    else if (encoding === COLUMN_RUNS) readRuns(cursor, this.units, nr);
    else if (nr > cursor.end - cursor.at) cursor.failed = true;
    else if (encoding === COLUMN_BYTES) readBytes(cursor, this.units, nr);
    else if (encoding === COLUMN_VARINTS) readVarints(cursor, this.units, nr);
    else if (encoding === COLUMN_ZIGZAGS) readZigzags(cursor, this.units, nr);
    else cursor.failed = true;
  }

  /** A column of small numbers, as whole values. */
  readInt32(cursor: ByteCursor, out: Int32Array, nr: number): void {
    this.read(cursor, nr);
    const { units, min, unit } = this;
    if (this.isConstant) out.fill(min, 0, nr);
    else for (let i = 0; i < nr; i++) out[i] = min + unit * (units[i] as number);
  }
}

function readBytes(cursor: ByteCursor, units: Float64Array, nr: number): void {
  const { bytes, at } = cursor;
  for (let i = 0; i < nr; i++) units[i] = bytes[at + i] as number;
  cursor.at = at + nr;
}

function readRuns(cursor: ByteCursor, units: Float64Array, nr: number): void {
  for (let start = 0; start < nr && !cursor.failed; ) {
    const value = cursor.varint();
    const nrSame = cursor.varint(nr - start);
    if (nrSame === 0) cursor.failed = true;
    const end = start + nrSame;
    if (nrSame > LONG_RUN) units.fill(value, start, end);
    else for (let i = start; i < end; i++) units[i] = value;
    start = end;
  }
}

/** Bytes behind the end of the block may be looked at, but only before the cursor is found beyond it. */
function readVarints(cursor: ByteCursor, units: Float64Array, nr: number): void {
  const bytes = cursor.bytes;
  let at = cursor.at;
  for (let i = 0; i < nr; i++) {
    let value = bytes[at++] as number;
    if (value >= 128) {
      const second = bytes[at++] as number;
      value += second * 128 - 128;
      if (second >= 128) {
        const third = bytes[at++] as number;
        value += third * 16_384 - 16_384;
        if (third >= 128) {
          cursor.at = at;
          value += readRest(cursor);
          at = cursor.at;
        }
      }
    }
    units[i] = value;
  }
  cursor.at = at;
  if (at > cursor.end) cursor.failed = true;
}

function readZigzags(cursor: ByteCursor, units: Float64Array, nr: number): void {
  readVarints(cursor, units, nr);
  for (let i = 0; i < nr; i++) {
    const value = units[i] as number;
    const half = Math.floor(value / 2);
    units[i] = value === 2 * half ? half : -half - 1;
  }
}

/** What a varint of more than three bytes has from its fourth byte on, less the top bit of the third. */
function readRest(cursor: ByteCursor): number {
  return cursor.varint(2 ** 32 - 1) * 2 ** 21 - 2 ** 21;
}
