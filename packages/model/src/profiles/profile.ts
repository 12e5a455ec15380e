/**
 * A kernel profile: everything about a machine that is data, not behaviour. Two machines differ in their profile and in
 * nothing else; the mechanism never asks for a version.
 *
 * Source: spec/memcg-slab.md B, recorded kernels (see each profile).
 */

import type { EmptyCount } from "../percpu/state.ts";
import type { EraConstants, KernelConfig } from "./era-constants.ts";
import type { MemcgRules } from "./memcg-rules.ts";
import type { SlabSource } from "./slab-parts.ts";

/** When a dying cgroup gives a percpu area back. */
export type FreedBy =
  /** The reference count is killed: one grace period after rmdir. */
  | "kill"
  /** The last reference to the object cgroup goes: one grace period after offline. */
  | "objcg"
  /** The controller's state is freed by a worker, one grace period after its last reference. */
  | "css"
  /** The cgroup itself is freed by a worker, one grace period after its last controller. */
  | "cgroup";

/** Which part of a cgroup an object belongs to; `core` is always there. */
export type CgroupPart = "core" | "memory" | "perf_event";

/** One percpu area of a cgroup, in the order in which mkdir takes them. */
export interface PercpuAreaSpec {
  /** The object, in the kernel's words. */
  readonly what: string;
  readonly sizeBytes: number;
  readonly alignBytes: number;
  /** Allocated with accounting: charged to the parent memcg, unless that is the root. */
  readonly accounted: boolean;
  readonly controller: CgroupPart;
  /** Taken once for each possible node; neighbours in the list that are per node go node by node. */
  readonly perNode: boolean;
  readonly freedBy: FreedBy;
  /** Order among the areas freed by the same event, from 0. */
  readonly freeOrder: number;
  /** Cgroups of the v1 memory hierarchy do not have it. */
  readonly v2Only: boolean;
  /** Statistics that early release gives back once the memcg is offline. */
  readonly earlyRelease: boolean;
}

/** Slab objects of one kind that a cgroup holds. */
export interface CgroupObjectSpec {
  readonly what: string;
  /** sizeof, or what is asked of kmalloc, bytes. */
  readonly sizeBytes: number;
  /** Name of the cache it comes from; one of the profile's `caches`. */
  readonly cache: string;
  readonly count: number;
  /** `count` for each possible node. */
  readonly perNode: boolean;
  readonly controller: CgroupPart;
  /** As with areas; `rmdir`: at once (the files of the directory). */
  readonly freedBy: FreedBy | "rmdir";
  readonly v2Only: boolean;
  /** Only cgroups of the v1 memory hierarchy have it. */
  readonly v1Only?: boolean;
  readonly source: string;
}

/** A slab cache as the machine needs it: how many objects share how many pages. */
export interface CacheSpec {
  readonly name: string;
  /** Distance of two objects in a slab, bytes. */
  readonly sizeBytes: number;
  readonly objectsPerSlab: number;
  readonly pagesPerSlab: number;
  /** Objects are charged to the memcg of the task that asks for them (GFP_KERNEL_ACCOUNT or SLAB_ACCOUNT). */
  readonly accounted: boolean;
  /** Counts as SReclaimable. */
  readonly reclaimable: boolean;
}

/** What a copy of a cache for one memcg takes beside its slabs; undefined where there are no copies. */
export interface CacheCopySpec {
  /** Percpu areas of a copy of `cache`, [bytes, align] each, in the order of allocation. */
  readonly areas: (cache: CacheSpec) => readonly (readonly [sizeBytes: number, alignBytes: number])[];
  /** Slab objects of a copy: the cache's own structures, by cache name. */
  readonly objects: readonly string[];
  /** Those beside for each possible node, by cache name: the node's structure; SLAB's shared array, by the cache. */
  readonly cacheObjects?: (cache: CacheSpec) => readonly string[];
  readonly source: string;
}

/** A file system that scripts put files on. */
export interface FileSystemSpec {
  readonly name: string;
  /** Cache of its inodes. */
  readonly inodeCache: string;
  /** Its pages live in memory alone: they go to swap or with the file, not to a disk. */
  readonly memoryOnly: boolean;
  /** Dirty pages make a writeback structure for each memcg. */
  readonly cgroupWriteback: boolean;
}

/** What processes take: page counts and slab objects by cache name. Inputs of the machine, not results. */
export interface TaskSpec {
  /** Pages of the kernel stack. */
  readonly stackPages: number;
  /** Page-table pages of a process. */
  readonly pageTablePages: number;
  /** Anonymous pages a program has touched when it runs. */
  readonly execAnonPages: number;
  /** Anonymous pages a shell writes to again after a fork (copy on write). */
  readonly forkCopiedPages: number;
  /** Slab objects of a task from fork to exit, [cache, count]. */
  readonly forkObjects: readonly (readonly [cache: string, count: number])[];
  /** Slab objects of a program from exec to exit, over those. */
  readonly execObjects: readonly (readonly [cache: string, count: number])[];
  /** Objects of one open file. */
  readonly openObjects: readonly (readonly [cache: string, count: number])[];
  /** Those beside of one whose text the kernel makes as it is read: /proc and control files. */
  readonly seqFileObjects: readonly (readonly [cache: string, count: number])[];
  /** What the program's own buffer takes from the first write to an open file until it is closed. */
  readonly writeBufferObjects: readonly (readonly [cache: string, count: number])[];
  readonly source: string;
}

