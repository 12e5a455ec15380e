/**
 * The reaper: every 2 s a CPU gives back part of what its arrays hold, unless it has used them meanwhile; every 4 s the
 * first CPU that comes by does the same for its node. The caller keeps the pace and the mutex.
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
    const alien = caches.alienArray[cacheNode * nrNodes + s.reapNode[cpu]];
    if (alien !== NO_ARRAY) drainAlien(s, alien, cache * nrNodes + s.reapNode[cpu]);
    drainArray(s, caches.cpuArray[cache * s.nrCpus + cpu], cacheNode);
    if (nowNs >= s.nextReapNs[cacheNode]) reapNode(s, cacheNode, nowNs);
  }
  s.reapNode[cpu] = (s.reapNode[cpu] + 1) % nrNodes;
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
