/**
 * The slab caches of a recorded 6.1.192 (SLUB, 32 CPUs), in the order of its /proc/slabinfo, and how many slabs each had
 * when the script began. ext4 and xfs were not built in: sizes of 5.0. Which caches are accounted and reclaimable:
 * spec/memcg-slab.md D.1, D.6; kmalloc-cg: 5.14 and later.
 *
 * Source: fixtures/real-kernels/6.1-32cpu.slabinfo.txt
 */

import type { RecordedCacheRow } from "./caches.ts";

// biome-ignore format: a table
export const CACHES_6_1: readonly RecordedCacheRow[] = [
  ["bio-240", 256, "", 1], ["dio", 640, "", 0], ["ip4-frags", 200, "", 0], ["ip_fib_trie", 48, "", 0],
  ["ip_fib_alias", 56, "", 0], ["PING", 896, "", 0], ["RAW", 960, "", 2], ["UDP", 1088, "", 0],
  ["tw_sock_TCP", 232, "", 0], ["request_sock_TCP", 272, "", 0], ["TCP", 2176, "", 0], ["ep_head", 16, "", 0],
  ["request_queue_srcu", 1304, "", 0], ["request_queue", 920, "", 0], ["blkdev_ioc", 16, "", 0],
  ["bio-176", 192, "", 1], ["biovec-max", 4096, "", 2], ["biovec-128", 2048, "", 0], ["biovec-64", 1024, "", 0],
  ["khugepaged_mm_slot", 112, "", 0], ["uid_cache", 192, "", 0], ["sock_inode_cache", 832, "acr", 4],
  ["skbuff_fclone_cache", 448, "", 0], ["skbuff_head_cache", 256, "", 2], ["file_lock_cache", 216, "", 0],
  ["buffer_head", 104, "r", 0], ["proc_dir_entry", 192, "", 7], ["pde_opener", 40, "", 3],
  ["proc_inode_cache", 688, "acr", 16], ["seq_file", 120, "a", 12], ["sigqueue", 80, "", 16],
  ["bdev_cache", 1280, "acr", 1], ["shmem_inode_cache", 760, "ac", 21], ["kernfs_iattrs_cache", 88, "", 2],
  ["kernfs_node_cache", 128, "", 383], ["mnt_cache", 320, "", 9], ["filp", 256, "a", 17],
  ["inode_cache", 616, "acr", 67], ["dentry", 192, "ar", 108], ["names_cache", 4096, "", 17],
  ["net_namespace", 1408, "", 0], ["uts_namespace", 432, "", 0], ["nsproxy", 72, "", 1],
  ["vm_area_struct", 144, "a", 22], ["files_cache", 704, "a", 8], ["signal_cache", 960, "a", 16],
  ["sighand_cache", 2112, "ac", 24], ["task_struct", 5376, "a", 52], ["cred_jar", 192, "a", 22],
  ["anon_vma_chain", 64, "a", 19], ["anon_vma", 104, "ac", 17], ["pid", 128, "a", 15], ["Acpi-Operand", 72, "", 34],
  ["Acpi-State", 80, "", 1], ["shared_policy_node", 48, "", 5], ["numa_policy", 32, "", 1],
  ["perf_event", 1200, "", 0], ["trace_event_file", 96, "", 10], ["ftrace_event_field", 56, "", 17],
  ["maple_node", 256, "", 19], ["radix_tree_node", 200, "cr", 56], ["task_group", 576, "", 0],
  ["mm_struct", 960, "a", 17], ["vmap_area", 64, "", 18], ["kmalloc-rcl-8k", 8192, "r", 0],
  ["kmalloc-rcl-4k", 4096, "r", 0], ["kmalloc-rcl-2k", 2048, "r", 0], ["kmalloc-rcl-1k", 1024, "r", 0],
  ["kmalloc-rcl-512", 512, "r", 0], ["kmalloc-rcl-256", 256, "r", 0], ["kmalloc-rcl-192", 192, "r", 0],
  ["kmalloc-rcl-128", 128, "r", 0], ["kmalloc-rcl-96", 96, "r", 0], ["kmalloc-rcl-64", 64, "r", 1],
  ["kmalloc-rcl-32", 32, "r", 0], ["kmalloc-rcl-16", 16, "r", 0], ["kmalloc-rcl-8", 8, "r", 0],
  ["kmalloc-cg-8k", 8192, "a", 1], ["kmalloc-cg-4k", 4096, "a", 10], ["kmalloc-cg-2k", 2048, "a", 4],
  ["kmalloc-cg-1k", 1024, "a", 11], ["kmalloc-cg-512", 512, "a", 4], ["kmalloc-cg-256", 256, "a", 1],
  ["kmalloc-cg-192", 192, "a", 15], ["kmalloc-cg-128", 128, "a", 4], ["kmalloc-cg-96", 96, "a", 4],
  ["kmalloc-cg-64", 64, "a", 2], ["kmalloc-cg-32", 32, "a", 10], ["kmalloc-cg-16", 16, "a", 2],
  ["kmalloc-cg-8", 8, "a", 9], ["kmalloc-8k", 8192, "", 3], ["kmalloc-4k", 4096, "", 16],
  ["kmalloc-2k", 2048, "", 10], ["kmalloc-1k", 1024, "", 19], ["kmalloc-512", 512, "", 56],
  ["kmalloc-256", 256, "", 58], ["kmalloc-192", 192, "", 37], ["kmalloc-128", 128, "", 19], ["kmalloc-96", 96, "", 9],
  ["kmalloc-64", 64, "", 569], ["kmalloc-32", 32, "", 42], ["kmalloc-16", 16, "", 18], ["kmalloc-8", 8, "", 37],
  ["kmem_cache_node", 64, "", 4], ["kmem_cache", 256, "", 6], ["ext4_inode_cache", 1072, "acr", 0],
  ["xfs_inode", 960, "acr", 0],
];
