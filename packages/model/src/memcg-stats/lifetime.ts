/**
 * From the first update a memcg can take to the row being free again, and what its block goes through in between.
 *
 * With the early release (mail 001): a css that went offline has its block parked, a grace period later the block is
 * flushed and freed, and the memcg counts on in its sums for as long as something pins it. Without it the block stays
 * until the css is freed.
 *
 * A css goes offline after all its children, so blocks are parked from the leaves up; they are freed in that order too.
 *
 * Source: spec/memcg-slab.md A.2, C.2, C.4.
 */

import { assert } from "../assert.ts";
import { findBlockRow, freeBlockRows, freeSideRow, loseBlockRows, sideRow } from "./rows.ts";
import { flushRstat } from "./rstat.ts";
import {
  BATCH_HIERARCHY,
  CPU_ONLINE,
  FIRST_LRUVEC_VALUE,
  hasBlock,
  hasRecursiveSums,
  isBatched,
  LIVE,
  MEMCG_FIELDS,
  type MemcgStats,
  NO_MEMCG,
  NO_ROW,
  NO_STATS,
  ownSet,
  PARKED,
  RELEASED,
  RSTAT,
} from "./state.ts";
import { addToSums, moveToSums } from "./update.ts";

/**
 * css allocation: the memcg counts from 0, its block is live. `parent` is NO_MEMCG for the root.
 *
 * @pre the parent is online: its block is live
 */
export function openMemcgStats(s: MemcgStats, memcg: number, parent: number): void {
  assert(memcg >= 0, "a memcg's row");
  if (memcg >= s.phase.length) growMemcgs(s, Math.max(2 * s.phase.length, memcg + 1));
  assert(s.phase[memcg] === NO_STATS, "a row is opened once");
  assert(parent === NO_MEMCG || s.phase[parent] === LIVE, "the parent is open and its block live");
  s.nrMemcgs = Math.max(s.nrMemcgs, memcg + 1);
  s.phase[memcg] = LIVE;
  s.parent[memcg] = parent;
  s.firstChild[memcg] = NO_MEMCG;
  s.head[memcg] = NO_ROW;
  s.sideRow[memcg] = NO_ROW;
  s.sums.fill(0, memcg * s.nrValues, (memcg + 1) * s.nrValues);
  s.nrBlocksTaken++;
  linkChild(s, memcg, parent);
}

/**
 * The early release's publish: new writers find no block and count in the sums; those already in a read section may
 * still store into it. Under rstat that is still marked and flushed like before, as the ancestors have their rows.
 *
 * @pre no child's block is live
 */
export function parkStats(s: MemcgStats, memcg: number): void {
  assert(s.phase[memcg] === LIVE, "a live block is parked");
  assert(!hasLiveChild(s, memcg), "children are parked before their parent");
  s.phase[memcg] = PARKED;
}

/** A child of the memcg still counts in a live block. */
export function hasLiveChild(s: MemcgStats, memcg: number): boolean {
  for (let child = s.firstChild[memcg]; child !== NO_MEMCG; child = s.nextSibling[child]) {
    if (s.phase[child] === LIVE) return true;
  }
  return false;
}

/**
 * The early release's callback, a grace period after `parkStats`: what any possible CPU kept goes to the sums, the
 * block is freed. From now on the memcg's sums are exact. Under rstat what was not flushed yet, its freed children's
 * counts among it, waits in the parent for the parent's next flush.
 *
 * @pre no child's block is there
 */
export function flushParkedStats(s: MemcgStats, memcg: number): void {
  assert(s.phase[memcg] === PARKED, "a parked block is flushed");
  if (s.machinery === RSTAT) flushRstat(s, memcg);
  else flushCpus(s, memcg, 0, s.nrCpus);
  freeParkedBlock(s, memcg);
}

/**
 * Takes the residues of the CPUs [fromCpu, endCpu) to zero and adds their sum, value by value, to the sums: one
 * addition per value, however many CPUs.
 *
 * @pre not rstat, which flushes by its tree of updates
 */
export function flushCpus(s: MemcgStats, memcg: number, fromCpu: number, endCpu: number): void {
  assert(s.machinery !== RSTAT, "rstat has a flush of its own");
  for (let value = 0; value < s.nrValues; value++) {
    let sum = 0;
    for (let row = s.head[memcg]; row !== NO_ROW; row = s.rowNext[row]) {
      if (s.rowCpu[row] < fromCpu || s.rowCpu[row] >= endCpu) continue;
      const at = row * s.rowStride + value;
      sum += s.values[at];
      if (s.machinery === BATCH_HIERARCHY && value < FIRST_LRUVEC_VALUE) s.values[at + s.nrValues] += s.values[at];
      s.values[at] = 0;
    }
    if (sum !== 0) addToSums(s, memcg, value, sum);
  }
}

