/**
 * Linux 6.1.192 (Debian), SLUB, as recorded on 32 CPUs: one node, no PSI, no cgroup BPF.
 *
 * Sizes and order of a cgroup's areas, and the order of their release, are the recorded kernel's
 * (fixtures/real-kernels/PROVENANCE.md): 1820 bytes per CPU and cgroup.
 */

import { BOOT_AREAS_6_1 } from "./boot-6-1.ts";
import { recordedSlabs, slubCaches } from "./caches.ts";
import { CACHES_6_1 } from "./caches-6-1.ts";
import { DELAYS } from "./delays.ts";
import { RULES_6_1 } from "./era-rules.ts";
import type { CgroupObjectSpec, KernelProfile, PercpuAreaSpec } from "./profile.ts";
import { FILE_SYSTEMS, TASK_6_1 } from "./tasks.ts";
import { WRITEBACK_AREAS } from "./writeback.ts";

const NR_CPUS = 32;

// biome-ignore format: a table
const AREAS: readonly PercpuAreaSpec[] = [
  { what: "self css refcount", sizeBytes: 8, alignBytes: 8, accounted: false, controller: "core", perNode: false, freedBy: "kill", freeOrder: 2, v2Only: false, earlyRelease: false },
  { what: "rstat", sizeBytes: 64, alignBytes: 8, accounted: false, controller: "core", perNode: false, freedBy: "cgroup", freeOrder: 0, v2Only: false, earlyRelease: false },
  { what: "memcg vmstats", sizeBytes: 1032, alignBytes: 8, accounted: true, controller: "memory", perNode: false, freedBy: "css", freeOrder: 2, v2Only: false, earlyRelease: true },
  { what: "lruvec stats", sizeBytes: 656, alignBytes: 8, accounted: true, controller: "memory", perNode: true, freedBy: "css", freeOrder: 1, v2Only: false, earlyRelease: true },
  { what: "writeback domain counter", sizeBytes: 4, alignBytes: 4, accounted: false, controller: "memory", perNode: false, freedBy: "css", freeOrder: 0, v2Only: false, earlyRelease: false },
  { what: "memory css refcount", sizeBytes: 8, alignBytes: 8, accounted: false, controller: "memory", perNode: false, freedBy: "kill", freeOrder: 0, v2Only: false, earlyRelease: false },
  { what: "objcg refcount", sizeBytes: 8, alignBytes: 8, accounted: false, controller: "memory", perNode: false, freedBy: "objcg", freeOrder: 0, v2Only: false, earlyRelease: false },
  { what: "perf_event info", sizeBytes: 32, alignBytes: 8, accounted: false, controller: "perf_event", perNode: false, freedBy: "css", freeOrder: 3, v2Only: true, earlyRelease: false },
  { what: "perf_event css refcount", sizeBytes: 8, alignBytes: 8, accounted: false, controller: "perf_event", perNode: false, freedBy: "kill", freeOrder: 1, v2Only: true, earlyRelease: false },
];

const RECORDED = "recorded /proc/slabinfo of 6.1.192";
/** Of the same kernel with SLAB, whose kmalloc has no cache below 32 bytes. */
const RECORDED_V1 = "recorded /proc/slabinfo of 6.1.192 with SLAB, v1 memory hierarchy";
const INFERRED = `${RECORDED}; which structure: spec/memcg-slab.md B.3`;
const OBJECT = { count: 1, perNode: false, v2Only: false, source: RECORDED } as const;
/**
 * Recorded for each cgroup alive (11,000 of them): kmalloc-4k 1, -1k 4, -256 1, -64 5, -32 9.9, -16 19, 29 kernfs nodes,
 * 2.1 id nodes; for each dying: kmalloc-4k 1, -1k 4, -64 4.2, 1 kernfs node, 1.2 id nodes. The object cgroup stays with
 * the dying one as long as an object charged to it lives, here the inode of its file.
 */
