/**
 * A profile with its kernel built or booted in another way: what a cgroup takes then.
 *
 * Source: spec/memcg-slab.md B.1 (what NUMA and PSI add), B.3 (the PSI group's own structure in 6.1).
 */

import { eraAreas, withPsi } from "./cgroup-areas.ts";
import { eraObjects } from "./cgroup-objects.ts";
import type { KernelConfig } from "./era-constants.ts";
import { type KmallocNaming, kmallocCache, kmallocNaming } from "./kmalloc.ts";
import type { CgroupObjectSpec, KernelProfile } from "./profile.ts";

const PSI_GROUP = "psi_group";
const PSI_GROUP_BYTES = 680;

/** The profile under `config`, or in words why nobody knows what it would take. */
export function configuredProfile(profile: KernelProfile, config: KernelConfig): KernelProfile | string {
  if (config.psi && !hasPsi(profile)) return `Linux ${profile.name} has no pressure stall information`;
  const naming = kmallocNaming(profile.caches);
  if (profile.era !== undefined) {
    const cgroupAreas = eraAreas(profile.era, config);
    return { ...profile, config, cgroupAreas, cgroupObjects: eraObjects(profile.era, config, naming) };
  }
  if (config.numa !== profile.config.numa)
    return `the sizes of ${profile.name} are those of one recorded kernel with numa=${profile.config.numa ? 1 : 0}; what it would take otherwise is not known`;
  const others = profile.cgroupObjects.filter(({ what }) => what !== PSI_GROUP);
  return {
    ...profile,
    config,
    cgroupAreas: withPsi(profile.cgroupAreas, config.psi),
    cgroupObjects: config.psi ? [...others, psiGroup(naming)] : others,
  };
}

function hasPsi({ era }: KernelProfile): boolean {
  return era === undefined || era.hasPsi;
}

function psiGroup(naming: KmallocNaming): CgroupObjectSpec {
  return {
    what: PSI_GROUP,
    sizeBytes: PSI_GROUP_BYTES,
    cache: kmallocCache(PSI_GROUP_BYTES, naming),
    count: 1,
    perNode: false,
    controller: "core",
    freedBy: "cgroup",
    v2Only: false,
    source: "spec/memcg-slab.md B.3, for 6.1; before it lies in the cgroup and makes that as much larger",
  };
}
