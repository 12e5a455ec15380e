/**
 * The allocator against itself: every object is in exactly one place, every slab on the list its objects call for, and
 * counts are what they count.
 *
 * In a violation `page` is the number of the cache, slab, array or object that the rule is about; NO_PAGE for all.
 *
 * Source: spec/memcg-slab.md D.2, D.3.
 */

import type { Table } from "../../table.ts";
import { expectAtMost, expectEqual, NO_ORDINAL, NO_PAGE, type Violation } from "../../violation.ts";
import { NO_OBJECT, NO_SLAB, type SlabField } from "../pool.ts";
import { isIdle } from "./reap.ts";
import { FREE, FULL, NO_ARRAY, NR_LISTS, nrCpusOfNode, PARTIAL, type SlabAllocator } from "./state.ts";

/** What the walk over all places finds. */
interface Seen {
  /** By object: places it is in. */
  readonly nrPlaces: Int32Array;
  /** By array: pointers to it. */
  readonly nrPointers: Int32Array;
  nrSlabs: number;
}

/** All violations of the state, none when it is sound. */
export function verifySlabAllocator(s: SlabAllocator): Violation[] {
  const out: Violation[] = [];
  const { pool, caches, arrays } = s;
  const seen: Seen = {
    nrPlaces: Int32Array.from(pool.isAllocated.subarray(0, pool.nrObjectNumbers)),
    nrPointers: new Int32Array(arrays.nrRows),
    nrSlabs: 0,
  };
  expectEqual(out, "no array is used after its free", NO_ORDINAL, NO_PAGE, 0, s.nrFreedTouches);
  expectEqual(out, "no object is lost with its array", NO_ORDINAL, NO_PAGE, 0, s.nrLostObjects);
  for (let cache = 0; cache < caches.nrRows; cache++) {
    if (caches.used[cache] === 0) continue;
    for (let node = 0; node < s.nrNodes; node++) verifyNode(s, cache, node, seen, out);
    for (let cpu = 0; cpu < s.nrCpus; cpu++) verifyCpuArray(s, cache, cpu, seen, out);
    const atRest = caches.atRest[cache];
    if (atRest === 1) expectEqual(out, "a cache at rest is idle", NO_ORDINAL, cache, atRest, Number(isIdle(s, cache)));
  }
  for (let array = 0; array < arrays.nrRows; array++) {
    expectEqual(out, "an array has one pointer to it", NO_ORDINAL, array, arrays.used[array], seen.nrPointers[array]);
  }
  verifyObjects(s, seen, out);
  return out;
}

function verifyNode(s: SlabAllocator, cache: number, node: number, seen: Seen, out: Violation[]): void {
  const { caches } = s;
  const cacheNode = cache * s.nrNodes + node;
  let nrSlabs = 0;
  let nrFree = 0;
  for (let list = 0; list < NR_LISTS; list++) {
    let previous = NO_SLAB;
    let slab = caches.listHead[cacheNode * NR_LISTS + list];
    for (let nr = 0; slab !== NO_SLAB && nr <= s.pool.slabs.nrRows; nr++) {
      expectEqual(out, "slabs are linked both ways", NO_ORDINAL, slab, previous, s.pool.slabs.previous[slab]);
      nrFree += verifySlab(s, slab, cacheNode, list, seen, out);
      nrSlabs++;
      previous = slab;
      slab = s.pool.slabs.next[slab];
    }
    const tail = caches.listTail[cacheNode * NR_LISTS + list];
    expectEqual(out, "a list ends with its last slab", NO_ORDINAL, cache, previous, tail);
  }
  expectEqual(out, "freeSlabs", NO_ORDINAL, cache, countFreeSlabs(s, cacheNode), caches.freeSlabs[cacheNode]);
  seen.nrSlabs += nrSlabs;
  expectEqual(out, "totalSlabs", NO_ORDINAL, cache, nrSlabs, caches.totalSlabs[cacheNode]);
  expectEqual(out, "freeObjects", NO_ORDINAL, cache, nrFree, caches.freeObjects[cacheNode]);
  verifyNodeArrays(s, cache, node, seen, out);
  const nrCpus = nrCpusOfNode(s, node);
  if (nrCpus === 0) return;
  const freeLimit = (1 + nrCpus) * caches.batchcount[cache] + caches.objectsPerSlab[cache];
  expectEqual(out, "freeLimit", NO_ORDINAL, cache, freeLimit, caches.freeLimit[cacheNode]);
}

function countFreeSlabs(s: SlabAllocator, cacheNode: number): number {
  let nr = 0;
  let slab = s.caches.listHead[cacheNode * NR_LISTS + FREE];
  for (; slab !== NO_SLAB && nr <= s.pool.slabs.nrRows; slab = s.pool.slabs.next[slab]) nr++;
  return nr;
}

