/**
 * What a copy of a cache for one memcg takes, where kernels have such copies (3.8 to 5.8).
 *
 * Source: spec/memcg-slab.md B.1 (percpu), B.3 (slab), D.1, D.2 (arrays of SLAB); recorded 5.4.286: real-kernels.md 3.
 */

import { type KmallocNaming, kmallocCache } from "./kmalloc.ts";
import type { CacheCopySpec, CacheSpec } from "./profile.ts";
import { slabTunables } from "./slab-geometry.ts";

const ARRAY_HEAD_BYTES = 16;
const POINTER_BYTES = 8;
const SLAB_NODE_BYTES = 120;
const COPY_NAME_BYTES = 32;

/** SLUB: one percpu structure; the cache, its node structure, its name. */
export function slubCopies(): CacheCopySpec {
  return {
    areas: () => [[32, 16]],
    objects: ["kmem_cache", "kmalloc-64"],
    cacheObjects: () => ["kmem_cache_node"],
    source: "spec/memcg-slab.md B.1, B.3",
  };
}

/**
 * SLAB: an array of object pointers for each CPU, by the cache's limit.
 *
 * @param withRefcount the copy counts its pages with a percpu reference count of its own (5.3 and later)
 */
export function slabCopies(naming: KmallocNaming, withRefcount: boolean): CacheCopySpec {
  return {
    areas(cache) {
      const array = [arrayBytes(slabTunables(cache.sizeBytes)[0]), 8] as const;
      return withRefcount ? [[8, 8], array] : [array];
    },
    objects: ["kmem_cache", kmallocCache(COPY_NAME_BYTES, naming)],
    cacheObjects: (cache) => [kmallocCache(SLAB_NODE_BYTES, naming), ...sharedArray(cache, naming)],
    source: "spec/memcg-slab.md B.1, B.3, D.1; recorded 5.4.286",
  };
}

/** The array that the CPUs of a node share, where there is one. */
function sharedArray(cache: CacheSpec, naming: KmallocNaming): readonly string[] {
  const [, batchcount, shared] = slabTunables(cache.sizeBytes);
  return shared === 0 ? [] : [kmallocCache(arrayBytes(shared * batchcount), naming)];
}

/** Bytes of an array of `limit` object pointers. */
export function arrayBytes(limit: number): number {
  return ARRAY_HEAD_BYTES + POINTER_BYTES * limit;
}
