/** What a memcg's writeback structure for one disk takes, and how the two slab allocators name kmalloc's caches. */

import type { KmallocNaming } from "./cgroup-objects.ts";

export const KMALLOC_NAMES_SLUB: KmallocNaming = { minBytes: 8, longNames: false };
export const KMALLOC_NAMES_SLAB: KmallocNaming = { minBytes: 32, longNames: false };
/** SLAB before 4.20. */
export const KMALLOC_NAMES_OLD_SLAB: KmallocNaming = { minBytes: 32, longNames: true };

/** Four counters, an event counter, a reference count: 28 bytes. Source: spec/memcg-slab.md B.1. */
export function writebackAreas(): readonly (readonly [sizeBytes: number, alignBytes: number])[] {
  return [
    [4, 4],
    [4, 4],
    [4, 4],
    [4, 4],
    [4, 4],
    [8, 8],
  ];
}
