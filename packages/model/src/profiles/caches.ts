/**
 * The slab caches of the kernels: names, object sizes and what is special about each. Objects per slab follow from the
 * size (slab-geometry.ts); recorded kernels and the rule agree. Those of recorded kernels: caches-5-4.ts, caches-6-1.ts.
 *
 * Sources: spec/memcg-slab.md D.1, E.1 (sizes of 4.12 and 5.0), D.6 (which are accounted). Marked "input": sizes usual
 * for the era that no source here states.
 */

import type { CacheSpec } from "./profile.ts";
import { slabLayout, slubLayout } from "./slab-geometry.ts";

/**
 * [name, object size, flags]. Flags: `a` accounted; `r` reclaimable; `c` has a constructor or is safe under RCU, so that
 * SLAB keeps no index in its free objects.
 */
export type CacheRow = readonly [name: string, sizeBytes: number, flags: string];

/** [name, object size, flags, slabs when the experiment begins]. */
export type RecordedCacheRow = readonly [...CacheRow, nrBootSlabs: number];

export function slubCaches(rows: readonly (CacheRow | RecordedCacheRow)[], nrCpus: number): CacheSpec[] {
  return rows.map((row) => ({ ...flagged(row), ...slubLayout(row[1], nrCpus) }));
}

export function slabCaches(rows: readonly (CacheRow | RecordedCacheRow)[]): CacheSpec[] {
  return rows.map((row) => {
    const [, sizeBytes, flags] = row;
    return { ...flagged(row), ...slabLayout(sizeBytes, flags.includes("r"), !flags.includes("c")) };
  });
}

/** Slabs of recorded caches when the experiment begins, in their order. */
export function recordedSlabs(rows: readonly RecordedCacheRow[]): readonly number[] {
  return rows.map(([, , , nrBootSlabs]) => nrBootSlabs);
}

function flagged([name, sizeBytes, flags]: CacheRow | RecordedCacheRow) {
  return { name, sizeBytes, accounted: flags.includes("a"), reclaimable: flags.includes("r") };
}

/** kmalloc's caches of a SLUB kernel since 4.20; before that their names count bytes. */
// biome-ignore format: a table
export const KMALLOC_SLUB: readonly CacheRow[] = [
  ["kmalloc-8", 8, ""], ["kmalloc-16", 16, ""], ["kmalloc-32", 32, ""], ["kmalloc-64", 64, ""],
  ["kmalloc-96", 96, ""], ["kmalloc-128", 128, ""], ["kmalloc-192", 192, ""], ["kmalloc-256", 256, ""],
  ["kmalloc-512", 512, ""], ["kmalloc-1k", 1024, ""], ["kmalloc-2k", 2048, ""], ["kmalloc-4k", 4096, ""],
  ["kmalloc-8k", 8192, ""],
];

/** Those of a SLAB kernel: none below 32 bytes, and that for 96 has objects of 128. */
// biome-ignore format: a table
export const KMALLOC_SLAB: readonly CacheRow[] = [
  ["kmalloc-32", 32, ""], ["kmalloc-64", 64, ""], ["kmalloc-96", 128, ""], ["kmalloc-128", 128, ""],
  ["kmalloc-192", 192, ""], ["kmalloc-256", 256, ""], ["kmalloc-512", 512, ""], ["kmalloc-1k", 1024, ""],
  ["kmalloc-2k", 2048, ""], ["kmalloc-4k", 4096, ""], ["kmalloc-8k", 8192, ""],
];

/** kmalloc's caches by the names they had before 4.20. */
export function withLongNames(rows: readonly CacheRow[]): CacheRow[] {
  return rows.map(([name, sizeBytes, flags]) => [name.endsWith("k") ? `kmalloc-${sizeBytes}` : name, sizeBytes, flags]);
}

/** 4.12: spec D.1; signal, sighand, files: E.1. Input: fs_cache, pid, task_delay_info, radix_tree_node, xfs_inode. */
// biome-ignore format: a table
export const CACHES_4_12: readonly CacheRow[] = [
  ["dentry", 192, "ar"], ["inode_cache", 584, "acr"], ["proc_inode_cache", 648, "acr"],
  ["shmem_inode_cache", 688, "ac"], ["ext4_inode_cache", 1072, "acr"], ["xfs_inode", 960, "acr"],
  ["radix_tree_node", 576, "cr"], ["filp", 256, ""], ["names_cache", 4096, ""], ["kernfs_node_cache", 120, ""],
  ["task_struct", 8960, "a"], ["signal_cache", 1152, "a"], ["sighand_cache", 2112, "ac"], ["files_cache", 704, "a"],
  ["fs_cache", 64, "a"], ["mm_struct", 1984, "a"], ["vm_area_struct", 184, "a"], ["anon_vma", 80, "ac"],
  ["anon_vma_chain", 64, "a"], ["pid", 128, "a"], ["cred_jar", 192, "a"], ["task_delay_info", 80, "a"],
  ["kmem_cache", 256, ""], ["kmem_cache_node", 64, ""],
];

/** 5.0: spec E.1; accounts open files too (D.6). Input as for 4.12. */
// biome-ignore format: a table
export const CACHES_5_0: readonly CacheRow[] = [
  ["dentry", 192, "ar"], ["inode_cache", 584, "acr"], ["proc_inode_cache", 648, "acr"],
  ["shmem_inode_cache", 688, "ac"], ["ext4_inode_cache", 1072, "acr"], ["xfs_inode", 960, "acr"],
  ["radix_tree_node", 576, "cr"], ["filp", 256, "a"], ["names_cache", 4096, ""], ["kernfs_node_cache", 128, ""],
  ["task_struct", 9024, "a"], ["signal_cache", 1152, "a"], ["sighand_cache", 2112, "ac"], ["files_cache", 704, "a"],
  ["fs_cache", 64, "a"], ["mm_struct", 1024, "a"], ["vm_area_struct", 200, "a"], ["anon_vma", 80, "ac"],
  ["anon_vma_chain", 64, "a"], ["pid", 128, "a"], ["cred_jar", 192, "a"], ["task_delay_info", 80, "a"],
  ["kmem_cache", 384, ""], ["kmem_cache_node", 64, ""],
];
