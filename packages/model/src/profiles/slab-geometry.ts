/**
 * How a slab cache lays its objects out: how many in how many pages, for each of the two slab allocators, and what
 * SLAB keeps for each CPU. With these a cache needs only its object's size.
 *
 * Source: spec/memcg-slab.md D.1 (SLAB), E.1 (SLUB); both against recorded /proc/slabinfo.
 */

import { PAGE_BYTES } from "../percpu/constants.ts";
import { alignUp } from "../percpu/geometry.ts";

interface SlabLayout {
  readonly objectsPerSlab: number;
  readonly pagesPerSlab: number;
}

const SLUB_MAX_ORDER = 3;
const SLAB_MAX_ORDER = 1;
const SLAB_MAX_OBJECTS = 255;
/** Smallest kmalloc object; on-slab caches alone hold index arrays. */
const SLAB_OFF_SLAB_MIN_BYTES = 128;

/**
 * Objects of `sizeBytes` in a SLUB slab.
 *
 * @param nrCpus possible CPUs: more of them want more objects in a slab
 */
export function slubLayout(sizeBytes: number, nrCpus: number): SlabLayout {
  const bitsOfCpus = Math.floor(Math.log2(nrCpus)) + 1;
  const mostFit = Math.floor((PAGE_BYTES * 2 ** SLUB_MAX_ORDER) / sizeBytes);
  for (let min = Math.min(4 * (bitsOfCpus + 1), mostFit); min > 1; min--) {
    for (const fraction of [16, 8, 4]) {
      for (let order = orderOf(min * sizeBytes); order <= SLUB_MAX_ORDER; order++) {
        const slabBytes = PAGE_BYTES * 2 ** order;
        if (slabBytes % sizeBytes <= slabBytes / fraction) return layout(slabBytes, sizeBytes);
      }
    }
  }
  return layout(PAGE_BYTES * 2 ** orderOf(sizeBytes), sizeBytes);
}

/**
 * Objects of `sizeBytes` in a SLAB slab.
 *
 * @param reclaimable such caches stay at the smallest order that holds an object
 * @param inObject    the list of free objects may live in a free object: no constructor, not safe under RCU
 */
export function slabLayout(sizeBytes: number, reclaimable: boolean, inObject: boolean): SlabLayout {
  const ways = [
    inObject ? fitsInObject : undefined,
    fitsOffSlab,
    (slabBytes: number) => Math.min(Math.floor(slabBytes / (sizeBytes + 1)), SLAB_MAX_OBJECTS),
  ];
  for (const nrObjects of ways) {
    const found = nrObjects === undefined ? undefined : slabOrder(sizeBytes, reclaimable, nrObjects);
    if (found !== undefined) return found;
  }
  return layout(PAGE_BYTES * 2 ** orderOf(sizeBytes), sizeBytes);
}

/** Limit and batch count of a SLAB cache's array for one CPU. */
export function slabTunables(sizeBytes: number): readonly [limit: number, batchcount: number, shared: number] {
  if (sizeBytes > 131072) return [1, 1, 0];
  if (sizeBytes > PAGE_BYTES) return [8, 4, 0];
  if (sizeBytes > 1024) return [24, 12, 8];
  if (sizeBytes > 256) return [54, 27, 8];
  return [120, 60, 8];
}

function orderOf(bytes: number): number {
  let order = 0;
  while (PAGE_BYTES * 2 ** order < bytes) order++;
  return order;
}

function layout(slabBytes: number, sizeBytes: number): SlabLayout {
  return { objectsPerSlab: Math.floor(slabBytes / sizeBytes), pagesPerSlab: slabBytes / PAGE_BYTES };
}

type CountObjects = (slabBytes: number, sizeBytes: number) => number;

/** Walks the orders as one way of keeping the free list allows; the last order tried is the answer. */
function slabOrder(sizeBytes: number, reclaimable: boolean, count: CountObjects): SlabLayout | undefined {
  let found: SlabLayout | undefined;
  const last = Math.max(SLAB_MAX_ORDER, orderOf(sizeBytes));
  for (let order = 0; order <= last; order++) {
    const slabBytes = PAGE_BYTES * 2 ** order;
    const objectsPerSlab = count(slabBytes, sizeBytes);
    if (objectsPerSlab === 0) continue;
    found = { objectsPerSlab, pagesPerSlab: 2 ** order };
    if (reclaimable || order >= SLAB_MAX_ORDER) break;
    if ((slabBytes - objectsPerSlab * sizeBytes) * 8 <= slabBytes) break;
  }
  return found;
}

/** All of the slab for objects; the index of each lies in a free one. */
function fitsInObject(slabBytes: number, sizeBytes: number): number {
  const nrObjects = Math.min(Math.floor(slabBytes / sizeBytes), SLAB_MAX_OBJECTS);
  return nrObjects <= sizeBytes ? nrObjects : 0;
}

/** All of the slab for objects, the index elsewhere, where what is left over could not hold it. */
function fitsOffSlab(slabBytes: number, sizeBytes: number): number {
  const nrObjects = Math.min(Math.floor(slabBytes / sizeBytes), SLAB_MAX_OBJECTS);
  if (sizeBytes < SLAB_OFF_SLAB_MIN_BYTES || slabBytes - nrObjects * sizeBytes >= nrObjects) return 0;
  return alignUp(nrObjects, 32) <= sizeBytes / 2 ? nrObjects : 0;
}
