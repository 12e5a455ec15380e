/**
 * Updates of memcg statistics. A writer stays in one read section: it looks at `live` once (`loadLive`), and stores its
 * delta into the block or, when there is none, into the sums (`applyDelta`). The functions that machines call do both
 * at once; whoever explores what may come in between calls the two.
 *
 * Source: spec/memcg-slab.md C.2, C.4.
 */

import { assert } from "../assert.ts";
import { NR_LRUVEC_ITEMS, NR_MEMCG_EVENTS, NR_MEMCG_ITEMS } from "./items.ts";
import { blockRow, sideRow } from "./rows.ts";
import { accountUpdate } from "./rstat.ts";
import {
  BATCH_HIERARCHY,
  CPU_ONLINE,
  eventValue,
  FIRST_LRUVEC_VALUE,
  hasRecursiveSums,
  LIVE,
  lruvecValue,
  type MemcgStats,
  NO_MEMCG,
  NO_STATS,
  PERCPU_SUM,
  RELEASED,
  RSTAT,
} from "./state.ts";

/**
 * Adds `delta` to a stat item of the memcg, on behalf of `cpu`.
 *
 * @pre the memcg is open and `cpu` online
 */
export function modMemcgStat(s: MemcgStats, memcg: number, item: number, delta: number, cpu: number): void {
  assert(item >= 0 && item < NR_MEMCG_ITEMS, "a stat item of a memcg");
  applyDelta(s, memcg, loadLive(s, memcg), item, delta, cpu);
}

/** Adds `delta` to an item of the memcg's part on `node`, and to the same item of the memcg. */
export function modLruvecStat(
  s: MemcgStats,
  memcg: number,
  node: number,
  item: number,
  delta: number,
  cpu: number,
): void {
  assert(item >= 0 && item < NR_LRUVEC_ITEMS, "a stat item of a lruvec");
  assert(node >= 0 && node < s.nrNodes, "a node of the machine");
  const value = lruvecValue(node, item);
  if (!loadLive(s, memcg)) {
    addDirect(s, memcg, item, delta);
    addDirect(s, memcg, value, delta);
    return;
  }
  assert(s.cpuState[cpu] === CPU_ONLINE, "only CPUs that are online count");
  const row = blockRow(s, memcg, cpu);
  storeDelta(s, memcg, row, item, delta);
  storeDelta(s, memcg, row, value, delta);
  if (s.machinery === RSTAT) accountUpdate(s, row, cpu, delta);
}

/** Adds `n` to an event of the memcg, on behalf of `cpu`. */
export function countMemcgEvent(s: MemcgStats, memcg: number, event: number, n: number, cpu: number): void {
  assert(event >= 0 && event < NR_MEMCG_EVENTS, "an event of a memcg");
  assert(n >= 0, "events never go back");
  applyDelta(s, memcg, loadLive(s, memcg), eventValue(event), n, cpu);
}

/** A writer's look at `live`: is there a block to store into? */
export function loadLive(s: MemcgStats, memcg: number): boolean {
  const phase = s.phase[memcg];
  assert(phase !== NO_STATS && phase !== undefined, "the memcg is open");
  return phase === LIVE;
}

/**
 * A writer's store, after its look at `live` answered `hasBlock`. The block may be parked by now; that it was freed is
 * counted in `nrFreedTouches`, and the delta is lost.
 *
 * @param value a stat item, `eventValue` or `lruvecValue`
 */
export function applyDelta(
  s: MemcgStats,
  memcg: number,
  hasBlock: boolean,
  value: number,
  delta: number,
  cpu: number,
): void {
  assert(s.cpuState[cpu] === CPU_ONLINE, "only CPUs that are online count");
  if (!hasBlock) {
    addDirect(s, memcg, value, delta);
    return;
  }
  if (s.phase[memcg] === RELEASED || s.phase[memcg] === NO_STATS) {
    s.nrFreedTouches++;
    return;
  }
  const row = blockRow(s, memcg, cpu);
  storeDelta(s, memcg, row, value, delta);
  if (s.machinery === RSTAT) accountUpdate(s, row, cpu, delta);
}

/** Into the CPU's row; under a batch machinery the residue goes on to the sums as soon as it exceeds the batch. */
function storeDelta(s: MemcgStats, memcg: number, row: number, value: number, delta: number): void {
  const values = s.values;
  const at = row * s.rowStride + value;
  const machinery = s.machinery;
  const x = values[at] + delta;
  if (machinery === PERCPU_SUM || machinery === RSTAT) {
    values[at] = x;
    return;
  }
  if (machinery === BATCH_HIERARCHY && value >= FIRST_LRUVEC_VALUE) values[at + s.nrValues] += delta;
  const batch = s.batch[value];
  if (x <= batch && x >= -batch) {
    values[at] = x;
    return;
  }
  values[at] = 0;
  moveToSums(s, memcg, row, value, x);
}

/**
 * Adds a residue that leaves its row to the sums; under batch-hierarchy also to the row's own set, unless the value is
 * a lruvec's, whose own set has had each delta already.
 */
export function moveToSums(s: MemcgStats, memcg: number, row: number, value: number, x: number): void {
  addToSums(s, memcg, value, x);
  if (s.machinery === BATCH_HIERARCHY && value < FIRST_LRUVEC_VALUE) {
    s.values[row * s.rowStride + s.nrValues + value] += x;
  }
}

/** Adds `x` to the memcg's sum, and to those of all its ancestors where sums are recursive. */
export function addToSums(s: MemcgStats, memcg: number, value: number, x: number): void {
  s.sums[memcg * s.nrValues + value] += x;
  if (!hasRecursiveSums(s)) return;
  for (let up = s.parent[memcg]; up !== NO_MEMCG; up = s.parent[up]) s.sums[up * s.nrValues + value] += x;
}

/**
 * An update of a memcg whose writers find no block. Readers see it at once, in the ancestors too: under rstat nothing is
 * marked, nothing gets pending, and it does not bring a reader's flush nearer.
 */
function addDirect(s: MemcgStats, memcg: number, value: number, delta: number): void {
  addToSums(s, memcg, value, delta);
  if (hasRecursiveSums(s)) {
    const row = sideRow(s, memcg);
    s.values[row * s.rowStride + s.nrValues + value] += delta;
  }
}
