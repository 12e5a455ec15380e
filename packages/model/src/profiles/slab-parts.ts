/**
 * What of a computed profile hangs on the slab allocator it is built with: its caches and their layout, kmalloc's among
 * them, what a copy of a cache takes, and from which caches a cgroup's objects come.
 *
 * Source: spec/memcg-slab.md B.3, D.1, E.1.
 */

import { slabCopies, slubCopies } from "./cache-copies.ts";
import { type CacheRow, KMALLOC_SLAB, KMALLOC_SLUB, slabCaches, slubCaches, withLongNames } from "./caches.ts";
import { eraObjects } from "./cgroup-objects.ts";
import type { EraConstants, KernelConfig } from "./era-constants.ts";
import type { KmallocNaming } from "./kmalloc.ts";
import type { KernelProfile } from "./profile.ts";

/** SLUB's structure of a cache, and SLAB's, where the era's table has the other's: spec B.3, D.1. */
const KMEM_CACHE_BYTES = { SLUB: 384, SLAB: 256 } as const;

/** What a profile's slab parts are computed from. */
export interface SlabSource {
  readonly rows: readonly CacheRow[];
  /** kmalloc's caches are called by bytes: before 4.20. */
  readonly longNames: boolean;
  /** Caches are copied for memcgs; since 5.3 each copy with a reference count of its own. */
  readonly copies: "none" | "plain" | "counted";
}

type SlabParts = Pick<KernelProfile, "slabAllocator" | "caches" | "cacheCopies" | "cgroupObjects" | "slabSource">;

/** The parts of a kernel of `era` built with `allocator`, for `nrCpus` CPUs. */
export function slabParts(
  allocator: "SLAB" | "SLUB",
  source: SlabSource,
  era: EraConstants,
  config: KernelConfig,
  nrCpus: number,
): SlabParts {
  const { longNames } = source;
  const isSlab = allocator === "SLAB";
  const naming: KmallocNaming = { minBytes: isSlab ? 32 : 8, longNames };
  const own = source.rows.map(
    (row): CacheRow => (row[0] === "kmem_cache" ? [row[0], KMEM_CACHE_BYTES[allocator], ""] : row),
  );
  const kmalloc = isSlab ? KMALLOC_SLAB : KMALLOC_SLUB;
  const rows = [...own, ...(longNames ? withLongNames(kmalloc) : kmalloc)];
  return {
    slabSource: source,
    slabAllocator: allocator,
    caches: isSlab ? slabCaches(rows) : slubCaches(rows, nrCpus),
    cacheCopies:
      source.copies === "none" ? undefined : isSlab ? slabCopies(naming, source.copies === "counted") : slubCopies(),
    cgroupObjects: eraObjects(era, config, naming),
  };
}

/** The profile built with another slab allocator, or in words why nobody knows what it would take. */
export function withAllocator(profile: KernelProfile, allocator: "SLAB" | "SLUB"): KernelProfile | string {
  const { slabSource, era, config, nrCpus } = profile;
  if (allocator === profile.slabAllocator) return profile;
  if (slabSource === undefined || era === undefined) {
    return `the caches of ${profile.name} are those of one recorded kernel with ${profile.slabAllocator}`;
  }
  return { ...profile, ...slabParts(allocator, slabSource, era, config, nrCpus) };
}