/** Answers the slab's free objects. */
function verifySlab(
  s: SlabAllocator,
  slab: number,
  cacheNode: number,
  list: number,
  seen: Seen,
  out: Violation[],
): number {
  const { slabs, nextFree } = s.pool;
  const nrObjects = slabs.nrObjects[slab];
  const first = slabs.firstObject[slab];
  expectEqual(
    out,
    "a slab knows its cache and node",
    NO_ORDINAL,
    slab,
    cacheNode,
    homeOf(s.pool.slabs, slab, s.nrNodes),
  );
  expectEqual(out, "a slab knows its list", NO_ORDINAL, slab, list, slabs.list[slab]);
  let nrFree = 0;
  for (let object = slabs.freeHead[slab]; object !== NO_OBJECT && nrFree <= nrObjects; object = nextFree[object]) {
    nrFree++;
    if (object < first || object >= first + nrObjects) {
      out.push({
        rule: "free objects of a slab are its own",
        chunk: NO_ORDINAL,
        page: slab,
        expected: first,
        found: object,
      });
      break;
    }
    seen.nrPlaces[object]++;
  }
  expectEqual(out, "nrInUse", NO_ORDINAL, slab, nrObjects - nrFree, slabs.nrInUse[slab]);
  const expected = nrFree === nrObjects ? FREE : nrFree === 0 ? FULL : PARTIAL;
  expectEqual(out, "a slab is on the list its objects call for", NO_ORDINAL, slab, expected, list);
  return nrFree;
}

function homeOf(slabs: Table<SlabField>, slab: number, nrNodes: number): number {
  return slabs.cache[slab] * nrNodes + slabs.node[slab];
}

function verifyNodeArrays(s: SlabAllocator, cache: number, node: number, seen: Seen, out: Violation[]): void {
  const { caches } = s;
  const cacheNode = cache * s.nrNodes + node;
  const shared = caches.sharedArray[cacheNode];
  const hasShared = nrCpusOfNode(s, node) > 0 && caches.shared[cache] > 0;
  expectEqual(out, "a node has a shared array", NO_ORDINAL, cache, Number(hasShared), Number(shared !== NO_ARRAY));
  if (shared !== NO_ARRAY) {
    verifyArray(s, shared, cacheNode, seen, out);
    const limit = caches.shared[cache] * caches.batchcount[cache];
    expectEqual(out, "the limit of a shared array", NO_ORDINAL, cache, limit, s.arrays.limit[shared]);
  }
  for (let other = 0; other < s.nrNodes; other++) {
    const alien = caches.alienArray[cacheNode * s.nrNodes + other];
    if (alien === NO_ARRAY) continue;
    expectEqual(out, "no alien array is for its own node", NO_ORDINAL, cache, 0, Number(other === node));
    verifyArray(s, alien, cache * s.nrNodes + other, seen, out);
  }
}

function verifyCpuArray(s: SlabAllocator, cache: number, cpu: number, seen: Seen, out: Violation[]): void {
  const array = s.caches.cpuArray[cache * s.nrCpus + cpu];
  if (array === NO_ARRAY) return;
  verifyArray(s, array, cache * s.nrNodes + s.nodeOfCpu[cpu], seen, out);
  if (s.isOnline[cpu] === 0) expectEqual(out, "a dead CPU keeps nothing", NO_ORDINAL, cache, 0, s.arrays.avail[array]);
}

function verifyArray(s: SlabAllocator, array: number, cacheNode: number, seen: Seen, out: Violation[]): void {
  const { avail, limit, start } = s.arrays;
  seen.nrPointers[array]++;
  expectAtMost(out, "an array is within its limit", NO_ORDINAL, array, limit[array], avail[array]);
  for (let i = start[array]; i < start[array] + avail[array]; i++) {
    const object = s.entries[i];
    const slab = s.pool.slabOf[object] ?? NO_SLAB;
    const home = slab === NO_SLAB ? NO_SLAB : homeOf(s.pool.slabs, slab, s.nrNodes);
    expectEqual(out, "entries are objects of the array's node", NO_ORDINAL, array, cacheNode, home);
    seen.nrPlaces[object]++;
  }
}

function verifyObjects(s: SlabAllocator, seen: Seen, out: Violation[]): void {
  const { slabs, slabOf, nrObjectNumbers } = s.pool;
  let nrUsed = 0;
  for (let slab = 0; slab < slabs.nrRows; slab++) nrUsed += slabs.used[slab];
  expectEqual(out, "each slab is on a list", NO_ORDINAL, NO_PAGE, nrUsed, seen.nrSlabs);
  for (let object = 0; object < nrObjectNumbers; object++) {
    const expected = slabOf[object] === NO_SLAB ? 0 : 1;
    const found = seen.nrPlaces[object];
    if (found !== expected) expectEqual(out, "an object is in one place", NO_ORDINAL, object, expected, found);
  }
}
