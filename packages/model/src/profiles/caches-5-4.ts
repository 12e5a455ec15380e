/**
 * The slab caches of a recorded 5.4.286 (SLAB, 32 CPUs), in the order of its /proc/slabinfo, and how many slabs each had
 * when the script began. fs_cache is laid out as if it had a constructor. ext4 and xfs were not built in: sizes of 5.0.
 * Which caches are accounted and reclaimable: spec/memcg-slab.md D.1, D.6.
 *
 * Source: fixtures/real-kernels/5.4-32cpu.slabinfo.txt
 */

import type { RecordedCacheRow } from "./caches.ts";

// biome-ignore format: a table
export const CACHES_5_4: readonly RecordedCacheRow[] = [
  ["kioctx", 640, "", 0], ["aio_kiocb", 192, "", 0], ["dio", 640, "", 0], ["bio-1", 256, "", 1],
  ["fasync_cache", 48, "", 0], ["pid_namespace", 200, "", 0], ["posix_timers_cache", 256, "", 0],
  ["UNIX", 960, "", 1], ["ip4-frags", 200, "", 0], ["UDP-Lite", 1024, "", 0], ["tcp_bind_bucket", 64, "c", 0],
  ["inet_peer_cache", 192, "", 0], ["ip_fib_trie", 48, "", 0], ["ip_fib_alias", 56, "", 0],
  ["ip_dst_cache", 192, "", 0], ["PING", 896, "", 0], ["RAW", 896, "", 16], ["UDP", 1024, "", 0],
  ["tw_sock_TCP", 200, "", 0], ["request_sock_TCP", 256, "", 0], ["TCP", 2112, "", 0], ["eventpoll_pwq", 72, "", 0],
  ["eventpoll_epi", 128, "", 0], ["inotify_inode_mark", 80, "", 0], ["request_queue", 1856, "", 0],
  ["blkdev_ioc", 104, "", 0], ["bio-0", 192, "", 1], ["biovec-max", 4096, "", 6], ["biovec-128", 2048, "", 0],
  ["biovec-64", 1024, "", 0], ["biovec-16", 256, "", 0], ["khugepaged_mm_slot", 112, "", 0],
  ["uid_cache", 128, "", 0], ["sock_inode_cache", 704, "acr", 16], ["skbuff_fclone_cache", 448, "", 0],
  ["skbuff_head_cache", 256, "", 2], ["file_lock_cache", 216, "", 0], ["file_lock_ctx", 56, "", 0],
  ["fsnotify_mark_connector", 32, "", 0], ["net_namespace", 1408, "", 0], ["proc_dir_entry", 192, "", 13],
  ["pde_opener", 40, "", 1], ["proc_inode_cache", 648, "acr", 14], ["seq_file", 128, "a", 5], ["sigqueue", 80, "", 3],
  ["bdev_cache", 832, "acr", 1], ["shmem_inode_cache", 688, "ac", 72], ["kernfs_iattrs_cache", 80, "", 1],
  ["kernfs_node_cache", 128, "", 280], ["mnt_cache", 320, "", 5], ["filp", 256, "a", 13],
  ["inode_cache", 576, "acr", 394], ["dentry", 192, "ar", 173], ["names_cache", 4096, "", 20],
  ["buffer_head", 104, "r", 0], ["uts_namespace", 440, "", 0], ["nsproxy", 56, "", 1],
  ["vm_area_struct", 192, "a", 25], ["fs_cache", 64, "ac", 2], ["files_cache", 704, "a", 7],
  ["signal_cache", 960, "a", 70], ["sighand_cache", 2112, "ac", 87], ["task_struct", 5184, "a", 265],
  ["cred_jar", 128, "a", 14], ["anon_vma_chain", 64, "a", 8], ["anon_vma", 96, "ac", 9], ["pid", 128, "a", 10],
  ["Acpi-Operand", 72, "", 35], ["Acpi-ParseExt", 80, "", 2], ["Acpi-Parse", 56, "", 1], ["Acpi-State", 80, "", 2],
  ["Acpi-Namespace", 48, "", 5], ["shared_policy_node", 48, "", 0], ["numa_policy", 24, "", 1],
  ["trace_event_file", 96, "", 10], ["ftrace_event_field", 48, "", 13], ["pool_workqueue", 256, "", 2],
  ["radix_tree_node", 192, "cr", 73], ["task_group", 640, "", 0], ["mm_struct", 960, "a", 14],
  ["vmap_area", 64, "", 12], ["kmalloc-rcl-4M", 4194304, "r", 0], ["kmalloc-rcl-2M", 2097152, "r", 0],
  ["kmalloc-rcl-1M", 1048576, "r", 0], ["kmalloc-rcl-512k", 524288, "r", 0], ["kmalloc-rcl-256k", 262144, "r", 0],
  ["kmalloc-rcl-128k", 131072, "r", 0], ["kmalloc-rcl-64k", 65536, "r", 0], ["kmalloc-rcl-32k", 32768, "r", 0],
  ["kmalloc-rcl-16k", 16384, "r", 0], ["kmalloc-rcl-8k", 8192, "r", 0], ["kmalloc-rcl-4k", 4096, "r", 0],
  ["kmalloc-rcl-2k", 2048, "r", 0], ["kmalloc-rcl-1k", 1024, "r", 0], ["kmalloc-rcl-512", 512, "r", 0],
  ["kmalloc-rcl-256", 256, "r", 0], ["kmalloc-rcl-192", 192, "r", 0], ["kmalloc-rcl-128", 128, "r", 0],
  ["kmalloc-rcl-96", 128, "r", 0], ["kmalloc-rcl-64", 64, "r", 1], ["kmalloc-rcl-32", 32, "r", 0],
  ["kmalloc-4M", 4194304, "", 0], ["kmalloc-2M", 2097152, "", 0], ["kmalloc-1M", 1048576, "", 0],
  ["kmalloc-512k", 524288, "", 0], ["kmalloc-256k", 262144, "", 1], ["kmalloc-128k", 131072, "", 1],
  ["kmalloc-64k", 65536, "", 0], ["kmalloc-32k", 32768, "", 0], ["kmalloc-16k", 16384, "", 0],
  ["kmalloc-8k", 8192, "", 3], ["kmalloc-4k", 4096, "", 89], ["kmalloc-2k", 2048, "", 75],
  ["kmalloc-1k", 1024, "", 58], ["kmalloc-512", 512, "", 135], ["kmalloc-256", 256, "", 89],
  ["kmalloc-192", 192, "", 33], ["kmalloc-96", 128, "", 21], ["kmalloc-64", 64, "", 1057], ["kmalloc-32", 32, "", 55],
  ["kmalloc-128", 128, "", 15], ["kmem_cache", 320, "", 11], ["ext4_inode_cache", 1072, "acr", 0],
  ["xfs_inode", 960, "acr", 0],
];
