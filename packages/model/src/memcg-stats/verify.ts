/**
 * Memcg statistics against themselves: what the rules promise about any state, without knowing what was counted.
 * That sums and residues add up to what was counted needs a second account; tests keep one (testkit).
 *
 * In a violation `page` is the memcg's row, NO_PAGE for the whole table.
 *
 * Source: spec/memcg-slab.md C.5.
 */

import { expectAtLeast, expectAtMost, expectEqual, NO_ORDINAL, NO_PAGE, type Violation } from "../violation.ts";
import { NR_MEMCG_EVENTS, NR_MEMCG_ITEMS } from "./items.ts";
import {
  CPU_DEAD,
  hasBlock,
  isBatched,
  LIVE,
  type MemcgStats,
  NO_CPU,
  NO_MEMCG,
  NO_ROW,
  NO_STATS,
  PERCPU_SUM,
  RSTAT,
} from "./state.ts";

/** All violations of the state, none when it is sound. */
export function verifyMemcgStats(s: MemcgStats): Violation[] {
  const out: Violation[] = [];
  verifyTotals(s, out);
  verifyRows(s, out);
  verifyLinks(s, out);
  for (let memcg = 0; memcg < s.nrMemcgs; memcg++) {
    if (s.phase[memcg] === NO_STATS) verifyCleared(s, memcg, out);
    else if (isBatched(s)) verifyResidues(s, memcg, out);
    if (s.phase[memcg] === LIVE) verifyLive(s, memcg, out);
  }
  if (s.machinery === RSTAT) verifyRstat(s, out);
  return out;
}

function verifyTotals(s: MemcgStats, out: Violation[]): void {
  let nrBlocks = 0;
  for (let memcg = 0; memcg < s.nrMemcgs; memcg++) {
    if (hasBlock(s, memcg)) nrBlocks++;
  }
  const nrLeft = s.nrBlocksTaken - s.nrBlocksFreed - s.leakedBlocks;
  expectEqual(out, "each block is freed once", NO_ORDINAL, NO_PAGE, nrBlocks, nrLeft);
  expectEqual(out, "no block is left behind", NO_ORDINAL, NO_PAGE, 0, s.leakedBlocks);
  expectEqual(out, "nobody touches a block after its free", NO_ORDINAL, NO_PAGE, 0, s.nrFreedTouches);
  expectEqual(out, "nobody follows a null pointer", NO_ORDINAL, NO_PAGE, 0, s.nrWildReads);
}

/** Each row is in one place: a block's chain in the order of CPUs, a side row, the free list, or lost. */
function verifyRows(s: MemcgStats, out: Violation[]): void {
  let nrHeld = 0;
  for (let memcg = 0; memcg < s.nrMemcgs; memcg++) {
    if (s.phase[memcg] === NO_STATS) continue;
    if (!hasBlock(s, memcg)) expectEqual(out, "a freed block has no rows", NO_ORDINAL, memcg, NO_ROW, s.head[memcg]);
    let cpu = NO_CPU;
    for (let row = s.head[memcg]; row !== NO_ROW; row = s.rowNext[row]) {
      expectEqual(out, "a row knows its memcg", NO_ORDINAL, memcg, memcg, s.rowMemcg[row]);
      expectEqual(out, "rows go by ascending CPU", NO_ORDINAL, memcg, 1, s.rowCpu[row] > cpu ? 1 : 0);
      cpu = s.rowCpu[row];
      if (nrHeld++ > s.nrRows) break;
    }
    expectAtMost(out, "rows are of possible CPUs", NO_ORDINAL, memcg, s.nrCpus - 1, cpu);
    const side = s.sideRow[memcg];
    if (side === NO_ROW) continue;
    nrHeld++;
    expectEqual(out, "a side row knows its memcg", NO_ORDINAL, memcg, memcg, s.rowMemcg[side]);
    expectEqual(out, "a side row has no CPU", NO_ORDINAL, memcg, NO_CPU, s.rowCpu[side]);
  }
  let nrFree = 0;
  for (let row = s.freeRow; row !== NO_ROW && nrFree <= s.nrRows; row = s.rowNext[row]) {
    expectEqual(out, "a free row has no memcg", NO_ORDINAL, NO_PAGE, NO_MEMCG, s.rowMemcg[row]);
    nrFree++;
  }
  expectEqual(out, "each row is in one place", NO_ORDINAL, NO_PAGE, s.nrRows, nrHeld + nrFree + s.leakedRows);
}

/** Children recounted from parents; none keeps its block for longer than its parent. */
function verifyLinks(s: MemcgStats, out: Violation[]): void {
  const nrChildren = new Int32Array(s.nrMemcgs);
  for (let memcg = 0; memcg < s.nrMemcgs; memcg++) {
    if (s.phase[memcg] !== NO_STATS && s.parent[memcg] !== NO_MEMCG) nrChildren[s.parent[memcg]]++;
  }
  for (let memcg = 0; memcg < s.nrMemcgs; memcg++) {
    if (s.phase[memcg] === NO_STATS) {
      expectEqual(out, "a parent is open", NO_ORDINAL, memcg, 0, nrChildren[memcg]);
      continue;
    }
    let found = 0;
    let before = NO_MEMCG;
    for (let child = s.firstChild[memcg]; child !== NO_MEMCG && found <= s.nrMemcgs; child = s.nextSibling[child]) {
      expectEqual(out, "a child knows its parent", NO_ORDINAL, child, memcg, s.parent[child]);
      expectEqual(out, "siblings are linked both ways", NO_ORDINAL, child, before, s.prevSibling[child]);
      expectAtLeast(out, "children give up their blocks first", NO_ORDINAL, child, s.phase[memcg], s.phase[child]);
      before = child;
      found++;
    }
    expectEqual(out, "children are on their parent's list", NO_ORDINAL, memcg, nrChildren[memcg], found);
  }
}

