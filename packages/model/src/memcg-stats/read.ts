/**
 * What readers see. A read changes nothing and, but for percpu-sum and the own values of batch-hierarchy and rstat,
 * never looks at a row. Gauges that are negative for the moment read as 0; events are shown as they are.
 *
 * "Recursive" is what v2 memory.stat shows: the memcg and all below it, dying ones included. Where the sums are the
 * memcg's own (percpu-sum, batch-local) a read walks the subtree and adds up what each memcg shows by itself.
 *
 * "Local" is the memcg alone. Under rstat it never waits for a flush, and it stays exact when the block is parked and
 * freed: what the rows had then is kept for the memcg, apart from its recursive sums.
 *
 * Source: spec/memcg-slab.md C.2.
 */

import { findBlockRow } from "./rows.ts";
import {
  BATCH_LOCAL,
  eventValue,
  hasRecursiveSums,
  lruvecValue,
  type MemcgStats,
  NO_MEMCG,
  NO_ROW,
  ownSet,
  PERCPU_SUM,
  RSTAT,
} from "./state.ts";

/** A stat item of the memcg and all below it. */
export function readMemcgStat(s: MemcgStats, memcg: number, item: number): number {
  return readRecursive(s, memcg, item, true);
}

/** An event of the memcg and all below it. */
export function readMemcgEvent(s: MemcgStats, memcg: number, event: number): number {
  return readRecursive(s, memcg, eventValue(event), false);
}

/** A stat item of the memcg alone. */
export function readLocalMemcgStat(s: MemcgStats, memcg: number, item: number): number {
  return Math.max(0, ownValue(s, memcg, item));
}

/** An event of the memcg alone. */
export function readLocalMemcgEvent(s: MemcgStats, memcg: number, event: number): number {
  return ownValue(s, memcg, eventValue(event));
}

/** An item of the memcg's part on `node`; under batch-hierarchy and rstat with all below it, else its own. */
export function readLruvecStat(s: MemcgStats, memcg: number, node: number, item: number): number {
  const value = lruvecValue(node, item);
  const sum = s.machinery === PERCPU_SUM ? ownValue(s, memcg, value) : sharedSum(s, memcg, value);
  return Math.max(0, sum);
}

/** An item of the memcg's part on `node`, of the memcg alone. Under batch-hierarchy it is exact. */
export function readLocalLruvecStat(s: MemcgStats, memcg: number, node: number, item: number): number {
  return Math.max(0, ownValue(s, memcg, lruvecValue(node, item)));
}

function readRecursive(s: MemcgStats, memcg: number, value: number, clamped: boolean): number {
  if (hasRecursiveSums(s)) {
    const sum = sharedSum(s, memcg, value);
    return clamped ? Math.max(0, sum) : sum;
  }
  let total = 0;
  for (let below = memcg; below !== NO_MEMCG; below = nextInSubtree(s, below, memcg)) {
    const own = ownValue(s, below, value);
    total += clamped ? Math.max(0, own) : own;
  }
  return total;
}

/** The memcg after `memcg` in a walk of the tree below `top`, parents first; NO_MEMCG at its end. */
function nextInSubtree(s: MemcgStats, memcg: number, top: number): number {
  if (s.firstChild[memcg] !== NO_MEMCG) return s.firstChild[memcg];
  for (let up = memcg; up !== top; up = s.parent[up]) {
    if (s.nextSibling[up] !== NO_MEMCG) return s.nextSibling[up];
  }
  return NO_MEMCG;
}

/** What the memcg alone would show for a value, not clamped. */
function ownValue(s: MemcgStats, memcg: number, value: number): number {
  if (s.machinery === BATCH_LOCAL) return sharedSum(s, memcg, value);
  const at = ownSet(s) + value;
  let sum = s.machinery === PERCPU_SUM ? sharedSum(s, memcg, value) : 0;
  for (let row = s.head[memcg]; row !== NO_ROW; row = s.rowNext[row]) sum += s.values[row * s.rowStride + at];
  const side = s.sideRow[memcg];
  if (side !== NO_ROW) sum += s.values[side * s.rowStride + s.nrValues + value];
  return sum;
}

/** The memcg's sum of a value as it stands, not clamped. */
export function sharedSum(s: MemcgStats, memcg: number, value: number): number {
  return s.sums[memcg * s.nrValues + value];
}

/**
 * What `cpu` has counted and not passed on: all of it under percpu-sum, the residue under a batch machinery, what came
 * since the last flush under rstat.
 */
export function residueOf(s: MemcgStats, memcg: number, value: number, cpu: number): number {
  const row = findBlockRow(s, memcg, cpu);
  if (row === NO_ROW) return 0;
  const at = row * s.rowStride + value;
  return s.machinery === RSTAT ? s.values[at] - s.values[at + s.nrValues] : s.values[at];
}

/** rstat: what the memcg's children have passed up and it has not taken in. */
export function pendingOf(s: MemcgStats, memcg: number, value: number): number {
  const side = s.sideRow[memcg];
  return s.machinery !== RSTAT || side === NO_ROW ? 0 : s.values[side * s.rowStride + value];
}
