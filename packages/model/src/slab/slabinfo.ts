/**
 * Caches as /proc/slabinfo and memory.kmem.slabinfo count them: a root cache together with all its copies, or the copies
 * of one memcg.
 *
 * Source: recorded slabinfo of 5.4 (copies summed into their root) and 6.1; real-kernels.md 5 (one memcg's).
 */

import type { Machine } from "../machine/state.ts";
import { COPY_DEAD, COPY_ONLINE, NO_CACHE } from "./caches.ts";
import { kmemInfo } from "./kmem.ts";
import type { SlabInfo } from "./slab-allocator/slabinfo.ts";

/** @public What a line of slabinfo says of a cache; under SLUB, which has no arrays, 0 in the columns of arrays. */
export interface CacheInfo extends SlabInfo {
  readonly name: string;
  readonly sizeBytes: number;
}

/** All caches of the machine, in the order of the profile. */
export function machineCaches(m: Machine): readonly CacheInfo[] {
  const t = m.caches;
  const rows = t.specs.map((_, cache) => infoOf(m, cache));
  for (let row = t.specs.length; row < t.nrRows; row++) {
    if (t.state[row] !== COPY_ONLINE && t.state[row] !== COPY_DEAD) continue;
    rows[t.cache[row]] = sumOf(rows[t.cache[row]], infoOf(m, row));
  }
  return rows;
}

/** Copies that `memcg` has, the newest first. */
export function memcgCaches(m: Machine, memcg: number): readonly CacheInfo[] {
  const t = m.caches;
  const rows: CacheInfo[] = [];
  for (let row = m.memcgs.copies[memcg]; row !== NO_CACHE; row = t.nextOfMemcg[row]) {
    if (t.state[row] === COPY_ONLINE || t.state[row] === COPY_DEAD) rows.push(infoOf(m, row));
  }
  return rows;
}

function infoOf(m: Machine, row: number): CacheInfo {
  const { kmem, kmemCache, specs, cache } = m.caches;
  const { name, sizeBytes } = specs[cache[row]];
  const own = { name, sizeBytes };
  return { ...own, ...kmemInfo(kmem, kmemCache[row]) };
}

/** What the copy adds to the counts of its root. */
function sumOf(root: CacheInfo, copy: CacheInfo): CacheInfo {
  return {
    ...root,
    activeObjects: root.activeObjects + copy.activeObjects,
    objects: root.objects + copy.objects,
    activeSlabs: root.activeSlabs + copy.activeSlabs,
    slabs: root.slabs + copy.slabs,
    sharedAvailable: root.sharedAvailable + copy.sharedAvailable,
  };
}
