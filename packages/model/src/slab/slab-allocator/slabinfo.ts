/** A cache as a line of /proc/slabinfo counts it. Source: spec/memcg-slab.md D.2; recorded slabinfo of 5.4 and 6.1. */

import { NO_ARRAY, type SlabAllocator } from "./state.ts";

/** @public What `slabInfo` answers. */
export interface SlabInfo {
  /** Objects that their slabs have given out, to a user or to an array. */
  readonly activeObjects: number;
  readonly objects: number;
  readonly objectsPerSlab: number;
  readonly pagesPerSlab: number;
  readonly limit: number;
  readonly batchcount: number;
  readonly shared: number;
  /** Slabs with an active object. */
  readonly activeSlabs: number;
  readonly slabs: number;
  /** Objects in shared arrays. */
  readonly sharedAvailable: number;
}

export function slabInfo(s: SlabAllocator, cache: number): SlabInfo {
  const { caches, arrays } = s;
  let slabs = 0;
  let freeSlabs = 0;
  let freeObjects = 0;
  let sharedAvailable = 0;
  for (let cacheNode = cache * s.nrNodes; cacheNode < (cache + 1) * s.nrNodes; cacheNode++) {
    slabs += caches.totalSlabs[cacheNode];
    freeSlabs += caches.freeSlabs[cacheNode];
    freeObjects += caches.freeObjects[cacheNode];
    const shared = caches.sharedArray[cacheNode];
    if (shared !== NO_ARRAY) sharedAvailable += arrays.avail[shared];
  }
  const objectsPerSlab = caches.objectsPerSlab[cache];
  return {
    activeObjects: slabs * objectsPerSlab - freeObjects,
    objects: slabs * objectsPerSlab,
    objectsPerSlab,
    pagesPerSlab: caches.pagesPerSlab[cache],
    limit: caches.limit[cache],
    batchcount: caches.batchcount[cache],
    shared: caches.shared[cache],
    activeSlabs: slabs - freeSlabs,
    slabs,
    sharedAvailable,
  };
}
