/** The machine of a benchmark: a kernel as its profile has it. */

import { createMachine, KEEP_STATS, kernelProfile, type Machine, ownSlabPolicies, percpuPolicy } from "@ebb/model";

export function benchMachine(kernel: string, percpu: string): Machine {
  const profile = kernelProfile(kernel);
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
