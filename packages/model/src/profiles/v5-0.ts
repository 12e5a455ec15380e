/**
 * The machine of mail 001: 32 CPUs, 1 node, Linux 5.0 (5.1-rc), SLUB, cgroup v2, NUMA=n, PSI off. 1300 bytes per CPU
 * and cgroup: spec/memcg-slab.md B.1, B.2, F.1.
 *
 * Inputs, not results: `Percpu:` starts at 6912 kB, which is 54 pages of each unit: the first chunk alone, with a static
 * part as large as a recorded 5.4's and the areas a recorded 6.1 has taken when it has booted. `Slab:` starts at the
 * mail's 67644 kB; how it splits into reclaimable and not is ours. The file system under /tmp is xfs without writeback by
 * cgroup, so that of what the test's file leaves behind its page alone pins the cgroup. The mail does not decide it: its
 * dying cgroups keep 639 bytes per CPU with early release, of which 84 are the cgroup's own (perf_event's 24 come back
 * soon, as recorded kernels show) and 512 sixteen cache copies; the 43 left are packing and perhaps one more copy, or a
 * writeback structure of 28 (B.2). `tmp=ext4` gives the other machine.
 */

import { BOOT_AREAS_6_1 } from "./boot-6-1.ts";
import { CACHES_5_0 } from "./caches.ts";
import { eraAreas } from "./cgroup-areas.ts";
import { DELAYS } from "./delays.ts";
import { ERA_5_0 } from "./era-constants.ts";
import { RULES_5_0 } from "./era-rules.ts";
import type { KernelProfile } from "./profile.ts";
import { slabParts } from "./slab-parts.ts";
import { FILE_SYSTEMS, TASK_5_0 } from "./tasks.ts";
import { WRITEBACK_AREAS } from "./writeback.ts";

const NR_CPUS = 32;
const SLAB_SOURCE = { rows: CACHES_5_0, longNames: false, copies: "plain" } as const;
const CONFIG = { numa: false, psi: false, bpf: false };

export const V5_0: KernelProfile = {
  name: "5.0",
  title: "Linux 5.0, 32 CPUs, SLUB: the machine of the early-release mail (mail 001)",
  release: "5.0.0",
  source: "mail 001; spec/memcg-slab.md B.1-B.3, D.6, F.1, I (NUMA=n, PSI off)",
  nrCpus: NR_CPUS,
  nrNodes: 1,
  staticPercpuBytes: 183832,
  era: ERA_5_0,
  config: CONFIG,
  percpuPolicy: "vanilla",
  percpuVariants: { vanilla: { kinds: 1, emptyCount: "global" } },
  comparedPolicies: ["vanilla", "early-release"],
  memcgRules: RULES_5_0,
  cgroupAreas: eraAreas(ERA_5_0, CONFIG),
  ...slabParts("SLUB", SLAB_SOURCE, ERA_5_0, CONFIG, NR_CPUS),
  slubChainBudget: "objects",
  arrayCachePolicy: "no-first-ipi",
  deadCachePolicy: "dead-caches-kept",
  writebackAreas: WRITEBACK_AREAS,
  writebackCache: "kmalloc-1k",
  tmpFileSystem: FILE_SYSTEMS.xfs,
  task: TASK_5_0,
  bootAreas: BOOT_AREAS_6_1,
  rootSubtreeControl: ["memory"],
  memTotalKb: 65_536_000,
  memFreeKb: 62_914_560,
  bootSlab: { kind: "spread", reclaimableKb: 27_644, unreclaimableKb: 40_000 },
  ...DELAYS,
  workMovesTasks: false,
  bootCallIpis: 0,
  mkdirKeepsDentry: false,
  cachesAreWarm: true,
};
