/** The machine of a benchmark: a kernel as its profile has it, with memory enough. */

import { createMachine, KEEP_STATS, kernelProfile, type Machine, ownSlabPolicies, percpuPolicy } from "@ebb/model";

/** More memory than any benchmark uses: where it runs short, reclaim walks all memcgs for each few pages. */
const MEM_TOTAL_KB = 2 ** 27;

export function benchMachine(kernel: string, percpu: string): Machine {
  const own = kernelProfile(kernel);
  const profile = own && { ...own, memTotalKb: MEM_TOTAL_KB, memFreeKb: MEM_TOTAL_KB };
  const policy = percpuPolicy(percpu);
  const variant = profile?.percpuVariants[percpu];
  if (profile === undefined || policy === undefined || variant === undefined) {
    throw new Error(`no kernel ${kernel} with policy ${percpu}`);
  }
  return createMachine({
    ...profile,
    profile,
    policy,
    memcgPolicy: KEEP_STATS,
    faults: new Set(),
    ...ownSlabPolicies(profile),
    variant,
  });
}
