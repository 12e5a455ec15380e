/**
 * Linux 6.1.192 (Debian), SLUB, as recorded on 32 CPUs: one node, no PSI, no cgroup BPF.
 *
 * Sizes and order of a cgroup's areas, and the order of their release, are the recorded kernel's
 * (fixtures/real-kernels/PROVENANCE.md): 1820 bytes per CPU and cgroup.
 */

import { BOOT_AREAS_6_1 } from "./boot-6-1.ts";
import type { KernelProfile, PercpuAreaSpec } from "./profile.ts";

// biome-ignore format: a table
const AREAS: readonly PercpuAreaSpec[] = [
  { what: "self css refcount", sizeBytes: 8, alignBytes: 8, accounted: false, controller: "core", perNode: false, freedBy: "kill", freeOrder: 2 },
  { what: "rstat", sizeBytes: 64, alignBytes: 8, accounted: false, controller: "core", perNode: false, freedBy: "cgroup", freeOrder: 0 },
  { what: "memcg vmstats", sizeBytes: 1032, alignBytes: 8, accounted: true, controller: "memory", perNode: false, freedBy: "css", freeOrder: 2 },
  { what: "lruvec stats", sizeBytes: 656, alignBytes: 8, accounted: true, controller: "memory", perNode: true, freedBy: "css", freeOrder: 1 },
  { what: "writeback domain counter", sizeBytes: 4, alignBytes: 4, accounted: false, controller: "memory", perNode: false, freedBy: "css", freeOrder: 0 },
  { what: "memory css refcount", sizeBytes: 8, alignBytes: 8, accounted: false, controller: "memory", perNode: false, freedBy: "kill", freeOrder: 0 },
  { what: "objcg refcount", sizeBytes: 8, alignBytes: 8, accounted: false, controller: "memory", perNode: false, freedBy: "objcg", freeOrder: 0 },
  { what: "perf_event info", sizeBytes: 32, alignBytes: 8, accounted: false, controller: "perf_event", perNode: false, freedBy: "css", freeOrder: 3 },
  { what: "perf_event css refcount", sizeBytes: 8, alignBytes: 8, accounted: false, controller: "perf_event", perNode: false, freedBy: "kill", freeOrder: 1 },
];

export const V6_1: KernelProfile = {
  name: "6.1",
  title: "Linux 6.1.192, 32 CPUs, SLUB: as recorded",
  release: "6.1.192",
  source: "fixtures/real-kernels/PROVENANCE.md",
  nrCpus: 32,
  nrNodes: 1,
  staticPercpuBytes: 171496,
  percpuPolicy: "upstream",
  percpuVariants: { upstream: { kinds: 1, emptyCount: "global" } },
  cgroupAreas: AREAS,
  bootAreas: BOOT_AREAS_6_1,
  rootSubtreeControl: ["memory"],
  memTotalKb: 7124616,
  memFreeKb: 6518800,
  slabReclaimableKb: 3364,
  slabUnreclaimableKb: 17404,
  gracePeriodNs: 30_000_000,
  destroyItemNs: 100_000,
  balanceDelayNs: 20_000,
  execNs: 1_000_000,
};
