/**
 * rstat: per-CPU counts that reach readers when they are flushed.
 *
 * Each CPU keeps a tree of the memcgs it has updated: a row that has news is on the list of its parent's row of the
 * same CPU, and so up to the root. A flush takes the rows below a memcg off this tree, children before parents:
 *
 *   delta = now - prev; prev = now
 *   own sum += delta + pending;   parent's pending += delta + pending;   pending = 0
 *
 * The parent stays on the tree of that CPU, so whatever is pending there is taken in by its own next flush. That is so
 * in the early release's callback too: it flushes the memcg like this, and frees its rows, which are off the tree then.
 * The memcg's children were released before it, so nobody marks it or passes anything up to it again.
 *
 * Readers do not flush by themselves. CPUs add up |delta|; each time one has more than a batch it adds the whole
 * batches to a common threshold, until that has passed the number of online CPUs. A reader that finds it passed flushes
 * everything first; so does a worker, every two seconds.
 *
 * Source: spec/memcg-slab.md C.2.
 */

import { assert } from "../assert.ts";
import { blockRow, sideRow } from "./rows.ts";
import { CPU_ONLINE, hasBlock, type MemcgStats, NO_MEMCG, NO_ROW, RSTAT } from "./state.ts";

/** Notes that `cpu` has added `delta` to `row`: its memcg and all above have news on that CPU. */
export function accountUpdate(s: MemcgStats, row: number, cpu: number, delta: number): void {
  if (s.updated[row] === 0) markUpdated(s, row, cpu);
  const updates = s.statsUpdates[cpu] + Math.abs(delta);
  if (updates <= s.batchPages) {
    s.statsUpdates[cpu] = updates;
    return;
  }
  if (!readerWouldFlush(s)) s.flushThreshold += Math.floor(updates / s.batchPages);
  s.statsUpdates[cpu] = 0;
}

function markUpdated(s: MemcgStats, newsRow: number, cpu: number): void {
  for (let row = newsRow; s.updated[row] === 0; ) {
    s.updated[row] = 1;
    const parent = s.parent[s.rowMemcg[row]];
    if (parent === NO_MEMCG) return;
    const up = blockRow(s, parent, cpu);
    const next = s.updatedChild[up];
    s.updatedNext[row] = next;
    s.updatedPrev[row] = NO_ROW;
    if (next !== NO_ROW) s.updatedPrev[next] = row;
    s.updatedChild[up] = row;
    row = up;
  }
}

/** True when enough has changed for a reader of memory.stat to flush everything first. */
export function readerWouldFlush(s: MemcgStats): boolean {
  return s.flushThreshold > nrOnlineCpus(s);
}

/** What a reader of memory.stat does before it reads. Answers whether it flushed. */
export function flushForReader(s: MemcgStats, root: number): boolean {
  if (s.machinery !== RSTAT || !readerWouldFlush(s)) return false;
  flushAllStats(s, root);
  return true;
}

/** The periodic flush: everything below `root`, and updates are counted anew. */
export function flushAllStats(s: MemcgStats, root: number): void {
  flushRstat(s, root);
  s.flushThreshold = 0;
}

/** Brings the sums of the memcg and of all below it up to date. Under other machineries nothing waits for this. */
export function flushRstat(s: MemcgStats, memcg: number): void {
  if (s.machinery !== RSTAT) return;
  for (let row = s.head[memcg]; row !== NO_ROW; row = s.rowNext[row]) {
    if (s.updated[row] === 0) continue;
    takeOffUpdated(s, row);
    flushRowsBelow(s, row);
  }
}

/** Takes `row` off the list of its parent's row. */
function takeOffUpdated(s: MemcgStats, row: number): void {
  const parent = s.parent[s.rowMemcg[row]];
  if (parent === NO_MEMCG) return;
  const next = s.updatedNext[row];
  const prev = s.updatedPrev[row];
  if (next !== NO_ROW) s.updatedPrev[next] = prev;
  if (prev !== NO_ROW) s.updatedNext[prev] = next;
  else s.updatedChild[blockRow(s, parent, s.rowCpu[row])] = next;
}

/** Flushes `row` after the updated rows below it. */
function flushRowsBelow(s: MemcgStats, row: number): void {
  for (let child = s.updatedChild[row]; child !== NO_ROW; ) {
    const next = s.updatedNext[child];
    flushRowsBelow(s, child);
    child = next;
  }
  s.updatedChild[row] = NO_ROW;
  s.updatedNext[row] = NO_ROW;
  s.updatedPrev[row] = NO_ROW;
  s.updated[row] = 0;
  flushRow(s, row);
}

function flushRow(s: MemcgStats, row: number): void {
  const memcg = s.rowMemcg[row];
  const parent = s.parent[memcg];
  assert(memcg !== NO_MEMCG, "a row with news belongs to a memcg");
  assert(parent === NO_MEMCG || hasBlock(s, parent), "what is passed up will be taken in");
  const parentSide = parent === NO_MEMCG ? NO_ROW : sideRow(s, parent);
  const now = row * s.rowStride;
  const prev = now + s.nrValues;
  const sums = memcg * s.nrValues;
  const own = s.sideRow[memcg];
  const { values } = s;
  for (let value = 0; value < s.nrValues; value++) {
    let delta = values[now + value] - values[prev + value];
    values[prev + value] = values[now + value];
    if (own !== NO_ROW) {
      delta += values[own * s.rowStride + value];
      values[own * s.rowStride + value] = 0;
    }
    if (delta === 0) continue;
    s.sums[sums + value] += delta;
    if (parentSide !== NO_ROW) values[parentSide * s.rowStride + value] += delta;
  }
}

function nrOnlineCpus(s: MemcgStats): number {
  let nrOnline = 0;
  for (let cpu = 0; cpu < s.nrCpus; cpu++) if (s.cpuState[cpu] === CPU_ONLINE) nrOnline++;
  return nrOnline;
}
