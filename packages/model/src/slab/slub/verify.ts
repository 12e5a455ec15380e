/**
 * SLUB against itself: each slab is in one place, each object is allocated or on one list, all counters recomputed.
 *
 * In a violation `page` is the cache's row, or the slab's where the rule is about a slab; NO_PAGE for the whole of it.
 */

import { expectAtMost, expectEqual, NO_ORDINAL, NO_PAGE, type Violation } from "../../violation.ts";
import { NO_LIST, NO_OBJECT, NO_SLAB } from "../pool.ts";
import { verifySlabPool } from "../pool-verify.ts";
import { ACTIVE, IN_CHAIN, PARTIAL, type Slub } from "./state.ts";

/** What the walk over CPUs and nodes has met. */
interface Met {
  /** By slab: how often it was met. */
  readonly slab: Uint8Array;
  /** By object: how often on the list of a CPU. */
  readonly onCpu: Uint8Array;
}

/** All violations of the state, none when it is sound; the pool's among them. */
export function verifySlub(s: Slub): Violation[] {
  const out: Violation[] = [];
  verifySlabPool(s.pool, out);
  const met: Met = { slab: new Uint8Array(s.pool.slabs.nrRows), onCpu: new Uint8Array(s.pool.nrObjectNumbers) };
  for (let cache = 0; cache < s.caches.nrRows; cache++) {
    if (s.caches.used[cache] === 1) verifyCache(s, cache, met, out);
  }
  for (let slab = 0; slab < s.pool.slabs.nrRows; slab++) {
    if (s.pool.slabs.used[slab] === 1) verifySlab(s, slab, met, out);
  }
  return out;
}

function verifyCache(s: Slub, cache: number, met: Met, out: Violation[]): void {
  for (let cpu = 0; cpu < s.nrCpus; cpu++) {
    const at = cache * s.nrCpus + cpu;
    verifyActive(s, cache, at, met, out);
    verifyChain(s, cache, at, met, out);
  }
  verifyLimits(s, cache, out);
  const nrSlabs = new Int32Array(s.nrNodes);
  const { slabs } = s.pool;
  for (let slab = 0; slab < slabs.nrRows; slab++) {
    if (slabs.used[slab] === 1 && slabs.cache[slab] === cache) nrSlabs[slabs.node[slab]]++;
  }
  for (let node = 0; node < s.nrNodes; node++) {
    const found = s.caches.nrSlabs[cache * s.nrNodes + node];
    expectEqual(out, "a cache's slabs are counted by node", NO_ORDINAL, cache, nrSlabs[node], found);
    verifyPartial(s, cache, node, met, out);
  }
}

/** The two thresholds follow from the budget; in slabs, twice the objects rounded up to slabs. */
function verifyLimits(s: Slub, cache: number, out: Violation[]): void {
  const t = s.caches;
  let budget = t.cpuPartialObjects[cache];
  let ownCounts = 0;
  if (s.chainBudget === "slabs") {
    let nrSlabs = 0;
    while (nrSlabs * t.objectsPerSlab[cache] < 2 * budget) nrSlabs++;
    ownCounts = nrSlabs > 0 ? 1 : 0;
    budget = nrSlabs;
  }
  const most = s.chainBudget === "slabs" ? budget - 1 : budget;
  expectEqual(out, "chainMost follows from cpuPartialObjects", NO_ORDINAL, cache, most, t.chainMost[cache]);
  const half = (budget - (budget % 2)) / 2 + ownCounts;
  expectEqual(out, "refillMost is half the budget", NO_ORDINAL, cache, half, t.refillMost[cache]);
}

/** Notes that a slab was met; false when it cannot be walked on from. */
function meet(s: Slub, slab: number, cache: number, list: number, met: Met, out: Violation[]): boolean {
  const { slabs } = s.pool;
  const isSlab = slab >= 0 && slab < slabs.nrRows && slabs.used[slab] === 1;
  expectEqual(out, "what is on a list is a slab", NO_ORDINAL, slab, 1, isSlab ? 1 : 0);
  if (!isSlab) return false;
  expectEqual(out, "a slab is met where its list says", NO_ORDINAL, slab, list, slabs.list[slab]);
  expectEqual(out, "a slab on a cache's list is the cache's", NO_ORDINAL, slab, cache, slabs.cache[slab]);
  if (met.slab[slab]++ === 0) return true;
  expectEqual(out, "a slab is in one place", NO_ORDINAL, slab, 1, met.slab[slab]);
  return false;
}

