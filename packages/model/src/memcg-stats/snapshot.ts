/**
 * Memcg statistics as a value: copied out, copied back, folded to a hash. A snapshot holds the rows in use; the fold
 * covers what can decide anything later, and not which row of the pool holds it.
 */

import { assert } from "../assert.ts";
import { COPY, type Cut } from "../cut.ts";
import { growMemcgs } from "./lifetime.ts";
import { growRows } from "./rows.ts";
import { MEMCG_FIELDS, type MemcgStats, NO_ROW, NO_STATS, ROW_FIELDS, STATS_TOTALS } from "./state.ts";

/** @public What `snapshotMemcgStats` returns. */
export interface MemcgStatsSnapshot {
  /** In the order of STATS_TOTALS. */
  readonly totals: Float64Array;
  readonly memcgFields: readonly Int32Array[];
  readonly sums: Float64Array;
  readonly rowFields: readonly Int32Array[];
  readonly values: Float64Array;
  readonly cpuState: Int32Array;
  readonly statsUpdates: Float64Array;
}

export function snapshotMemcgStats(s: MemcgStats, cut: Cut = COPY): MemcgStatsSnapshot {
  return {
    totals: Float64Array.from(STATS_TOTALS, (name) => s[name]),
    memcgFields: MEMCG_FIELDS.map((field) => cut.ints(s[field], s.nrMemcgs)),
    sums: cut.floats(s.sums, s.nrMemcgs * s.nrValues),
    rowFields: ROW_FIELDS.map((field) => cut.ints(s[field], s.nrRows)),
    values: cut.floats(s.values, s.nrRows * s.rowStride),
    cpuState: cut.ints(s.cpuState, s.cpuState.length),
    statsUpdates: cut.floats(s.statsUpdates, s.statsUpdates.length),
  };
}

/** @pre `s` has the configuration the snapshot was taken under */
export function restoreMemcgStats(s: MemcgStats, snapshot: MemcgStatsSnapshot): void {
  assert(snapshot.cpuState.length === s.nrCpus, "a snapshot is restored with its own CPUs");
  STATS_TOTALS.forEach((name, i) => {
    s[name] = snapshot.totals[i];
  });
  assert(snapshot.values.length === s.nrRows * s.rowStride, "a snapshot is restored under its own machinery");
  if (s.phase.length < s.nrMemcgs) growMemcgs(s, s.nrMemcgs);
  if (s.rowMemcg.length < s.nrRows) growRows(s, s.nrRows);
  MEMCG_FIELDS.forEach((field, i) => {
    s[field].set(snapshot.memcgFields[i]);
  });
  s.phase.fill(NO_STATS, s.nrMemcgs);
  s.sums.set(snapshot.sums);
  ROW_FIELDS.forEach((field, i) => {
    s[field].set(snapshot.rowFields[i]);
    // A row beyond those in use belongs to nobody, whatever the row cache remembers.
    s[field].fill(NO_ROW, s.nrRows);
  });
  s.values.set(snapshot.values);
  s.cpuState.set(snapshot.cpuState);
  s.statsUpdates.set(snapshot.statsUpdates);
}

/** Calls `fold` with every word that counts, in a fixed order. */
export function foldMemcgStats(s: MemcgStats, fold: (value: number) => void): void {
  for (const name of STATS_TOTALS) if (name !== "nrRows" && name !== "freeRow") fold(s[name]);
  for (const state of s.cpuState) fold(state);
  for (const updates of s.statsUpdates) fold(updates);
  for (let memcg = 0; memcg < s.nrMemcgs; memcg++) {
    fold(s.phase[memcg]);
    if (s.phase[memcg] === NO_STATS) continue;
    fold(s.parent[memcg]);
    for (let i = memcg * s.nrValues; i < (memcg + 1) * s.nrValues; i++) fold(s.sums[i]);
    for (let row = s.head[memcg]; row !== NO_ROW; row = s.rowNext[row]) foldRow(s, row, fold);
    if (s.sideRow[memcg] !== NO_ROW) foldRow(s, s.sideRow[memcg], fold);
  }
}

function foldRow(s: MemcgStats, row: number, fold: (value: number) => void): void {
  fold(s.rowCpu[row]);
  fold(s.updated[row]);
  for (let i = row * s.rowStride; i < (row + 1) * s.rowStride; i++) fold(s.values[i]);
}
