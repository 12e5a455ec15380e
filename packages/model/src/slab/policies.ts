/** What a kernel tree decides about slab caches of memcgs. The mechanism is one. */

import { assert } from "../assert.ts";
import type { KernelProfile } from "../profiles/profile.ts";
import type { BarrierRule } from "./slab-allocator/tune.ts";

/** When the other CPUs are interrupted as the arrays of a SLAB cache are set up (mail 004). */
export interface ArrayCachePolicy {
  readonly name: string;
  /** One line for `ebb policies`. */
  readonly title: string;
  readonly barrier: BarrierRule;
}

export const ARRAY_CACHE_POLICIES: readonly ArrayCachePolicy[] = [
  {
    name: "always-ipi",
    title: "SLAB interrupts all CPUs whenever arrays are set up, the first of a cache too (before 4.12)",
    barrier: "always",
  },
  {
    name: "no-first-ipi",
    title: "no interrupts when a SLAB cache gets its first arrays (mail 004, merged in 4.12)",
    barrier: "only-when-replacing",
  },
  {
    name: "never-ipi",
    title: "WRONG: no interrupts when arrays are replaced either; a CPU may use a freed array",
    barrier: "never",
  },
];

/** What the work item of a dead copy does while the copy has pages (mail 003; kernels whose copies hold their memcg). */
export interface DeadCachePolicy {
  readonly name: string;
  readonly title: string;
  readonly onPages: "leave" | "shrink" | "shrink-and-retry";
}

export const DEAD_CACHE_POLICIES: readonly DeadCachePolicy[] = [
  {
    name: "dead-caches-kept",
    title: "a dead slab cache goes when its last page is given back, and nobody asks for that (before mail 003)",
    onPages: "leave",
  },
  {
    name: "s003-v5",
    title: "dead slab caches are shrunk at once and every 60 s until they are empty (mail 003)",
    onPages: "shrink-and-retry",
  },
  {
    name: "v3.8-merged",
    title: "dead slab caches are shrunk once (as merged in 3.8)",
    onPages: "shrink",
  },
];

/** @public Defects that can be switched on. `G1`: a page count of 0 asks for a run although one is asked for (mail 003). */
export const SLAB_FAULTS = ["G1"] as const;
export type SlabFault = (typeof SLAB_FAULTS)[number];

/** What the unmodified kernel does, without defects. */
export function ownSlabPolicies(profile: KernelProfile): {
  readonly arrayCachePolicy: ArrayCachePolicy;
  readonly deadCachePolicy: DeadCachePolicy;
  readonly slabFaults: ReadonlySet<SlabFault>;
} {
  const ofArrays = arrayCachePolicy(profile.arrayCachePolicy);
  const ofDeadCaches = deadCachePolicy(profile.deadCachePolicy);
  assert(ofArrays !== undefined && ofDeadCaches !== undefined, "a profile names policies that there are");
  return { arrayCachePolicy: ofArrays, deadCachePolicy: ofDeadCaches, slabFaults: new Set() };
}

/** The policy called `name`, or undefined. */
export function arrayCachePolicy(name: string): ArrayCachePolicy | undefined {
  return ARRAY_CACHE_POLICIES.find((policy) => policy.name === name);
}

/** The policy called `name`, or undefined. */
export function deadCachePolicy(name: string): DeadCachePolicy | undefined {
  return DEAD_CACHE_POLICIES.find((policy) => policy.name === name);
}