// biome-ignore format: a table
const OBJECTS: readonly CgroupObjectSpec[] = [
  { ...OBJECT, what: "cgroup", sizeBytes: 1024, cache: "kmalloc-1k", controller: "core", freedBy: "cgroup", source: INFERRED },
  { ...OBJECT, what: "self css refcount data", sizeBytes: 56, cache: "kmalloc-64", controller: "core", freedBy: "cgroup", source: INFERRED },
  { ...OBJECT, what: "kernfs node of the directory", sizeBytes: 128, cache: "kernfs_node_cache", controller: "core", freedBy: "cgroup" },
  { ...OBJECT, what: "mem_cgroup", sizeBytes: 2248, cache: "kmalloc-4k", controller: "memory", freedBy: "css", source: INFERRED },
  { ...OBJECT, what: "memcg_vmstats", sizeBytes: 1024, cache: "kmalloc-1k", controller: "memory", freedBy: "css", source: INFERRED },
  { ...OBJECT, what: "mem_cgroup_per_node", sizeBytes: 1024, cache: "kmalloc-1k", perNode: true, controller: "memory", freedBy: "css", source: INFERRED },
  { ...OBJECT, what: "recorded, not attributed", sizeBytes: 1024, cache: "kmalloc-1k", controller: "memory", freedBy: "css" },
  { ...OBJECT, what: "memory css refcount data", sizeBytes: 56, cache: "kmalloc-64", controller: "memory", freedBy: "css", source: INFERRED },
  { ...OBJECT, what: "obj_cgroup", sizeBytes: 48, cache: "kmalloc-64", controller: "memory", freedBy: "objcg", source: INFERRED },
  { ...OBJECT, what: "objcg refcount data", sizeBytes: 56, cache: "kmalloc-64", controller: "memory", freedBy: "objcg", source: INFERRED },
  { ...OBJECT, what: "perf_cgroup", sizeBytes: 208, cache: "kmalloc-256", controller: "perf_event", freedBy: "css", v2Only: true, source: INFERRED },
  { ...OBJECT, what: "perf_event css refcount data", sizeBytes: 56, cache: "kmalloc-64", controller: "perf_event", freedBy: "css", v2Only: true, source: INFERRED },
  { ...OBJECT, what: "kernfs nodes of the files", sizeBytes: 128, cache: "kernfs_node_cache", count: 28, controller: "core", freedBy: "rmdir", v2Only: true },
  { ...OBJECT, what: "names of the files, short", sizeBytes: 16, cache: "kmalloc-16", count: 19, controller: "core", freedBy: "rmdir", v2Only: true },
  { ...OBJECT, what: "names of the files, long", sizeBytes: 32, cache: "kmalloc-32", count: 9, controller: "core", freedBy: "rmdir", v2Only: true },
  { ...OBJECT, what: "kernfs nodes of the files", sizeBytes: 128, cache: "kernfs_node_cache", count: 30, controller: "core", freedBy: "rmdir", v1Only: true, source: RECORDED_V1 },
  { ...OBJECT, what: "names of the files", sizeBytes: 32, cache: "kmalloc-32", count: 28, controller: "core", freedBy: "rmdir", v1Only: true, source: RECORDED_V1 },
  { ...OBJECT, what: "recorded, not attributed (ids)", sizeBytes: 200, cache: "radix_tree_node", controller: "core", freedBy: "cgroup" },
  { ...OBJECT, what: "recorded, not attributed (file ids)", sizeBytes: 200, cache: "radix_tree_node", controller: "core", freedBy: "rmdir" },
];

export const V6_1: KernelProfile = {
  name: "6.1",
  title: "Linux 6.1.192, 32 CPUs, SLUB: as recorded",
  release: "6.1.192",
  source: "fixtures/real-kernels/PROVENANCE.md",
  nrCpus: NR_CPUS,
  nrNodes: 1,
  staticPercpuBytes: 171496,
  era: undefined,
  // NUMA: /proc/slabinfo has its caches, numa_policy and shared_policy_node.
  config: { numa: true, psi: false, bpf: false },
  percpuPolicy: "upstream",
  percpuVariants: { upstream: { kinds: 1, emptyCount: "global" } },
  memcgRules: RULES_6_1,
  cgroupAreas: AREAS,
  cgroupObjects: OBJECTS,
  slabAllocator: "SLUB",
  slabSource: undefined,
  slubChainBudget: "slabs",
  arrayCachePolicy: "no-first-ipi",
  deadCachePolicy: "dead-caches-kept",
  caches: slubCaches(CACHES_6_1, NR_CPUS),
  cacheCopies: undefined,
  writebackAreas: WRITEBACK_AREAS,
  writebackCache: "kmalloc-1k",
  tmpFileSystem: FILE_SYSTEMS.tmpfs,
  task: TASK_6_1,
  bootAreas: BOOT_AREAS_6_1,
  rootSubtreeControl: ["memory"],
  memTotalKb: 7124616,
  memFreeKb: 6518800,
  bootSlab: { kind: "recorded", nrSlabs: recordedSlabs(CACHES_6_1) },
  ...DELAYS,
  gracePeriodNs: 30_000_000,
  workMovesTasks: false,
  // Recorded: 14 to 20 on most CPUs.
  bootCallIpis: 16,
  // Recorded: 11,424 dentries more after 11,000 mkdirs.
  mkdirKeepsDentry: true,
  cachesAreWarm: false,
};
