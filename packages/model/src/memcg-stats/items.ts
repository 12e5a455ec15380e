/**
 * What the memory controller counts: names of the items, in the kernel's words, and their units.
 *
 * Stat items are gauges: they go up and down. Those below `NR_LRUVEC_ITEMS` exist twice, for the memcg and for each of
 * its nodes (the *lruvec*); the others for the memcg alone. Events only ever go up. All units are pages but for
 * NR_KERNEL_STACK_KB and the byte items, whose names say so.
 *
 * This file imports nothing, so that the bundler writes the constants as literals where they are used.
 *
 * Source: spec/memcg-slab.md C.1, C.2.
 */

export const NR_ANON = 0;
export const NR_FILE = 1;
export const NR_SHMEM = 2;
export const NR_FILE_MAPPED = 3;
export const NR_FILE_DIRTY = 4;
export const NR_INACTIVE_ANON = 5;
export const NR_ACTIVE_ANON = 6;
export const NR_INACTIVE_FILE = 7;
export const NR_ACTIVE_FILE = 8;
export const NR_UNEVICTABLE = 9;
export const NR_KERNEL_STACK_KB = 10;
export const NR_PAGETABLE = 11;
export const SLAB_RECLAIMABLE_B = 12;
export const SLAB_UNRECLAIMABLE_B = 13;
/** Stat items that each lruvec has. */
export const NR_LRUVEC_ITEMS = 14;

export const MEMCG_SWAP = 14;
export const MEMCG_SOCK = 15;
export const MEMCG_PERCPU_B = 16;
/** Stat items of a memcg. */
export const NR_MEMCG_ITEMS = 17;

export const PGFAULT = 0;
export const PGMAJFAULT = 1;
export const PGPGIN = 2;
export const PGPGOUT = 3;
export const PGREFILL = 4;
export const PGSCAN = 5;
export const PGSTEAL = 6;
export const PGACTIVATE = 7;
export const PGDEACTIVATE = 8;
export const NR_MEMCG_EVENTS = 9;

/** Items that count bytes, not pages: their batch is as many pages' bytes. */
export function isByteItem(item: number): boolean {
  return item === SLAB_RECLAIMABLE_B || item === SLAB_UNRECLAIMABLE_B || item === MEMCG_PERCPU_B;
}
