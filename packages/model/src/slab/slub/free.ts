/** Freeing an object. */

import { assert } from "../../assert.ts";
import { NO_OBJECT } from "../pool.ts";
import { discardIfSpare, putInChain } from "./lists.ts";
import { ACTIVE, type Slub } from "./state.ts";

/** Frees an object on `cpu`. To the CPU's own slab: linked in front of the CPU's list, and nothing else is looked at. */
export function slubFree(s: Slub, object: number, cpu: number): void {
  const { pool, caches } = s;
  assert(pool.isAllocated[object] === 1, "an object that is freed is allocated");
  pool.isAllocated[object] = 0;
  const slab = pool.slabOf[object];
  const at = pool.slabs.cache[slab] * s.nrCpus + cpu;
  if (caches.active[at] !== slab) {
    freeToSlab(s, slab, object, cpu);
    return;
  }
  pool.nextFree[object] = caches.cpuFree[at];
  caches.cpuFree[at] = object;
}

/**
 * Frees an object to its slab's own list. A frozen slab stays where it is; one that was full goes into this CPU's
 * chain; one of a node's list that is empty now may go back.
 */
function freeToSlab(s: Slub, slab: number, object: number, cpu: number): void {
  const { nextFree, slabs } = s.pool;
  const before = slabs.freeHead[slab];
  s.nrSlowFrees++;
  nextFree[object] = before;
  slabs.freeHead[slab] = object;
  slabs.nrInUse[slab]--;
  if (slabs.list[slab] >= ACTIVE) return;
  if (before === NO_OBJECT) putInChain(s, slab, slabs.cache[slab], cpu);
  else if (slabs.nrInUse[slab] === 0) discardIfSpare(s, slab);
}
