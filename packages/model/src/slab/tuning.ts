/**
 * Writing "name limit batchcount shared" to /proc/slabinfo: new arrays for a cache and for each of its copies, with a
 * barrier for every one of them.
 *
 * A copy's percpu area and its shared arrays are allocated anew and the old ones freed. Those of a root cache stand in
 * the profile's boot areas, unnamed: the first tuning adds new ones to them.
 *
 * Source: spec/memcg-slab.md D.5 (callers b).
 */

import { EINVAL, EIO, ENOMEM } from "../errno.ts";
import type { Machine } from "../machine/state.ts";
import { ROOT_MEMCG } from "../memcg/memcgs.ts";
import { allocPercpu, freePercpu } from "../percpu/allocator.ts";
import { MAX_ALLOC_BYTES } from "../percpu/constants.ts";
import { arrayBytes } from "../profiles/cache-copies.ts";
import { kmallocCache, kmallocNaming } from "../profiles/kmalloc.ts";
import { NO_ROW } from "../table.ts";
import { AREAS_PER_COPY, COPY_DEAD, COPY_ONLINE, NO_CACHE } from "./caches.ts";
import { cacheIndex } from "./copies.ts";
import { allocObject, freeObjects } from "./objects.ts";
import { NO_OBJECT } from "./pool.ts";
import { tuneSlabCache } from "./slab-allocator/tune.ts";

/** @public What a line asks for; numbers as they are written. */
export interface CacheTuning {
  readonly name: string;
  readonly limit: number;
  readonly batchcount: number;
  readonly shared: number;
}

/**
 * Tunes the cache called `name` and its copies, from `cpu`.
 *
 * @returns 0, also for numbers that make no sense, which change nothing; EINVAL for a name that is none; EIO under SLUB;
 *          ENOMEM for arrays larger than the percpu allocator gives
 */
export function tuneCache(m: Machine, { name, limit, batchcount, shared }: CacheTuning, cpu: number): number {
  const t = m.caches;
  if (t.kmem.slab === undefined) return EIO;
  const cache = cacheIndex(m, name);
  if (cache === NO_CACHE) return EINVAL;
  if (limit < 1 || batchcount < 1 || batchcount > limit || shared < 0) return 0;
  if (arrayBytes(limit) > MAX_ALLOC_BYTES) return ENOMEM;
  tuneRow(m, cache, limit, batchcount, shared, cpu);
  for (let row = t.specs.length; row < t.nrRows; row++) {
    const isCopy = t.cache[row] === cache && (t.state[row] === COPY_ONLINE || t.state[row] === COPY_DEAD);
    if (isCopy) tuneRow(m, row, limit, batchcount, shared, cpu);
  }
  return 0;
}

function tuneRow(m: Machine, row: number, limit: number, batchcount: number, shared: number, cpu: number): void {
  const t = m.caches;
  if (t.kmem.slab === undefined) return;
  const at = arrayArea(m, row);
  const old = t.areas[at];
  t.areas[at] = allocPercpu(m.percpu, arrayBytes(limit), 8, false, 0);
  t.onCpu = cpu;
  tuneSlabCache(t.kmem.slab, t.kmemCache[row], limit, batchcount, shared, cpu, m.options.arrayCachePolicy.barrier);
  if (old !== NO_ROW) freePercpu(m.percpu, old);
  replaceSharedArrays(m, row, shared * batchcount, cpu);
}

/** Where the row keeps the area of its arrays: behind its reference count, if it has one. */
function arrayArea(m: Machine, row: number): number {
  const areas = m.profile.cacheCopies?.areas(m.caches.specs[m.caches.cache[row]]) ?? [];
  return row * AREAS_PER_COPY + Math.max(0, areas.length - 1);
}

/** A shared array for each node where there are any; what held them before is freed. */
function replaceSharedArrays(m: Machine, row: number, nrEntries: number, cpu: number): void {
  const t = m.caches;
  const { cacheCopies } = m.profile;
  if (cacheCopies === undefined) return;
  const perNode = cacheCopies.cacheObjects?.(t.specs[t.cache[row]]).length ?? 0;
  for (let node = 0; node < m.options.nrNodes; node++) {
    const at = row * t.objectsPerCopy + cacheCopies.objects.length + node * perNode + 1;
    if (perNode < 2) continue;
    freeObjects(m, t.objects, at, at + 1, cpu);
    const name = kmallocCache(arrayBytes(nrEntries), kmallocNaming(t.specs));
    const kmalloc = cacheIndex(m, name);
    t.objects[at] = nrEntries === 0 || kmalloc === NO_CACHE ? NO_OBJECT : allocObject(m, kmalloc, ROOT_MEMCG, cpu);
  }
}
