/**
 * What processes and files take. Inputs of a machine: ordinary counts of a small C program under a shell, measured on no
 * machine. What matters for experiments is which caches are touched, not how often.
 */

import type { FileSystemSpec, TaskSpec } from "./profile.ts";

// biome-ignore format: a table
const FORK_OBJECTS = [
  ["task_struct", 1], ["signal_cache", 1], ["sighand_cache", 1], ["files_cache", 1], ["fs_cache", 1],
  ["mm_struct", 1], ["vm_area_struct", 12], ["anon_vma", 6], ["anon_vma_chain", 12], ["pid", 1], ["cred_jar", 1],
] as const;

const INPUT = "input: ordinary counts; the set of caches from spec/memcg-slab.md D.6 (loop of mail 001)";

/**
 * 5.4. A recorded program of mail 001's loop makes nine copies of caches with small objects, four with objects of 256 to
 * 1024 bytes, two up to 4096 and task_struct's; this is that set but for one of the two, whose name is not known, and
 * for seq_file: that of the control file which the shell opens from inside the cgroup to leave it.
 */
export const TASK_5_4: TaskSpec = {
  stackPages: 4,
  pageTablePages: 12,
  execAnonPages: 40,
  forkCopiedPages: 4,
  forkObjects: FORK_OBJECTS,
  execObjects: [
    ["cred_jar", 1],
    // Unaccounted: what its lookups and its start take, by the recorded growth of these caches on each CPU.
    ["names_cache", 3],
    ["kmalloc-512", 2],
  ],
  openObjects: [["filp", 1]],
  seqFileObjects: [["seq_file", 1]],
  writeBufferObjects: [],
  source: `${INPUT}; recorded 5.4.286 (sizes of the copies)`,
};

/** 4.12 to 5.12, with delay accounting built in. The inode is of a pipe or pseudo file that a program opens. */
export const TASK_5_0: TaskSpec = {
  ...TASK_5_4,
  forkObjects: [...FORK_OBJECTS, ["task_delay_info", 1]],
  execObjects: [
    ["cred_jar", 1],
    ["inode_cache", 1],
  ],
  // The caches of these kernels here have none; the buffer behind a seq_file is kmalloc's.
  seqFileObjects: [],
  source: INPUT,
};

/**
 * 4.12 with programs of its time: the C library maps a buffer for each file that is written through stdio, and unmapping
 * the lower edge of a merged area takes an area and a link of its own.
 */
export const TASK_4_12: TaskSpec = {
  ...TASK_5_0,
  // biome-ignore format: a table
  writeBufferObjects: [["vm_area_struct", 1], ["anon_vma_chain", 1]],
  source: `${INPUT}; buffers: spec/memcg-slab.md D.6 (loop of mail 004)`,
};

/**
 * 6.1: SLUB gives fs_cache's objects from another cache of 64 bytes; /proc/slabinfo does not name it. What a program
 * takes beside: the caches that grew by a slab for every other CPU or more under mail 001's loop, recorded on 32 CPUs.
 */
export const TASK_6_1: TaskSpec = {
  ...TASK_5_4,
  forkObjects: FORK_OBJECTS.map(([cache, count]) => [cache === "fs_cache" ? "kmalloc-cg-64" : cache, count] as const),
  // biome-ignore format: a table
  execObjects: [
    ["cred_jar", 1], ["seq_file", 1], ["names_cache", 1], ["proc_inode_cache", 1], ["inode_cache", 1], ["maple_node", 1],
    ["kmalloc-cg-2k", 1], ["kmalloc-512", 1], ["kmalloc-96", 1],
  ],
  source: `${INPUT}; which caches: recorded 6.1.192`,
};

export const FILE_SYSTEMS = {
  tmpfs: { name: "tmpfs", inodeCache: "shmem_inode_cache", memoryOnly: true, cgroupWriteback: false },
  ext4: { name: "ext4", inodeCache: "ext4_inode_cache", memoryOnly: false, cgroupWriteback: true },
  /** An input: a disk whose file system does no writeback by cgroup. */
  xfs: { name: "xfs", inodeCache: "xfs_inode", memoryOnly: false, cgroupWriteback: false },
} as const satisfies Record<string, FileSystemSpec>;
