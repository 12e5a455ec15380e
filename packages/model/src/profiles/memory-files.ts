/**
 * Which files the memory controller shows in a cgroup of v2, and which lines memory.stat has, era by era. Only what the
 * machine keeps: no pressure files, no oom.group, no swap.high, no zswap.
 *
 * Source: Documentation/admin-guide/cgroup-v2.rst of each version; spec/memcg-slab.md A.4.
 */

export interface MemoryFiles {
  /** Names of the files, in the order they were added; those of swap too. */
  readonly files: readonly string[];
  /** Keys of memory.stat, in their order. */
  readonly statLines: readonly string[];
  /** Keys of memory.events, in their order. */
  readonly eventLines: readonly string[];
}

/** Before v2. */
export const NO_MEMORY_FILES: MemoryFiles = { files: [], statLines: [], eventLines: [] };

const LISTS = ["inactive_anon", "active_anon", "inactive_file", "active_file", "unevictable"];
const SLAB = ["slab_reclaimable", "slab_unreclaimable"];
const FILE_LINES = ["sock", "shmem", "file_mapped", "file_dirty"];
const RECLAIM = ["pgrefill", "pgscan", "pgsteal", "pgactivate", "pgdeactivate"];

const FILES_4_12 = [
  "memory.current",
  "memory.events",
  "memory.high",
  "memory.low",
  "memory.max",
  "memory.stat",
  "memory.swap.current",
  "memory.swap.max",
];
const STAT_4_12 = ["anon", "file", "kernel_stack", "slab", ...FILE_LINES, ...LISTS, ...SLAB, "pgfault", "pgmajfault"];

export const MEMORY_FILES_4_12: MemoryFiles = {
  files: FILES_4_12,
  statLines: STAT_4_12,
  eventLines: ["low", "high", "max", "oom"],
};

export const MEMORY_FILES_5_0: MemoryFiles = {
  files: [...FILES_4_12, "memory.min"],
  statLines: [...STAT_4_12, ...RECLAIM],
  eventLines: ["low", "high", "max", "oom", "oom_kill"],
};

export const MEMORY_FILES_5_4: MemoryFiles = {
  ...MEMORY_FILES_5_0,
  files: [...MEMORY_FILES_5_0.files, "memory.events.local"],
};

const HEAD_5_12 = ["anon", "file", "kernel_stack", "pagetables", "percpu", ...FILE_LINES, ...LISTS, ...SLAB, "slab"];

export const MEMORY_FILES_5_12: MemoryFiles = {
  ...MEMORY_FILES_5_4,
  files: [...MEMORY_FILES_5_4.files, "memory.numa_stat"],
  statLines: [...HEAD_5_12, "pgfault", "pgmajfault", ...RECLAIM],
};

export const MEMORY_FILES_6_1: MemoryFiles = {
  ...MEMORY_FILES_5_12,
  files: [...MEMORY_FILES_5_12.files, "memory.peak", "memory.reclaim"],
  statLines: [...HEAD_5_12, "pgscan", "pgsteal", "pgfault", "pgmajfault", "pgrefill", "pgactivate", "pgdeactivate"],
};
