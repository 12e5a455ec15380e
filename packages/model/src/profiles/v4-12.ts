/**
 * The machine of mail 004: 22 CPUs, 1 node, Linux 4.12, SLAB, NUMA=y, no PSI in that era; its memory hierarchy is v1.
 * 1012 bytes per CPU and cgroup with perf_event (v2), 988 in a v1 hierarchy: spec/memcg-slab.md B.1, D, F.4.
 *
 * Inputs: the number of CPUs (22 fits the mail's count of interrupts on CPU 0), memory, what lives since boot. The percpu
 * allocator is the model's, whose bitmaps came with 4.14: offsets can differ from a real 4.12's, sums cannot.
 */

import { BOOT_AREAS_6_1 } from "./boot-6-1.ts";
import { CACHES_4_12 } from "./caches.ts";
import { eraAreas } from "./cgroup-areas.ts";
import { DELAYS } from "./delays.ts";
import { ERA_4_12 } from "./era-constants.ts";
import { RULES_4_12 } from "./era-rules.ts";
import type { KernelProfile } from "./profile.ts";
import { type SlabSource, slabParts } from "./slab-parts.ts";
import { FILE_SYSTEMS, TASK_4_12 } from "./tasks.ts";
import { WRITEBACK_AREAS } from "./writeback.ts";

const NR_CPUS = 22;
const SLAB_SOURCE: SlabSource = { rows: CACHES_4_12, longNames: true, copies: "plain" };
const CONFIG = { numa: true, psi: false, bpf: false };

export const V4_12: KernelProfile = {
  name: "4.12",
  title: "Linux 4.12, 22 CPUs, SLAB: the machine of the cache-creation mail (mail 004)",
  release: "4.12.0",
  source: "mail 004; spec/memcg-slab.md B.1-B.3, D, F.4, I",
  nrCpus: NR_CPUS,
  nrNodes: 1,
  staticPercpuBytes: 183832,
  era: ERA_4_12,
  config: CONFIG,
  percpuPolicy: "vanilla",
  percpuVariants: { vanilla: { kinds: 1, emptyCount: "global" } },
  memcgRules: RULES_4_12,
  cgroupAreas: eraAreas(ERA_4_12, CONFIG),
  ...slabParts("SLAB", SLAB_SOURCE, ERA_4_12, CONFIG, NR_CPUS),
  slubChainBudget: "objects",
  // The mail's own kernel, before its patch.
  arrayCachePolicy: "always-ipi",
  deadCachePolicy: "dead-caches-kept",
  writebackAreas: WRITEBACK_AREAS,
  writebackCache: "kmalloc-1024",
  tmpFileSystem: FILE_SYSTEMS.tmpfs,
  task: TASK_4_12,
  bootAreas: BOOT_AREAS_6_1,
  rootSubtreeControl: ["memory"],
  memTotalKb: 65_536_000,
  memFreeKb: 62_914_560,
  bootSlab: { kind: "spread", reclaimableKb: 40_000, unreclaimableKb: 40_000 },
  ...DELAYS,
  // By the share of the mail's interrupts that CPU 0 received: the task was on each CPU for as long.
  workMovesTasks: true,
  // As mail 004 printed it before its loop, for CPU 0.
  bootCallIpis: 1192,
  mkdirKeepsDentry: false,
  cachesAreWarm: true,
};
