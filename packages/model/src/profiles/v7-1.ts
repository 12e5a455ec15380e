/**
 * Linux 7.1: page cache no longer pins a dying memcg, its LRU pages move to the parent when it goes offline. 32 CPUs, the
 * sizes of 6.1 with everything a distribution builds in (NUMA, PSI, cgroup BPF): nobody has measured 7.1's.
 *
 * Behaviour: spec/memcg-slab.md 0, A.3, E.5 (from commit lists, not from the tree). Boot areas, memory: 6.1's.
 */

import { slubCaches } from "./caches.ts";
import { CACHES_6_1 } from "./caches-6-1.ts";
import { eraAreas } from "./cgroup-areas.ts";
import { eraObjects } from "./cgroup-objects.ts";
import { ERA_6_1 } from "./era-constants.ts";
import { RULES_7_1 } from "./era-rules.ts";
import { KMALLOC_NAMES_SLUB } from "./kmalloc.ts";
import type { KernelProfile } from "./profile.ts";
import { V6_1 } from "./v6-1.ts";

const NR_CPUS = 32;
const CONFIG = { numa: true, psi: true, bpf: true };

export const V7_1: KernelProfile = {
  ...V6_1,
  name: "7.1",
  title: "Linux 7.1, 32 CPUs, SLUB: LRU pages of dying memcgs move to the parent; sizes are 6.1's",
  release: "7.1.0",
  source: "behaviour: spec/memcg-slab.md 0, A.3, E.5; sizes: those of 6.1 with NUMA, PSI and cgroup BPF (B.1, B.3, I)",
  nrCpus: NR_CPUS,
  era: ERA_6_1,
  config: CONFIG,
  memcgRules: RULES_7_1,
  cgroupAreas: eraAreas(ERA_6_1, CONFIG),
  cgroupObjects: eraObjects(ERA_6_1, CONFIG, KMALLOC_NAMES_SLUB),
  caches: slubCaches(CACHES_6_1, NR_CPUS),
};
