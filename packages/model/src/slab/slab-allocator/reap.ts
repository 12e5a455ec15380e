/**
 * The reaper: every 2 s a CPU gives back part of what its arrays hold, unless it has used them meanwhile; every 4 s the
 * first CPU that comes by does the same for its node. The caller keeps the pace and the mutex.
 *
 * A cache is *at rest* when its arrays are empty and not used, and no slab is free: then only the time of the node's next
 * visit moves. A refill or a free wakes it up (`alloc.ts`). Among the copies of ten thousand cgroups few are awake.
 *
 * Source: spec/memcg-slab.md D.4.
 */

import { drainAlien } from "./alloc.ts";
import { drainFreelist, freeBlock } from "./lists.ts";
import { cacheNodeOfCpu, NO_ARRAY, type SlabAllocator } from "./state.ts";

const NODE_PERIOD_NS = 4e9;
/** A pass gives back one part in so many of what an array can hold, and of the free objects a node may have. */
const PARTS = 5;

/**
 * One pass on `cpu` over all caches.
 *
 * @kernel mm/slab.c cache_reap(), v4.12
 */
export function reapCpu(s: SlabAllocator, cpu: number, nowNs: number): void {
  const { caches, nrNodes } = s;
  for (let cache = 0; cache < caches.nrRows; cache++) {
    if (caches.used[cache] === 0) continue;
    const cacheNode = cacheNodeOfCpu(s, cache, cpu);
    if (caches.atRest[cache] === 1) {
      if (nowNs >= s.nextReapNs[cacheNode]) s.nextReapNs[cacheNode] = nowNs + NODE_PERIOD_NS;
      continue;
    }
    const alien = caches.alienArray[cacheNode * nrNodes + s.reapNode[cpu]];
    if (alien !== NO_ARRAY) drainAlien(s, alien, cache * nrNodes + s.reapNode[cpu]);
    drainArray(s, caches.cpuArray[cache * s.nrCpus + cpu], cacheNode);
    if (nowNs < s.nextReapNs[cacheNode]) continue;
    reapNode(s, cacheNode, nowNs);
    caches.atRest[cache] = Number(isIdle(s, cache));
  }
  s.reapNode[cpu] = (s.reapNode[cpu] + 1) % nrNodes;
}

/** No array of the cache holds anything or was used since its last visit, and no slab of it is free. */
export function isIdle(s: SlabAllocator, cache: number): boolean {
  const { caches, nrCpus, nrNodes } = s;
  for (let cacheNode = cache * nrNodes; cacheNode < (cache + 1) * nrNodes; cacheNode++) {
    if (caches.freeSlabs[cacheNode] > 0 || caches.freeTouched[cacheNode] === 1) return false;
    if (isBusy(s, caches.sharedArray[cacheNode])) return false;
  }
  for (let at = cache * nrNodes * nrNodes; at < (cache + 1) * nrNodes * nrNodes; at++) {
    if (isBusy(s, caches.alienArray[at])) return false;
  }
  for (let at = cache * nrCpus; at < (cache + 1) * nrCpus; at++) {
    if (isBusy(s, caches.cpuArray[at])) return false;
  }
  return true;
}

function isBusy(s: SlabAllocator, array: number): boolean {
  return array !== NO_ARRAY && (s.arrays.avail[array] > 0 || s.arrays.touched[array] === 1);
}

function reapNode(s: SlabAllocator, cacheNode: number, nowNs: number): void {
  const { caches } = s;
  s.nextReapNs[cacheNode] = nowNs + NODE_PERIOD_NS;
  const shared = caches.sharedArray[cacheNode];
  if (shared !== NO_ARRAY) drainArray(s, shared, cacheNode);
  if (caches.freeTouched[cacheNode] === 1) {
    caches.freeTouched[cacheNode] = 0;
    return;
  }
  const nrObjects = PARTS * caches.objectsPerSlab[Math.floor(cacheNode / s.nrNodes)];
  drainFreelist(s, cacheNode, Math.ceil(caches.freeLimit[cacheNode] / nrObjects));
}

/** An array that was used is left alone once; from another a fifth of its limit goes, or half of what is left. */
function drainArray(s: SlabAllocator, array: number, cacheNode: number): void {
  const { arrays } = s;
  if (arrays.touched[array] === 1) {
    arrays.touched[array] = 0;
    return;
  }
  const share = Math.ceil(arrays.limit[array] / PARTS);
  const avail = arrays.avail[array];
  freeBlock(s, array, share > avail ? Math.ceil(avail / 2) : share, cacheNode);
}
