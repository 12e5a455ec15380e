/** Rows of values: a pool, and the chain of each memcg's block. See state.ts. */

import { assert } from "../assert.ts";
import { lowBits } from "../bits.ts";
import { hasBlock, type MemcgStats, NO_CPU, NO_MEMCG, NO_ROW, ROW_CACHE_LOG, ROW_FIELDS } from "./state.ts";

/**
 * The row of `cpu` in the memcg's block; takes one on the CPU's first touch.
 *
 * @pre the block has not been freed
 */
export function blockRow(s: MemcgStats, memcg: number, cpu: number): number {
  const slot = lowBits(memcg * s.nrCpus + cpu, ROW_CACHE_LOG);
  const cached = s.rowCache[slot];
  if (s.rowMemcg[cached] === memcg && s.rowCpu[cached] === cpu) return cached;
  const row = findOrTakeRow(s, memcg, cpu);
  s.rowCache[slot] = row;
  return row;
}

function findOrTakeRow(s: MemcgStats, memcg: number, cpu: number): number {
  let before = NO_ROW;
  let row = s.head[memcg];
  while (row !== NO_ROW && s.rowCpu[row] < cpu) {
    before = row;
    row = s.rowNext[row];
  }
  if (row !== NO_ROW && s.rowCpu[row] === cpu) return row;
  assert(hasBlock(s, memcg), "a row is part of a block");
  const taken = takeRow(s, memcg, cpu);
  s.rowNext[taken] = row;
  if (before === NO_ROW) s.head[memcg] = taken;
  else s.rowNext[before] = taken;
  return taken;
}

/** The row of `cpu` in the memcg's block; NO_ROW when that CPU never touched it. */
export function findBlockRow(s: MemcgStats, memcg: number, cpu: number): number {
  let row = s.head[memcg];
  while (row !== NO_ROW && s.rowCpu[row] < cpu) row = s.rowNext[row];
  return row !== NO_ROW && s.rowCpu[row] === cpu ? row : NO_ROW;
}

/** The memcg's side row; takes one when it has none yet. */
export function sideRow(s: MemcgStats, memcg: number): number {
  if (s.sideRow[memcg] === NO_ROW) s.sideRow[memcg] = takeRow(s, memcg, NO_CPU);
  return s.sideRow[memcg];
}

function takeRow(s: MemcgStats, memcg: number, cpu: number): number {
  let row = s.freeRow;
  if (row !== NO_ROW) s.freeRow = s.rowNext[row];
  else {
    row = s.nrRows++;
    if (row >= s.rowMemcg.length) growRows(s, 2 * row);
  }
  s.rowMemcg[row] = memcg;
  s.rowCpu[row] = cpu;
  s.rowNext[row] = NO_ROW;
  s.updated[row] = 0;
  s.updatedChild[row] = NO_ROW;
  s.updatedNext[row] = NO_ROW;
  s.updatedPrev[row] = NO_ROW;
  s.values.fill(0, row * s.rowStride, (row + 1) * s.rowStride);
  return row;
}

/** Gives one row back to the pool. */
function freeRow(s: MemcgStats, row: number): void {
  s.rowMemcg[row] = NO_MEMCG;
  s.rowCpu[row] = NO_CPU;
  s.rowNext[row] = s.freeRow;
  s.freeRow = row;
}

/** Gives all rows of the memcg's block back. */
export function freeBlockRows(s: MemcgStats, memcg: number): void {
  for (let row = s.head[memcg]; row !== NO_ROW; ) {
    const next = s.rowNext[row];
    freeRow(s, row);
    row = next;
  }
  s.head[memcg] = NO_ROW;
}

/** Lets go of the memcg's rows without giving them back. Answers how many they were. */
export function loseBlockRows(s: MemcgStats, memcg: number): number {
  let nrLost = 0;
  for (let row = s.head[memcg]; row !== NO_ROW; row = s.rowNext[row]) {
    s.rowMemcg[row] = NO_MEMCG;
    nrLost++;
  }
  s.head[memcg] = NO_ROW;
  return nrLost;
}

/** Gives the memcg's side row back, if it has one. */
export function freeSideRow(s: MemcgStats, memcg: number): void {
  if (s.sideRow[memcg] !== NO_ROW) freeRow(s, s.sideRow[memcg]);
  s.sideRow[memcg] = NO_ROW;
}

/** Makes room for `nrRows` rows. */
export function growRows(s: MemcgStats, nrRows: number): void {
  for (const field of ROW_FIELDS) {
    const larger = new Int32Array(nrRows).fill(NO_ROW);
    larger.set(s[field]);
    s[field] = larger;
  }
  const values = new Float64Array(nrRows * s.rowStride);
  values.set(s.values);
  s.values = values;
}