function verifyActive(s: Slub, cache: number, at: number, met: Met, out: Violation[]): void {
  const slab = s.caches.active[at];
  const head = s.caches.cpuFree[at];
  if (slab === NO_SLAB) {
    expectEqual(out, "a CPU without a slab has no free objects", NO_ORDINAL, cache, NO_OBJECT, head);
    return;
  }
  if (!meet(s, slab, cache, ACTIVE, met, out)) return;
  for (let object = head; object !== NO_OBJECT; object = s.pool.nextFree[object]) {
    expectEqual(out, "a CPU's free objects are of its slab", NO_ORDINAL, slab, slab, s.pool.slabOf[object] ?? NO_SLAB);
    if (s.pool.slabOf[object] !== slab || met.onCpu[object]++ > 0) break;
  }
}

/** Each slab of a chain has free objects, and says more than the one behind it by no more than it holds. */
function verifyChain(s: Slub, cache: number, at: number, met: Met, out: Violation[]): void {
  const { slabs } = s.pool;
  for (let slab = s.caches.chain[at]; slab !== NO_SLAB; slab = slabs.next[slab]) {
    if (!meet(s, slab, cache, IN_CHAIN, met, out)) return;
    const behind = slabs.next[slab];
    const own = slabs.chainWeight[slab] - (behind === NO_SLAB ? 0 : slabs.chainWeight[behind]);
    const nrFree = slabs.nrObjects[slab] - slabs.nrInUse[slab];
    expectEqual(out, "a slab in a chain has free objects", NO_ORDINAL, slab, 1, nrFree > 0 ? 1 : 0);
    expectEqual(out, "a slab in a chain weighs something", NO_ORDINAL, slab, 1, own > 0 ? 1 : 0);
    // Its objects can only be freed, not allocated, while it waits there.
    const most = s.chainBudget === "slabs" ? 1 : nrFree;
    expectAtMost(out, "a slab in a chain weighs what it had free at most", NO_ORDINAL, slab, most, own);
  }
}

function verifyPartial(s: Slub, cache: number, node: number, met: Met, out: Violation[]): void {
  const t = s.caches;
  const { slabs } = s.pool;
  const at = cache * s.nrNodes + node;
  let nrPartial = 0;
  let before = NO_SLAB;
  for (let slab = t.partialHead[at]; slab !== NO_SLAB; slab = slabs.next[slab]) {
    if (!meet(s, slab, cache, PARTIAL, met, out)) return;
    const hasFree = slabs.freeHead[slab] !== NO_OBJECT ? 1 : 0;
    expectEqual(out, "a slab of a node's list has free objects", NO_ORDINAL, slab, 1, hasFree);
    expectEqual(out, "a slab is on the list of its node", NO_ORDINAL, slab, node, slabs.node[slab]);
    expectEqual(out, "a slab of a node's list knows the one before", NO_ORDINAL, slab, before, slabs.previous[slab]);
    before = slab;
    nrPartial++;
  }
  expectEqual(out, "a node's list ends at its tail", NO_ORDINAL, cache, before, t.partialTail[at]);
  expectEqual(out, "nrPartial counts the node's list", NO_ORDINAL, cache, nrPartial, t.nrPartial[at]);
}

/** A slab nobody has is full; an object off the slab's list is allocated, or on the list of the CPU that has the slab. */
function verifySlab(s: Slub, slab: number, met: Met, out: Violation[]): void {
  const { pool } = s;
  const { slabs } = pool;
  const cache = slabs.cache[slab];
  expectEqual(out, "a slab is of a cache", NO_ORDINAL, slab, 1, s.caches.used[cache] ?? 0);
  expectEqual(
    out,
    "a slab has its cache's objects",
    NO_ORDINAL,
    slab,
    s.caches.objectsPerSlab[cache],
    slabs.nrObjects[slab],
  );
  expectEqual(out, "a slab has its cache's pages", NO_ORDINAL, slab, s.caches.pagesPerSlab[cache], slabs.nrPages[slab]);
  if (met.slab[slab] === 0) {
    expectEqual(out, "a slab that nobody has is on no list", NO_ORDINAL, slab, NO_LIST, slabs.list[slab]);
    expectEqual(out, "a slab that nobody has is full", NO_ORDINAL, slab, NO_OBJECT, slabs.freeHead[slab]);
  }
  if (slabs.list[slab] !== IN_CHAIN) {
    expectEqual(out, "a slab outside chains weighs nothing", NO_ORDINAL, slab, 0, slabs.chainWeight[slab]);
  }
  let nrAllocated = 0;
  let nrOnCpu = 0;
  const first = slabs.firstObject[slab];
  for (let object = first; object < first + slabs.nrObjects[slab]; object++) {
    nrAllocated += pool.isAllocated[object];
    nrOnCpu += met.onCpu[object];
    const places = pool.isAllocated[object] + met.onCpu[object];
    expectAtMost(out, "an object on a CPU's list is not allocated", NO_ORDINAL, NO_PAGE, 1, places);
  }
  const nrInUse = slabs.nrInUse[slab];
  expectEqual(
    out,
    "an object off its slab's list is allocated or a CPU's",
    NO_ORDINAL,
    slab,
    nrInUse,
    nrAllocated + nrOnCpu,
  );
}
