/** What /proc/slabinfo says of a SLUB cache. */

import { nrFreeOnList } from "./shrink.ts";
import type { Slub } from "./state.ts";

/** @public What `slubInfo` returns; the fields in the order of the file. */
export interface SlubInfo {
  readonly activeObjects: number;
  readonly objects: number;
  readonly objectsPerSlab: number;
  readonly pagesPerSlab: number;
  readonly activeSlabs: number;
  readonly slabs: number;
}

/**
 * The counts of a cache as the file has them: free objects of frozen slabs count as active, and so does each slab.
 *
 * Source: fixtures/real-kernels, slabinfo of 6.1: active_slabs is num_slabs in each row.
 */
export function slubInfo(s: Slub, cache: number): SlubInfo {
  const t = s.caches;
  let slabs = 0;
  let nrFree = 0;
  for (let at = cache * s.nrNodes; at < (cache + 1) * s.nrNodes; at++) {
    slabs += t.nrSlabs[at];
    nrFree += nrFreeOnList(s, at);
  }
  const objectsPerSlab = t.objectsPerSlab[cache];
  const objects = slabs * objectsPerSlab;
  const activeObjects = objects - nrFree;
  return { activeObjects, objects, objectsPerSlab, pagesPerSlab: t.pagesPerSlab[cache], activeSlabs: slabs, slabs };
}
