/** Writes one column of integers in the shortest of its encodings. */

import { type ByteBuilder, varintBytes, zigzagOf } from "./byte-builder.ts";
import { COLUMN_BYTES, COLUMN_CONSTANT, COLUMN_RUNS, COLUMN_VARINTS, COLUMN_ZIGZAGS } from "./layout.ts";

/** What decides the encoding, found in one pass. */
interface ColumnShape {
  readonly min: number;
  readonly max: number;
  /** Largest number that divides each distance from `min`. */
  readonly unit: number;
  /** Largest number that divides each value. */
  readonly zigzagUnit: number;
}

/** Writes entries [0, nr) of `values`, integers less than 2^51 from 0; `nr` is not 0. */
export function encodeColumn(out: ByteBuilder, values: Float64Array, nr: number): void {
  const shape = shapeOf(values, nr);
  if (shape.min === shape.max) {
    out.byte(COLUMN_CONSTANT);
    out.zigzag(shape.min);
    return;
  }
  const encoding = shortest(values, nr, shape);
  out.byte(encoding);
  if (encoding === COLUMN_ZIGZAGS) {
    out.varint(shape.zigzagUnit);
    for (let i = 0; i < nr; i++) out.zigzag((values[i] as number) / shape.zigzagUnit);
    return;
  }
  out.zigzag(shape.min);
  out.varint(shape.unit);
  if (encoding === COLUMN_RUNS) encodeRuns(out, values, nr, shape);
  else if (encoding === COLUMN_BYTES) for (let i = 0; i < nr; i++) out.byte(unitsOf(values, i, shape));
  else for (let i = 0; i < nr; i++) out.varint(unitsOf(values, i, shape));
}

function shapeOf(values: Float64Array, nr: number): ColumnShape {
  let min = values[0] as number;
  let max = min;
  for (let i = 1; i < nr; i++) {
    const value = values[i] as number;
    if (value < min) min = value;
    else if (value > max) max = value;
  }
  let unit = 0;
  let zigzagUnit = 0;
  for (let i = 0; i < nr && !(unit === 1 && zigzagUnit === 1); i++) {
    const value = values[i] as number;
    if (unit !== 1) unit = commonDivisor(unit, value - min);
    if (zigzagUnit !== 1) zigzagUnit = commonDivisor(zigzagUnit, Math.abs(value));
  }
  return { min, max, unit, zigzagUnit };
}

/** Of small numbers the rest is found a great deal faster as integers. */
function commonDivisor(a: number, b: number): number {
  if (a > 0 && a < 2 ** 31 && b < 2 ** 31 && (b | 0) % (a | 0) === 0) return a;
  let larger = a;
  let smaller = b;
  while (smaller !== 0) {
    const rest = larger % smaller;
    larger = smaller;
    smaller = rest;
  }
  return larger;
}

function shortest(values: Float64Array, nr: number, shape: ColumnShape): number {
  let nrVarints = 0;
  let nrZigzags = 0;
  let nrRuns = 0;
  let runStart = 0;
  for (let i = 0; i < nr; i++) {
    const value = values[i] as number;
    const nrBytes = varintBytes(unitsOf(values, i, shape));
    nrVarints += nrBytes;
    nrZigzags += varintBytes(zigzagOf(value / shape.zigzagUnit));
    if (i + 1 === nr || values[i + 1] !== value) {
      nrRuns += nrBytes + varintBytes(i + 1 - runStart);
      runStart = i + 1;
    }
  }
  const isBytes = (shape.max - shape.min) / shape.unit < 256;
  if (nrRuns < Math.min(isBytes ? nr : nrVarints, nrZigzags)) return COLUMN_RUNS;
  if (isBytes && nr <= nrZigzags) return COLUMN_BYTES;
  return nrVarints <= nrZigzags ? COLUMN_VARINTS : COLUMN_ZIGZAGS;
}

function encodeRuns(out: ByteBuilder, values: Float64Array, nr: number, shape: ColumnShape): void {
  for (let start = 0; start < nr; ) {
    let end = start + 1;
    while (end < nr && values[end] === values[start]) end++;
    out.varint(unitsOf(values, start, shape));
    out.varint(end - start);
    start = end;
  }
}

function unitsOf(values: Float64Array, i: number, shape: ColumnShape): number {
  return ((values[i] as number) - shape.min) / shape.unit;
}
