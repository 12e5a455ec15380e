/**
 * Tables of rows in flat columns: what the parts of the machine that come and go are kept in.
 *
 * A table has `nrRows` rows ever used; the free ones among them are linked through the column `link` from `freeRow`. A
 * column is an Int32Array of `width` words per row. Growing replaces the arrays: take columns from the table anew after
 * a call that may add a row.
 */

import { assert } from "./assert.ts";
import type { Cut } from "./cut.ts";
import { foldWord, foldWords, type HashFold } from "./hash.ts";
import { NO_ROW } from "./none.ts";

export { NO_ROW } from "./none.ts";

export interface TableShape<F extends string> {
  readonly fields: readonly F[];
  /** Words per row of fields that have more than one. */
  readonly widths: Partial<Readonly<Record<F, number>>>;
}

export type Table<F extends string> = {
  readonly shape: TableShape<F>;
  /** Words per row of each field, in the order of the shape's. */
  readonly widths: readonly number[];
  nrRows: number;
  freeRow: number;
  /** Rows there is room for. */
  room: number;
  /** Next free row, of a free row; of a live one whatever the owner of the table uses it for. */
  link: Int32Array;
} & Record<F, Int32Array>;

const INITIAL_ROOM = 64;

function widthOf<F extends string>(shape: TableShape<F>, field: F): number {
  return shape.widths[field] ?? 1;
}

export function createTable<F extends string>(shape: TableShape<F>): Table<F> {
  const columns = Object.fromEntries(
    shape.fields.map((field) => [field, new Int32Array(INITIAL_ROOM * widthOf(shape, field))]),
  ) as Record<F, Int32Array>;
  const link = new Int32Array(INITIAL_ROOM);
  const widths = shape.fields.map((field) => widthOf(shape, field));
  return { ...columns, shape, widths, nrRows: 0, freeRow: NO_ROW, room: INITIAL_ROOM, link };
}

/** A row, all its words 0. */
export function takeRow<F extends string>(t: Table<F>): number {
  let row = t.freeRow;
  if (row !== NO_ROW) {
    t.freeRow = t.link[row];
    clearRow(t, row);
  } else {
    row = t.nrRows;
    if (row >= t.room) growTable(t, t.room * 2);
    t.nrRows = row + 1;
  }
  t.link[row] = NO_ROW;
  return row;
}

export function dropRow<F extends string>(t: Table<F>, row: number): void {
  assert(row >= 0 && row < t.nrRows, "a row that is dropped is in the table");
  t.link[row] = t.freeRow;
  t.freeRow = row;
}

function clearRow<F extends string>(t: Table<F>, row: number): void {
  const columns: Record<F, Int32Array> = t;
  const { widths } = t;
  const { fields } = t.shape;
  for (let i = 0; i < fields.length; i++) {
    if (widths[i] === 1) columns[fields[i]][row] = 0;
    else columns[fields[i]].fill(0, row * widths[i], (row + 1) * widths[i]);
  }
}

function growTable<F extends string>(t: Table<F>, room: number): void {
  const columns: Record<F, Int32Array> = t;
  for (const field of t.shape.fields) {
    const larger = new Int32Array(room * widthOf(t.shape, field));
    larger.set(columns[field]);
    columns[field] = larger;
  }
  const link = new Int32Array(room);
  link.set(t.link);
  t.link = link;
  t.room = room;
}

/** The rows of a table as a value. */
export interface TableSnapshot {
  readonly nrRows: number;
  readonly freeRow: number;
  readonly link: Int32Array;
  readonly columns: readonly Int32Array[];
}

export function snapshotTable<F extends string>(t: Table<F>, cut: Cut): TableSnapshot {
  const columns: Record<F, Int32Array> = t;
  return {
    nrRows: t.nrRows,
    freeRow: t.freeRow,
    link: cut.ints(t.link, t.nrRows),
    columns: t.shape.fields.map((field) => cut.ints(columns[field], t.nrRows * widthOf(t.shape, field))),
  };
}

/** @pre the snapshot is from a table of the same shape */
export function restoreTable<F extends string>(t: Table<F>, s: TableSnapshot): void {
  if (t.room < s.nrRows) growTable(t, s.nrRows);
  const columns: Record<F, Int32Array> = t;
  t.shape.fields.forEach((field, i) => {
    columns[field].fill(0).set(s.columns[i]);
  });
  t.link.set(s.link);
  t.nrRows = s.nrRows;
  t.freeRow = s.freeRow;
}

/** Calls `fold` with every word of the rows, in a fixed order. */
export function foldTable<F extends string>(t: Table<F>, fold: (value: number) => void): void {
  const columns: Record<F, Int32Array> = t;
  fold(t.nrRows);
  fold(t.freeRow);
  for (let row = 0; row < t.nrRows; row++) fold(t.link[row]);
  for (const field of t.shape.fields) {
    const column = columns[field];
    const end = t.nrRows * widthOf(t.shape, field);
    for (let i = 0; i < end; i++) fold(column[i]);
  }
}

/** Folds every word of the rows, in the order of `foldTable`. */
export function hashTable<F extends string>(t: Table<F>, hash: HashFold): void {
  const columns: Record<F, Int32Array> = t;
  foldWord(hash, t.nrRows);
  foldWord(hash, t.freeRow);
  foldWords(hash, t.link, 0, t.nrRows);
  for (const field of t.shape.fields) foldWords(hash, columns[field], 0, t.nrRows * widthOf(t.shape, field));
}