/** Areas that live before the experiment, unaccounted: the whole `pattern` in its order, `repeats` times over. */
export interface BootAreas {
  readonly pattern: readonly (readonly [sizeBytes: number, alignBytes: number, count: number])[];
  readonly repeats: number;
  /**
   * Areas freed again during boot: `area`, the number of the area in the pattern from 0, once `taken` of the pattern have
   * been taken; in the order of the frees. Undefined: none.
   */
  readonly freed?: readonly (readonly [taken: number, area: number])[];
}

/** Slabs of each cache, in the order of the profile's; or so much memory in all, spread over its caches. */
type BootSlab =
  | { readonly kind: "recorded"; readonly nrSlabs: readonly number[] }
  | { readonly kind: "spread"; readonly reclaimableKb: number; readonly unreclaimableKb: number };

/** How a percpu policy stood in a kernel tree: kinds of chunk and how empty pages are counted. */
export interface PercpuVariant {
  readonly kinds: 1 | 2;
  readonly emptyCount: EmptyCount;
}

export interface KernelProfile {
  readonly name: string;
  /** One line for `--help`. */
  readonly title: string;
  /** As `uname -r` prints it. */
  readonly release: string;
  /** Where the figures come from. */
  readonly source: string;
  readonly nrCpus: number;
  readonly nrNodes: number;
  readonly staticPercpuBytes: number;
  /** Kept for the static variables of modules; undefined: as x86-64 keeps. */
  readonly reservedPercpuBytes?: number;
  /** What its structures are computed from; undefined where they are as recorded. */
  readonly era: EraConstants | undefined;
  readonly config: KernelConfig;
  /** Percpu policy of the unmodified kernel. */
  readonly percpuPolicy: string;
  /** Variant for each policy that was ever tried on this kernel; others take that of `percpuPolicy`. */
  readonly percpuVariants: Readonly<Record<string, PercpuVariant>>;
  /** What a comparison on this kernel shows unless told otherwise; undefined: every policy it has a variant for. */
  readonly comparedPolicies?: readonly string[];
  readonly memcgRules: MemcgRules;
  readonly cgroupAreas: readonly PercpuAreaSpec[];
  readonly cgroupObjects: readonly CgroupObjectSpec[];
  readonly slabAllocator: "SLAB" | "SLUB";
  /** What its caches are computed from; undefined where they are as recorded. */
  readonly slabSource: SlabSource | undefined;
  /** What SLUB's chains of partial slabs are measured in: free objects up to 5.15, slabs from then on. */
  readonly slubChainBudget: "objects" | "slabs";
  /** Policy by which the unmodified kernel sets up SLAB's arrays, and by which copies end that hold their memcg. */
  readonly arrayCachePolicy: string;
  readonly deadCachePolicy: string;
  readonly caches: readonly CacheSpec[];
  readonly cacheCopies: CacheCopySpec | undefined;
  /** Percpu areas of a writeback structure (memcg, disk), [bytes, align] each. */
  readonly writebackAreas: readonly (readonly [sizeBytes: number, alignBytes: number])[];
  /** Cache of the writeback structure; "" without one. */
  readonly writebackCache: string;
  readonly tmpFileSystem: FileSystemSpec;
  readonly task: TaskSpec;
  /** What lives in the chunks before the experiment: an input, not a result. */
  readonly bootAreas: BootAreas;
  /** Controllers enabled for the children of the root when the experiment begins, as the init system left them. */
  readonly rootSubtreeControl: readonly "memory"[];
  readonly memTotalKb: number;
  readonly memFreeKb: number;
  /** Slab memory when the experiment begins: an input. */
  readonly bootSlab: BootSlab;
  /** Length of an RCU grace period, ns. Callbacks run at the end of the first whole one after they were queued. */
  readonly gracePeriodNs: number;
  /** What one item of the cgroup destroy queue takes, ns; its items run one after the other. */
  readonly destroyItemNs: number;
  /** From asking for the percpu balance work to its run, ns. */
  readonly balanceDelayNs: number;
  /** What starting one program takes, ns of virtual time. */
  readonly execNs: number;
  /** What a system call by a command within the shell takes (`enable -f`), ns. */
  readonly callNs: number;
  /** A task goes on at another CPU when a work item ran on its own. */
  readonly workMovesTasks: boolean;
  /** What interrupting all other CPUs and waiting for them takes, [from so many CPUs on, ns] in ascending order. */
  readonly barrierNs: readonly (readonly [nrCpus: number, ns: number])[];
  /** From the moment a task that asked for a missing cache copy gives way to the copy's creation, ns. */
  readonly copyDelayNs: number;
  /** What the destruction of a copy that its offline memcg gave up takes beyond a grace period, ns. */
  readonly copyDestroyNs: number;
  /** From the freeing of a copy's percpu areas to that of its own structures, ns. */
  readonly copyObjectsNs: number;
  /** Function-call interrupts that each CPU has counted when the experiment begins: an input. */
  readonly bootCallIpis: number;
  /** mkdir of a cgroup leaves a dentry behind; else the first lookup of the directory makes one. */
  readonly mkdirKeepsDentry: boolean;
  /** The CPUs have objects of the caches that programs use at hand when the experiment begins. */
  readonly cachesAreWarm: boolean;
}
