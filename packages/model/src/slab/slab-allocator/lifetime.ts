/** Caches come and go, and give back what is free. Source: spec/memcg-slab.md D.5. */

import { assert } from "../../assert.ts";
import { dropRow, takeRow } from "../../table.ts";
import { NO_SLAB } from "../pool.ts";
import { drainAlien } from "./alloc.ts";
import { dropArray } from "./arrays.ts";
import { drainFreelist, emptyArray } from "./lists.ts";
import { cacheNodeOfCpu, interruptOthers, NO_ARRAY, NR_LISTS, type SlabAllocator } from "./state.ts";
import { type BarrierRule, dropAliens, dropShared, tuneSlabCache } from "./tune.ts";

/** Layout and tunables of a cache. */
export interface SlabCacheSpec {
  readonly objectsPerSlab: number;
  readonly pagesPerSlab: number;
  readonly limit: number;
  readonly batchcount: number;
  readonly shared: number;
}

/** A new cache without slabs; its first arrays are set up from `cpu`. Answers its row. */
export function addSlabCache(s: SlabAllocator, spec: SlabCacheSpec, cpu: number, barrier: BarrierRule): number {
  const cache = newSlabCache(s, spec);
  tuneSlabCache(s, cache, spec.limit, spec.batchcount, spec.shared, cpu, barrier);
  return cache;
}

/** A cache that has no arrays yet. */
export function newSlabCache(s: SlabAllocator, spec: SlabCacheSpec): number {
  assert(spec.objectsPerSlab >= 1 && spec.pagesPerSlab >= 1, "a slab has pages and objects");
  const { caches, nrCpus, nrNodes } = s;
  const cache = takeRow(caches);
  caches.used[cache] = 1;
  caches.objectsPerSlab[cache] = spec.objectsPerSlab;
  caches.pagesPerSlab[cache] = spec.pagesPerSlab;
  caches.cpuArray.fill(NO_ARRAY, cache * nrCpus, (cache + 1) * nrCpus);
  const lists = nrNodes * NR_LISTS;
  caches.listHead.fill(NO_SLAB, cache * lists, (cache + 1) * lists);
  caches.listTail.fill(NO_SLAB, cache * lists, (cache + 1) * lists);
  caches.sharedArray.fill(NO_ARRAY, cache * nrNodes, (cache + 1) * nrNodes);
  caches.alienArray.fill(NO_ARRAY, cache * nrNodes * nrNodes, (cache + 1) * nrNodes * nrNodes);
  if (s.nextReapNs.length < caches.room * nrNodes) {
    const larger = new Float64Array(caches.room * nrNodes);
    larger.set(s.nextReapNs);
    s.nextReapNs = larger;
  }
  s.nextReapNs.fill(0, cache * nrNodes, (cache + 1) * nrNodes);
  return cache;
}

/**
 * Empties all arrays of the cache, those of other CPUs by an interrupt to each, and destroys its free slabs.
 *
 * @kernel mm/slab.c __kmem_cache_shrink(), v4.12
 */
export function slabShrink(s: SlabAllocator, cache: number, cpu: number): void {
  const { caches, nrCpus, nrNodes } = s;
  interruptOthers(s, cpu);
  for (let one = 0; one < nrCpus; one++) {
    if (s.isOnline[one] === 1) emptyArray(s, caches.cpuArray[cache * nrCpus + one], cacheNodeOfCpu(s, cache, one));
  }
  for (let node = 0; node < nrNodes; node++) {
    for (let other = 0; other < nrNodes; other++) {
      const alien = caches.alienArray[(cache * nrNodes + node) * nrNodes + other];
      if (alien !== NO_ARRAY) drainAlien(s, alien, cache * nrNodes + other);
    }
  }
  for (let cacheNode = cache * nrNodes; cacheNode < (cache + 1) * nrNodes; cacheNode++) {
    const shared = caches.sharedArray[cacheNode];
    if (shared !== NO_ARRAY) emptyArray(s, shared, cacheNode);
    drainFreelist(s, cacheNode, caches.totalSlabs[cacheNode]);
  }
}

/** Shrinks the cache and, when no object of it is live, takes it away. Answers the live objects. */
export function destroySlabCache(s: SlabAllocator, cache: number, cpu: number): number {
  const { caches, nrCpus, nrNodes } = s;
  slabShrink(s, cache, cpu);
  let nrLive = 0;
  for (let cacheNode = cache * nrNodes; cacheNode < (cache + 1) * nrNodes; cacheNode++) {
    nrLive += caches.totalSlabs[cacheNode] * caches.objectsPerSlab[cache] - caches.freeObjects[cacheNode];
  }
  if (nrLive > 0) return nrLive;
  for (let at = cache * nrCpus; at < (cache + 1) * nrCpus; at++) dropArray(s, caches.cpuArray[at]);
  for (let node = 0; node < nrNodes; node++) {
    dropAliens(s, cache, node);
    dropShared(s, cache * nrNodes + node);
  }
  caches.used[cache] = 0;
  dropRow(caches, cache);
  return 0;
}
