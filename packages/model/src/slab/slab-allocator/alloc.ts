/**
 * Objects come and go. A CPU does both with interrupts off: it loads the pointer to its array, uses the array, and
 * leaves; `cpuArrayOf`, `allocThrough` and `freeThrough` are the steps, for those who look at what comes between.
 *
 * Source: spec/memcg-slab.md D.3.
 */

import { assert } from "../../assert.ts";
import { NO_OBJECT, NO_SLAB } from "../pool.ts";
import { entriesStart, pushEntry, shiftEntries, transferObjects } from "./arrays.ts";
import { freeBlock, growCache, putObject, takeFromLists, trimFreeSlabs } from "./lists.ts";
import { cacheNodeOfCpu, NO_ARRAY, type SlabAllocator } from "./state.ts";

/** A CPU that has not allocated from its array since the reaper came by takes no more than that at once. */
const REFILL_LIMIT = 16;

/** An object of `cache`. */
export function slabAlloc(s: SlabAllocator, cache: number, cpu: number): number {
  return allocThrough(s, cache, s.caches.cpuArray[cache * s.nrCpus + cpu], cpu);
}

/** @pre the object is allocated */
export function slabFree(s: SlabAllocator, object: number, cpu: number): void {
  const slab = s.pool.slabOf[object];
  assert(slab !== NO_SLAB, "an object that is freed is in a slab");
  freeThrough(s, object, s.caches.cpuArray[s.pool.slabs.cache[slab] * s.nrCpus + cpu], cpu);
}

/** The array that the cache now has for `cpu`. */
export function cpuArrayOf(s: SlabAllocator, cache: number, cpu: number): number {
  return s.caches.cpuArray[cache * s.nrCpus + cpu];
}

/** An object through the array that `cpu` has loaded; NO_OBJECT when that one has been freed. */
export function allocThrough(s: SlabAllocator, cache: number, array: number, cpu: number): number {
  const { arrays } = s;
  assert(s.isOnline[cpu] === 1, "a CPU that allocates is online");
  if (arrays.avail[array] === 0) {
    if (isFreedArray(s, array)) return NO_OBJECT;
    refillArray(s, cache, array, cpu);
  }
  const avail = arrays.avail[array] - 1;
  arrays.touched[array] = 1;
  arrays.avail[array] = avail;
  const object = s.entries[arrays.start[array] + avail];
  s.pool.isAllocated[object] = 1;
  return object;
}

/** Frees an object through the array that `cpu` has loaded. */
export function freeThrough(s: SlabAllocator, object: number, array: number, cpu: number): void {
  const { arrays, pool } = s;
  assert(s.isOnline[cpu] === 1, "a CPU that frees is online");
  assert(pool.isAllocated[object] === 1, "an object that is freed is allocated");
  pool.isAllocated[object] = 0;
  if (s.nrNodes > 1 && pool.slabs.node[pool.slabOf[object]] !== s.nodeOfCpu[cpu]) {
    freeAlien(s, object, s.nodeOfCpu[cpu]);
    return;
  }
  const avail = arrays.avail[array];
  if (avail === 0) s.caches.atRest[pool.slabs.cache[pool.slabOf[object]]] = 0;
  if (avail >= arrays.limit[array]) {
    if (isFreedArray(s, array)) return;
    flushArray(s, array, cacheNodeOfCpu(s, pool.slabs.cache[pool.slabOf[object]], cpu));
  }
  pushEntry(s, array, object);
}

/** The pointer leads to an array that was freed; that it was followed is counted. */
function isFreedArray(s: SlabAllocator, array: number): boolean {
  if (s.arrays.used[array] === 1) return false;
  s.nrFreedTouches++;
  return true;
}

/** @kernel mm/slab.c cache_alloc_refill(), v4.12 */
function refillArray(s: SlabAllocator, cache: number, array: number, cpu: number): void {
  const { arrays, caches } = s;
  caches.atRest[cache] = 0;
  const batchcount = arrays.batchcount[array];
  const want = arrays.touched[array] === 0 ? Math.min(batchcount, REFILL_LIMIT) : batchcount;
  const cacheNode = cacheNodeOfCpu(s, cache, cpu);
  const shared = caches.sharedArray[cacheNode];
  if (shared !== NO_ARRAY && transferObjects(s, shared, array, want) > 0) {
    arrays.touched[shared] = 1;
    return;
  }
  if (caches.freeObjects[cacheNode] > 0) takeFromLists(s, cacheNode, array, want);
  else growCache(s, cacheNode, array, want);
}

/**
 * Makes room in a full array: its oldest entries go to the node's shared array, or to their slabs when that is full.
 *
 * @kernel mm/slab.c cache_flusharray(), v4.12
 */
function flushArray(s: SlabAllocator, array: number, cacheNode: number): void {
  const { arrays } = s;
  const batchcount = arrays.batchcount[array];
  const shared = s.caches.sharedArray[cacheNode];
  const room = shared === NO_ARRAY ? 0 : arrays.limit[shared] - arrays.avail[shared];
  if (room === 0) {
    freeBlock(s, array, batchcount, cacheNode);
    return;
  }
  const nr = Math.min(batchcount, room);
  const start = arrays.start[array];
  const target = entriesStart(s, shared) + arrays.avail[shared];
  s.entries.copyWithin(target, start, start + nr);
  arrays.avail[shared] += nr;
  shiftEntries(s, array, nr);
}

/**
 * An object of another node: into the alien array that `node` has for it; to its slab when there is none.
 *
 * @kernel mm/slab.c cache_free_alien(), v4.12
 */
function freeAlien(s: SlabAllocator, object: number, node: number): void {
  const { slabs, slabOf } = s.pool;
  const slab = slabOf[object];
  const home = slabs.cache[slab] * s.nrNodes + slabs.node[slab];
  s.caches.atRest[slabs.cache[slab]] = 0;
  const alien = s.caches.alienArray[(slabs.cache[slab] * s.nrNodes + node) * s.nrNodes + slabs.node[slab]];
  if (alien === NO_ARRAY) {
    putObject(s, object, home);
    trimFreeSlabs(s, home);
    return;
  }
  if (s.arrays.avail[alien] === s.arrays.limit[alien]) drainAlien(s, alien, home);
  pushEntry(s, alien, object);
}

/** Hands the entries of an alien array home: to the shared array there, and to their slabs what finds no room. */
export function drainAlien(s: SlabAllocator, alien: number, home: number): void {
  const { arrays } = s;
  const shared = s.caches.sharedArray[home];
  if (shared !== NO_ARRAY) transferObjects(s, alien, shared, arrays.limit[alien]);
  freeBlock(s, alien, arrays.avail[alien], home);
}
