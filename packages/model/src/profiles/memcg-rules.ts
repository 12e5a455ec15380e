/**
 * What the memory controller of an era does where eras differ: data of a kernel profile, never a version to ask for.
 *
 * Source: spec/memcg-slab.md 0, A.2, A.3, C.2, E.5.
 */

import type { MemoryFiles } from "./memory-files.ts";

export interface MemcgRules {
  /** Pages of tasks and files: each pins its memcg; are moved to the parent by rmdir; or by offline (LRU reparenting). */
  readonly userPages: "pin" | "move-at-rmdir" | "reparent-at-offline";
  /**
   * Kernel objects. `copy-pins`: a copy of each cache for each memcg, the copy holds a reference. `page-pins`: copies,
   * each of their slab pages holds one. `reparented-copies`: copies move to the parent at offline.
   * `shared`: one set of caches, each object names its owner, which moves to the parent.
   */
  readonly kernelObjects: "copy-pins" | "page-pins" | "reparented-copies" | "shared";
  /** Kernel pages outside slab (stacks, page tables): each pins, or is owned through an object that moves to the parent. */
  readonly kernelPages: "pin" | "owner";
  /** Writeback structures per memcg and disk: not there; pin until their inodes go; their inodes are switched away. */
  readonly writeback: "none" | "pin" | "switch";
  /** Kernel memory is accounted from the first write of a kmem limit on, or always. */
  readonly kmemAccounting: "opt-in" | "always";
  /** Per-CPU counters summed by readers; batched into atomics of the memcg; of it and all ancestors; or rstat. */
  readonly statistics: "percpu-sum" | "batch-local" | "batch-hierarchy" | "rstat";
  /** What a per-CPU counter may hold before it is folded, pages; 0 without batching. */
  readonly statBatchPages: number;
  /** Pages one CPU keeps charged in stock for one memcg. */
  readonly stockPages: number;
  /** When the memcg's 16-bit id can be used again, if nothing in swap names it. */
  readonly idHeldUntil: "freed" | "offline";
  /** What mkdir answers when all ids are taken. */
  readonly idsExhausted: "ENOSPC" | "ENOMEM";
  /** Reclaim raises a scan count of zero to min(list, 32) pages for a memcg that is offline. */
  readonly offlineScanFloor: boolean;
  /** The split of a scan between anonymous and file pages rounds: down, up, up for offline memcgs only. */
  readonly scanRounding: "down" | "up" | "up-when-offline";
  /** What each 4 bytes of an accounted percpu area cost beside the area itself: the pointer to its owner; 0 uncounted. */
  readonly percpuOwnerBytes: 0 | 8;
  /** `cgroup.stat` shows counts per controller (6.12 and later). */
  readonly statPerController: boolean;
  /** `cgroup.stat` exists (4.14 and later). */
  readonly hasCgroupStat: boolean;
  /** Files of a v2 cgroup, and the lines in them. */
  readonly memoryFiles: MemoryFiles;
}
