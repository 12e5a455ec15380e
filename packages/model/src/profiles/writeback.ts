/** What a memcg's writeback structure for one disk takes beside its slab object. */

/** Four counters, an event counter, a reference count: [bytes, align] each. Source: spec/memcg-slab.md B.1. */
// biome-ignore format: a table
export const WRITEBACK_AREAS: readonly (readonly [sizeBytes: number, alignBytes: number])[] = [
  [4, 4], [4, 4], [4, 4], [4, 4], [4, 4], [8, 8],
];