function verifyCleared(s: MemcgStats, memcg: number, out: Violation[]): void {
  for (let value = 0; value < s.nrValues; value++) {
    const sum = s.sums[memcg * s.nrValues + value];
    if (sum !== 0) expectEqual(out, "a closed memcg has no counts", NO_ORDINAL, memcg, 0, sum);
  }
}

/** Nothing has been counted without the block yet. */
function verifyLive(s: MemcgStats, memcg: number, out: Violation[]): void {
  const side = s.sideRow[memcg];
  for (let value = 0; value < s.nrValues; value++) {
    const sum = s.machinery === PERCPU_SUM ? s.sums[memcg * s.nrValues + value] : 0;
    if (sum !== 0) expectEqual(out, "percpu-sum: a live block has all counts", NO_ORDINAL, memcg, 0, sum);
    const own = side === NO_ROW ? 0 : s.values[side * s.rowStride + s.nrValues + value];
    if (own !== 0) expectEqual(out, "a live block has all own values", NO_ORDINAL, memcg, 0, own);
  }
}

function verifyResidues(s: MemcgStats, memcg: number, out: Violation[]): void {
  for (let row = s.head[memcg]; row !== NO_ROW; row = s.rowNext[row]) {
    const drained = s.phase[memcg] === LIVE && s.cpuState[s.rowCpu[row]] === CPU_DEAD;
    for (let value = 0; value < s.nrValues; value++) {
      const residue = s.values[row * s.rowStride + value];
      if (residue === 0) continue;
      expectAtMost(out, "a residue is within its batch", NO_ORDINAL, memcg, s.batch[value], Math.abs(residue));
      const isEvent = value >= NR_MEMCG_ITEMS && value < NR_MEMCG_ITEMS + NR_MEMCG_EVENTS;
      if (isEvent) expectAtLeast(out, "residues of events are not negative", NO_ORDINAL, memcg, 0, residue);
      if (drained) expectEqual(out, "a dead CPU keeps no residue", NO_ORDINAL, memcg, 0, residue);
    }
  }
}

/** Who has news is on the tree of its CPU, up to the root, and nobody else is. */
function verifyRstat(s: MemcgStats, out: Violation[]): void {
  for (let cpu = 0; cpu < s.nrCpus; cpu++) {
    expectAtMost(out, "a CPU adds up one batch at most", NO_ORDINAL, NO_PAGE, s.batchPages, s.statsUpdates[cpu]);
  }
  const timesListed = new Int32Array(s.nrRows);
  for (let memcg = 0; memcg < s.nrMemcgs; memcg++) {
    if (s.phase[memcg] === NO_STATS) continue;
    let nrUpdated = 0;
    for (let row = s.head[memcg]; row !== NO_ROW; row = s.rowNext[row]) {
      nrUpdated += s.updated[row];
      if (s.updated[row] !== 0) verifyListBelow(s, row, timesListed, out);
      else verifyNoNews(s, row, out);
    }
    if (nrUpdated === 0 && s.sideRow[memcg] !== NO_ROW) verifyNothingPending(s, memcg, out);
  }
  for (let memcg = 0; memcg < s.nrMemcgs; memcg++) {
    if (s.phase[memcg] === NO_STATS) continue;
    for (let row = s.head[memcg]; row !== NO_ROW; row = s.rowNext[row]) {
      const times = s.parent[memcg] === NO_MEMCG ? 0 : s.updated[row];
      expectEqual(out, "who has news is on its parent's list once", NO_ORDINAL, memcg, times, timesListed[row]);
    }
  }
}

/** The list of a row with news: rows of its children, of the same CPU. Counts in `timesListed` who is on it. */
function verifyListBelow(s: MemcgStats, row: number, timesListed: Int32Array, out: Violation[]): void {
  const memcg = s.rowMemcg[row];
  let before = NO_ROW;
  for (let child = s.updatedChild[row]; child !== NO_ROW; child = s.updatedNext[child]) {
    if (timesListed[child]++ > 0) return;
    const childMemcg = s.rowMemcg[child];
    const parent = childMemcg === NO_MEMCG ? NO_MEMCG : s.parent[childMemcg];
    expectEqual(out, "an updated list holds children", NO_ORDINAL, memcg, memcg, parent);
    expectEqual(out, "an updated list is of one CPU", NO_ORDINAL, memcg, s.rowCpu[row], s.rowCpu[child]);
    expectEqual(out, "an updated list is linked both ways", NO_ORDINAL, memcg, before, s.updatedPrev[child]);
    before = child;
  }
}

function verifyNoNews(s: MemcgStats, row: number, out: Violation[]): void {
  expectEqual(out, "who has no news has none below", NO_ORDINAL, s.rowMemcg[row], NO_ROW, s.updatedChild[row]);
  const base = row * s.rowStride;
  for (let value = 0; value < s.nrValues; value++) {
    const news = s.values[base + value] - s.values[base + s.nrValues + value];
    if (news !== 0) expectEqual(out, "what is not flushed is marked", NO_ORDINAL, s.rowMemcg[row], 0, news);
  }
}

function verifyNothingPending(s: MemcgStats, memcg: number, out: Violation[]): void {
  const base = s.sideRow[memcg] * s.rowStride;
  for (let value = 0; value < s.nrValues; value++) {
    const pending = s.values[base + value];
    if (pending !== 0) expectEqual(out, "who has something pending has news", NO_ORDINAL, memcg, 0, pending);
  }
}
