/**
 * The machine of mail 000: 16 CPUs, 1 node, Linux 5.12, SLUB, cgroup v2, NUMA=n, PSI off.
 *
 * Sizes and order of a cgroup's areas: spec/memcg-slab.md B.1, B.2 (2752 bytes per CPU and cgroup). Release: ibid. A.2,
 * spec/percpu-kinds.md 8. What lives in the chunks before the test is not known from the mails: `bootAreas` is our
 * choice of ordinary areas, so many that the first reading is 7360 kB, the step between the mails' 7296 and 7488;
 * `docs/limits.md` says what hangs on it.
 */

import { CACHES_5_0 } from "./caches.ts";
import { DELAYS } from "./delays.ts";
import { ERA_5_12 } from "./era-constants.ts";
import { RULES_5_12 } from "./era-rules.ts";
import type { KernelProfile, PercpuAreaSpec } from "./profile.ts";
import { slabParts } from "./slab-parts.ts";
import { FILE_SYSTEMS, TASK_5_0 } from "./tasks.ts";
import { WRITEBACK_AREAS } from "./writeback.ts";

const NR_CPUS = 16;
const SLAB_SOURCE = { rows: CACHES_5_0, longNames: false, copies: "none" } as const;
const CONFIG = { numa: false, psi: false, bpf: true };

// biome-ignore format: a table
const AREAS: readonly PercpuAreaSpec[] = [
  { what: "self css refcount", sizeBytes: 8, alignBytes: 8, accounted: false, controller: "core", perNode: false, freedBy: "kill", freeOrder: 3, v2Only: false, earlyRelease: false },
  { what: "rstat", sizeBytes: 64, alignBytes: 8, accounted: false, controller: "core", perNode: false, freedBy: "cgroup", freeOrder: 0, v2Only: true, earlyRelease: false },
  { what: "cgroup-bpf refcount", sizeBytes: 8, alignBytes: 8, accounted: false, controller: "core", perNode: false, freedBy: "kill", freeOrder: 2, v2Only: true, earlyRelease: false },
  { what: "memcg vmstats (local)", sizeBytes: 1080, alignBytes: 8, accounted: true, controller: "memory", perNode: false, freedBy: "css", freeOrder: 4, v2Only: false, earlyRelease: true },
  { what: "memcg vmstats", sizeBytes: 1080, alignBytes: 8, accounted: true, controller: "memory", perNode: false, freedBy: "css", freeOrder: 3, v2Only: false, earlyRelease: true },
  { what: "lruvec stats (local)", sizeBytes: 312, alignBytes: 8, accounted: true, controller: "memory", perNode: true, freedBy: "css", freeOrder: 2, v2Only: false, earlyRelease: true },
  { what: "lruvec stats", sizeBytes: 156, alignBytes: 4, accounted: true, controller: "memory", perNode: true, freedBy: "css", freeOrder: 1, v2Only: false, earlyRelease: true },
  { what: "writeback domain counter", sizeBytes: 4, alignBytes: 4, accounted: false, controller: "memory", perNode: false, freedBy: "css", freeOrder: 0, v2Only: false, earlyRelease: false },
  { what: "objcg refcount", sizeBytes: 8, alignBytes: 8, accounted: false, controller: "memory", perNode: false, freedBy: "objcg", freeOrder: 0, v2Only: false, earlyRelease: false },
  { what: "memory css refcount", sizeBytes: 8, alignBytes: 8, accounted: false, controller: "memory", perNode: false, freedBy: "kill", freeOrder: 0, v2Only: false, earlyRelease: false },
  { what: "perf_event info", sizeBytes: 16, alignBytes: 8, accounted: false, controller: "perf_event", perNode: false, freedBy: "css", freeOrder: 5, v2Only: true, earlyRelease: false },
  { what: "perf_event css refcount", sizeBytes: 8, alignBytes: 8, accounted: false, controller: "perf_event", perNode: false, freedBy: "kill", freeOrder: 1, v2Only: true, earlyRelease: false },
];

export const V5_12: KernelProfile = {
  name: "5.12",
  title: "Linux 5.12, 16 CPUs: the machine of the March 2021 mail (two kinds of chunk)",
  release: "5.12.0",
  source: "mail 000; spec/memcg-slab.md B.1, B.2; spec/percpu-kinds.md 8",
  nrCpus: NR_CPUS,
  nrNodes: 1,
  staticPercpuBytes: 212992,
  era: ERA_5_12,
  config: CONFIG,
  percpuPolicy: "vanilla",
  percpuVariants: {
    vanilla: { kinds: 2, emptyCount: "global" },
    rfc: { kinds: 2, emptyCount: "global" },
    v1: { kinds: 2, emptyCount: "perkind" },
    v3: { kinds: 2, emptyCount: "perkind" },
    upstream: { kinds: 1, emptyCount: "global" },
  },
  memcgRules: RULES_5_12,
  cgroupAreas: AREAS,
  ...slabParts("SLUB", SLAB_SOURCE, ERA_5_12, CONFIG, NR_CPUS),
  slubChainBudget: "objects",
  arrayCachePolicy: "no-first-ipi",
  deadCachePolicy: "dead-caches-kept",
  writebackAreas: WRITEBACK_AREAS,
  writebackCache: "kmalloc-1k",
  tmpFileSystem: FILE_SYSTEMS.tmpfs,
  task: TASK_5_0,
  bootAreas: {
    repeats: 192,
    // biome-ignore format: a table
    pattern: [
      [8, 8, 2], [32, 8, 2], [64, 8, 1], [16, 8, 1], [4, 4, 1], [512, 8, 1], [256, 8, 1], [40, 8, 1], [104, 8, 1],
      [128, 8, 1],
    ],
  },
  rootSubtreeControl: ["memory"],
  memTotalKb: 16777216,
  memFreeKb: 15728640,
  bootSlab: { kind: "spread", reclaimableKb: 21504, unreclaimableKb: 46140 },
  ...DELAYS,
  workMovesTasks: false,
  bootCallIpis: 0,
  mkdirKeepsDentry: true,
  cachesAreWarm: false,
};