/** Frees the parked block; whoever still has a pointer to it has a wrong one. */
export function freeParkedBlock(s: MemcgStats, memcg: number): void {
  assert(s.phase[memcg] === PARKED, "a parked block is freed");
  for (let child = s.firstChild[memcg]; child !== NO_MEMCG; child = s.nextSibling[child]) {
    assert(!hasBlock(s, child), "children's blocks are freed before their parent's");
  }
  for (let row = s.head[memcg]; row !== NO_ROW; row = s.rowNext[row]) {
    assert(s.updated[row] === 0, "a block is flushed before it is freed");
  }
  keepOwnValues(s, memcg);
  freeBlockRows(s, memcg);
  s.phase[memcg] = RELEASED;
  s.nrBlocksFreed++;
}

/** Where sums are recursive: the own values that the block held stay known in the side row. */
function keepOwnValues(s: MemcgStats, memcg: number): void {
  if (!hasRecursiveSums(s)) return;
  for (let row = s.head[memcg]; row !== NO_ROW; row = s.rowNext[row]) {
    const own = sideRow(s, memcg) * s.rowStride + s.nrValues;
    const from = row * s.rowStride + ownSet(s);
    for (let value = 0; value < s.nrValues; value++) s.values[own + value] += s.values[from + value];
  }
}

/**
 * css free: the machinery's own last flush where it has one, the block freed unless it was released early, the row
 * free for use. Without a last flush (percpu-sum, batch-local) the memcg's counts leave its ancestors' totals with it.
 *
 * @pre no child is open: each holds a reference
 */
export function closeMemcgStats(s: MemcgStats, memcg: number): void {
  assert(s.phase[memcg] === LIVE || s.phase[memcg] === RELEASED, "css free finds the block live or released");
  assert(s.firstChild[memcg] === NO_MEMCG, "children are freed before their parent");
  if (s.phase[memcg] === LIVE) {
    if (s.faults.has("S4") && isBatched(s)) leakBlock(s, memcg);
    else {
      lastFlush(s, memcg);
      freeBlockRows(s, memcg);
      s.nrBlocksFreed++;
    }
  }
  freeSideRow(s, memcg);
  unlinkChild(s, memcg);
  for (const field of MEMCG_FIELDS) s[field][memcg] = 0;
  s.sums.fill(0, memcg * s.nrValues, (memcg + 1) * s.nrValues);
}

function leakBlock(s: MemcgStats, memcg: number): void {
  s.leakedRows += loseBlockRows(s, memcg);
  s.leakedBlocks++;
}

/** What the machinery does with counts that readers of the ancestors have not seen yet. */
function lastFlush(s: MemcgStats, memcg: number): void {
  flushRstat(s, memcg);
  if (s.machinery !== BATCH_HIERARCHY) return;
  for (let cpu = 0; cpu < s.nrCpus; cpu++) {
    if (s.cpuState[cpu] !== CPU_ONLINE) continue;
    const row = findBlockRow(s, memcg, cpu);
    for (let value = 0; row !== NO_ROW && value < s.nrValues; value++) {
      const x = s.values[row * s.rowStride + value];
      if (x !== 0) moveToSums(s, memcg, row, value, x);
    }
  }
}

function linkChild(s: MemcgStats, memcg: number, parent: number): void {
  s.prevSibling[memcg] = NO_MEMCG;
  s.nextSibling[memcg] = NO_MEMCG;
  if (parent === NO_MEMCG) return;
  const next = s.firstChild[parent];
  s.nextSibling[memcg] = next;
  if (next !== NO_MEMCG) s.prevSibling[next] = memcg;
  s.firstChild[parent] = memcg;
}

function unlinkChild(s: MemcgStats, memcg: number): void {
  const next = s.nextSibling[memcg];
  const prev = s.prevSibling[memcg];
  if (next !== NO_MEMCG) s.prevSibling[next] = prev;
  if (prev !== NO_MEMCG) s.nextSibling[prev] = next;
  else if (s.parent[memcg] !== NO_MEMCG) s.firstChild[s.parent[memcg]] = next;
}

/** Makes room for `nrMemcgs` memcgs. */
export function growMemcgs(s: MemcgStats, nrMemcgs: number): void {
  for (const field of MEMCG_FIELDS) {
    const larger = new Int32Array(nrMemcgs);
    larger.set(s[field]);
    s[field] = larger;
  }
  const sums = new Float64Array(nrMemcgs * s.nrValues);
  sums.set(s.sums);
  s.sums = sums;
}
