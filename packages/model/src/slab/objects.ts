/** Slab objects come and go. Source: spec/memcg-slab.md D.3, D.6, E.2, E.5. */

import type { Machine } from "../machine/state.ts";
import { chargeObject, unchargeObject } from "../memcg/objcgs.ts";
import { cacheRowFor } from "./copies.ts";
import { kmemAlloc, kmemFree } from "./kmem.ts";
import { NO_OBJECT } from "./pool.ts";

/** Takes an object of `cache`, charged to `memcg` if the cache is accounted; its number, to be freed by. */
export function allocObject(m: Machine, cache: number, memcg: number, cpu: number): number {
  const t = m.caches;
  const isAccounted = t.specs[cache].accounted;
  const row = isAccounted ? cacheRowFor(m, cache, memcg, cpu) : cache;
  t.onCpu = cpu;
  const object = kmemAlloc(t.kmem, t.kmemCache[row], cpu);
  if (isAccounted) chargeObject(m, object, cache, memcg, cpu);
  return object;
}

export function freeObject(m: Machine, object: number, cpu: number): void {
  m.caches.onCpu = cpu;
  unchargeObject(m, object, cpu);
  kmemFree(m.caches.kmem, object, cpu);
}

/** Frees the objects in `words[from .. end)` that are there, and leaves NO_OBJECT in their places. */
export function freeObjects(m: Machine, words: Int32Array, from: number, end: number, cpu: number): void {
  for (let at = from; at < end; at++) {
    if (words[at] === NO_OBJECT) continue;
    freeObject(m, words[at], cpu);
    words[at] = NO_OBJECT;
  }
}
