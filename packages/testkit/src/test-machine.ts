/** A small machine for tests: a kernel by name, few CPUs, the boot pattern once, little slab memory. */

import {
  createMachine,
  KEEP_STATS,
  type KernelProfile,
  kernelProfile,
  type Machine,
  type MachineOptions,
  memcgPolicy,
  ownSlabPolicies,
  percpuPolicy,
  type StatsFault,
} from "@ebb/model";

/** Little that lives since boot, so that verifying a machine after each step takes no longer than it must. */
const SMALL_BOOT_SLAB = { kind: "spread", reclaimableKb: 200, unreclaimableKb: 400 } as const;

/** What differs from the kernel's own: percpu policy, memcg policy, parts of the profile. */
interface TestMachineOptions {
  readonly nrCpus?: number;
  readonly nrNodes?: number;
  readonly policy?: string;
  readonly memcgPolicy?: string;
  readonly faults?: readonly StatsFault[];
  readonly slab?: Partial<Pick<MachineOptions, "arrayCachePolicy" | "deadCachePolicy" | "slabFaults">>;
  readonly profile?: Partial<KernelProfile>;
}

/** Throws when there is no such kernel or policy. */
function testMachineOptions(kernel: string, o: TestMachineOptions = {}): MachineOptions {
  const known = kernelProfile(kernel);
  const policy = percpuPolicy(o.policy ?? known?.percpuPolicy ?? "");
  const ofMemcgs = o.memcgPolicy === undefined ? KEEP_STATS : memcgPolicy(o.memcgPolicy);
  if (known === undefined || policy === undefined || ofMemcgs === undefined) throw new Error(`no machine ${kernel}`);
  const profile = { ...known, bootAreas: { ...known.bootAreas, repeats: 1 }, bootSlab: SMALL_BOOT_SLAB, ...o.profile };
  return {
    profile,
    policy,
    memcgPolicy: ofMemcgs,
    faults: new Set(o.faults ?? []),
    ...ownSlabPolicies(profile),
    ...o.slab,
    variant: profile.percpuVariants[policy.name] ?? { kinds: 1, emptyCount: "global" },
    nrCpus: o.nrCpus ?? 4,
    nrNodes: o.nrNodes ?? 1,
    gracePeriodNs: profile.gracePeriodNs,
    destroyItemNs: profile.destroyItemNs,
    balanceDelayNs: profile.balanceDelayNs,
    execNs: profile.execNs,
  };
}

export function testMachine(kernel: string, o: TestMachineOptions = {}): Machine {
  return createMachine(testMachineOptions(kernel, o));
}
