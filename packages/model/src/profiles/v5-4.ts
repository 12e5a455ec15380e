/**
 * Linux 5.4.286, SLAB, as recorded on 32 CPUs: one node, no PSI, no cgroup BPF. 2444 bytes per CPU and cgroup, 2356 in a
 * v1 hierarchy. Sizes and order of the areas, and the order of their release, are the recorded kernel's; cgroup's slab
 * objects are the recorded differences of /proc/slabinfo (fixtures/real-kernels/PROVENANCE.md).
 */

import { BOOT_AREAS_5_4 } from "./boot-5-4.ts";
import { slabCopies } from "./cache-copies.ts";
import { recordedSlabs, slabCaches } from "./caches.ts";
import { CACHES_5_4 } from "./caches-5-4.ts";
import { DELAYS } from "./delays.ts";
import { RULES_5_4 } from "./era-rules.ts";
import { KMALLOC_NAMES_SLAB } from "./kmalloc.ts";
import type { CgroupObjectSpec, KernelProfile, PercpuAreaSpec } from "./profile.ts";
import { FILE_SYSTEMS, TASK_5_4 } from "./tasks.ts";
import { WRITEBACK_AREAS } from "./writeback.ts";

// biome-ignore format: a table
const AREAS: readonly PercpuAreaSpec[] = [
  { what: "self css refcount", sizeBytes: 8, alignBytes: 8, accounted: false, controller: "core", perNode: false, freedBy: "kill", freeOrder: 2, v2Only: false, earlyRelease: false },
  { what: "rstat", sizeBytes: 64, alignBytes: 8, accounted: false, controller: "core", perNode: false, freedBy: "cgroup", freeOrder: 0, v2Only: true, earlyRelease: false },
  { what: "memcg vmstats (local)", sizeBytes: 912, alignBytes: 8, accounted: false, controller: "memory", perNode: false, freedBy: "css", freeOrder: 4, v2Only: false, earlyRelease: true },
  { what: "memcg vmstats", sizeBytes: 912, alignBytes: 8, accounted: false, controller: "memory", perNode: false, freedBy: "css", freeOrder: 3, v2Only: false, earlyRelease: true },
  { what: "lruvec stats (local)", sizeBytes: 256, alignBytes: 8, accounted: false, controller: "memory", perNode: true, freedBy: "css", freeOrder: 2, v2Only: false, earlyRelease: true },
  { what: "lruvec stats", sizeBytes: 256, alignBytes: 8, accounted: false, controller: "memory", perNode: true, freedBy: "css", freeOrder: 1, v2Only: false, earlyRelease: true },
  { what: "writeback domain counter", sizeBytes: 4, alignBytes: 4, accounted: false, controller: "memory", perNode: false, freedBy: "css", freeOrder: 0, v2Only: false, earlyRelease: false },
  { what: "memory css refcount", sizeBytes: 8, alignBytes: 8, accounted: false, controller: "memory", perNode: false, freedBy: "kill", freeOrder: 0, v2Only: false, earlyRelease: false },
  { what: "perf_event info", sizeBytes: 16, alignBytes: 8, accounted: false, controller: "perf_event", perNode: false, freedBy: "css", freeOrder: 5, v2Only: true, earlyRelease: false },
  { what: "perf_event css refcount", sizeBytes: 8, alignBytes: 8, accounted: false, controller: "perf_event", perNode: false, freedBy: "kill", freeOrder: 1, v2Only: true, earlyRelease: false },
];

const RECORDED = "recorded /proc/slabinfo of 5.4.286";
const OBJECT = { count: 1, perNode: false, v2Only: false, source: RECORDED } as const;
const INFERRED = `${RECORDED}; which structure: spec/memcg-slab.md B.3`;
/**
 * Recorded for each cgroup of v2 alive (11,000 of them): kmalloc-4k 1, -1k 2, -256 1, -32 22 that go with it (33 more
 * stay in the lists of all super blocks, which grow with the cgroups), 21 kernfs nodes, 1.7 id nodes. In a v1 hierarchy
 * (1000): kmalloc-4k 1, -1k 2, 28 kernfs nodes, kmalloc-32 25.5 that go with it.
 */
