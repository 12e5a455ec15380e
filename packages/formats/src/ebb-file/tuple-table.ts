/** Distinct rows of a few integer columns, numbered in the order in which they first appear. */

import { MAX_BLOCK_EVENTS } from "./layout.ts";

/** At most half full, so that a search is short. */
const NR_SLOTS = 2 * MAX_BLOCK_EVENTS;
const MIX = 0x9e3779b1;

export class TupleTable {
  nr = 0;
  readonly #nrColumns: number;
  /** Rows one after the other. */
  readonly #rows: Int32Array;
  /** Number of a row plus one; 0 is free. */
  readonly #slots = new Uint16Array(NR_SLOTS);

  constructor(nrColumns: number) {
    this.#nrColumns = nrColumns;
    this.#rows = new Int32Array(nrColumns * MAX_BLOCK_EVENTS);
  }

  clear(): void {
    this.nr = 0;
    this.#slots.fill(0);
  }

  /** Number of row `i` of `columns`, which are those of the table in the same order; a new row is entered. */
  numberOf(columns: readonly Int32Array[], i: number): number {
    const nrColumns = this.#nrColumns;
    let hash = 0;
    for (let c = 0; c < nrColumns; c++) hash = Math.imul(hash ^ cell(columns, c, i), MIX) ^ (hash >>> 15);
    let slot = (hash ^ (hash >>> 13)) & (NR_SLOTS - 1);
    for (let found = this.#slots[slot] as number; found !== 0; found = this.#slots[slot] as number) {
      if (this.#isRow(found - 1, columns, i)) return found - 1;
      slot = (slot + 1) & (NR_SLOTS - 1);
    }
    this.#slots[slot] = this.nr + 1;
    for (let c = 0; c < nrColumns; c++) this.#rows[this.nr * nrColumns + c] = cell(columns, c, i);
    return this.nr++;
  }

  /** One column of the table. */
  readColumn(column: number, out: Float64Array): void {
    for (let row = 0; row < this.nr; row++) out[row] = this.#rows[row * this.#nrColumns + column] as number;
  }

  #isRow(row: number, columns: readonly Int32Array[], i: number): boolean {
    const start = row * this.#nrColumns;
    for (let c = 0; c < this.#nrColumns; c++) if (this.#rows[start + c] !== cell(columns, c, i)) return false;
    return true;
  }
}

function cell(columns: readonly Int32Array[], column: number, i: number): number {
  return (columns[column] as Int32Array)[i] as number;
}
