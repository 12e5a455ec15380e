/**
 * The machine of mail 003: a small one, 8 CPUs, Linux 3.8, SLUB; kernel memory is accounted from the first kmem limit on.
 *
 * Nobody has measured the sizes of this era: all structures are 4.12's, so that percpu and slab sums are of the right
 * kind and no more. The references, copies and what pins what are 3.8's: spec/memcg-slab.md 0, A.3, E.4.
 */

import { CACHES_4_12 } from "./caches.ts";
import { ERA_4_12 } from "./era-constants.ts";
import { RULES_3_8 } from "./era-rules.ts";
import type { KernelProfile } from "./profile.ts";
import { slabParts } from "./slab-parts.ts";
import { V4_12 } from "./v4-12.ts";

const NR_CPUS = 8;
const SLAB_SOURCE = { rows: CACHES_4_12, longNames: true, copies: "plain" } as const;

export const V3_8: KernelProfile = {
  ...V4_12,
  name: "3.8",
  title: "Linux 3.8, 8 CPUs, SLUB: kernel memory by opt-in, dead caches (mail 003); sizes are 4.12's",
  release: "3.8.0",
  source: "behaviour: spec/memcg-slab.md 0, A.3, E.4; sizes: unknown, those of 4.12 stand in for them",
  nrCpus: NR_CPUS,
  memcgRules: RULES_3_8,
  ...slabParts("SLUB", SLAB_SOURCE, ERA_4_12, V4_12.config, NR_CPUS),
  workMovesTasks: false,
  bootCallIpis: 0,
  writebackAreas: [],
  writebackCache: "",
};