// biome-ignore format: a table
const OBJECTS: readonly CgroupObjectSpec[] = [
  { ...OBJECT, what: "cgroup", sizeBytes: 1024, cache: "kmalloc-1k", controller: "core", freedBy: "cgroup", source: INFERRED },
  { ...OBJECT, what: "kernfs node of the directory", sizeBytes: 128, cache: "kernfs_node_cache", controller: "core", freedBy: "cgroup" },
  { ...OBJECT, what: "mem_cgroup", sizeBytes: 3016, cache: "kmalloc-4k", controller: "memory", freedBy: "css", source: INFERRED },
  { ...OBJECT, what: "mem_cgroup_per_node", sizeBytes: 872, cache: "kmalloc-1k", perNode: true, controller: "memory", freedBy: "css", source: INFERRED },
  { ...OBJECT, what: "perf_cgroup", sizeBytes: 248, cache: "kmalloc-256", controller: "perf_event", freedBy: "css", v2Only: true, source: INFERRED },
  { ...OBJECT, what: "shrinker map", sizeBytes: 24, cache: "kmalloc-32", perNode: true, controller: "memory", freedBy: "css", source: INFERRED },
  { ...OBJECT, what: "kernfs nodes of the files", sizeBytes: 128, cache: "kernfs_node_cache", count: 20, controller: "core", freedBy: "rmdir", v2Only: true },
  { ...OBJECT, what: "names of the files", sizeBytes: 32, cache: "kmalloc-32", count: 20, controller: "core", freedBy: "rmdir", v2Only: true },
  { ...OBJECT, what: "kernfs nodes of the files", sizeBytes: 128, cache: "kernfs_node_cache", count: 27, controller: "core", freedBy: "rmdir", v1Only: true },
  { ...OBJECT, what: "names of the files", sizeBytes: 32, cache: "kmalloc-32", count: 26, controller: "core", freedBy: "rmdir", v1Only: true },
  { ...OBJECT, what: "recorded, not attributed", sizeBytes: 32, cache: "kmalloc-32", controller: "core", freedBy: "cgroup" },
  { ...OBJECT, what: "recorded, not attributed (ids)", sizeBytes: 192, cache: "radix_tree_node", controller: "core", freedBy: "cgroup" },
];

export const V5_4: KernelProfile = {
  name: "5.4",
  title: "Linux 5.4.286, 32 CPUs, SLAB: as recorded",
  release: "5.4.286",
  source: "fixtures/real-kernels/PROVENANCE.md",
  nrCpus: 32,
  nrNodes: 1,
  staticPercpuBytes: 183832,
  era: undefined,
  // NUMA: /proc/slabinfo has its caches, numa_policy and shared_policy_node.
  config: { numa: true, psi: false, bpf: false },
  percpuPolicy: "vanilla",
  percpuVariants: { vanilla: { kinds: 1, emptyCount: "global" } },
  memcgRules: RULES_5_4,
  cgroupAreas: AREAS,
  cgroupObjects: OBJECTS,
  slabAllocator: "SLAB",
  slabSource: undefined,
  slubChainBudget: "objects",
  arrayCachePolicy: "no-first-ipi",
  deadCachePolicy: "dead-caches-kept",
  caches: slabCaches(CACHES_5_4),
  cacheCopies: slabCopies(KMALLOC_NAMES_SLAB, true),
  writebackAreas: WRITEBACK_AREAS,
  writebackCache: "kmalloc-1k",
  tmpFileSystem: FILE_SYSTEMS.tmpfs,
  task: TASK_5_4,
  bootAreas: BOOT_AREAS_5_4,
  rootSubtreeControl: ["memory"],
  memTotalKb: 5_061_992,
  memFreeKb: 4_743_000,
  bootSlab: { kind: "recorded", nrSlabs: recordedSlabs(CACHES_5_4) },
  ...DELAYS,
  gracePeriodNs: 260_000_000,
  // The loop of mail 004 on 2 CPUs: 1.3 to 2.1 ms a cgroup, two calls here.
  callNs: 650_000,
  // Of the same, without the guard: all copies made within the loop on 2 CPUs; 55 s for 5000 on 8, 18 s for 500 on 32.
  barrierNs: [
    [1, 200_000],
    [8, 12_500_000],
    [32, 36_000_000],
  ],
  execNs: 192_000_000,
  copyDestroyNs: 12_200_000_000,
  copyObjectsNs: 36_000_000_000,
  workMovesTasks: false,
  // Recorded: 15 to 20 on most CPUs.
  bootCallIpis: 16,
  // Recorded: 880 dentries more after 11,000 mkdirs, one for each rmdir.
  mkdirKeepsDentry: false,
  cachesAreWarm: false,
};
