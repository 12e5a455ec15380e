/**
 * The policies of a machine by name: `vanilla`, `early-release`, or one for each of several subsystems joined by `+`.
 * What is not named is the kernel's own.
 */

import type { Problem } from "@ebb/formats";
import {
  ARRAY_CACHE_POLICIES,
  arrayCachePolicy,
  DEAD_CACHE_POLICIES,
  deadCachePolicy,
  KEEP_STATS,
  type KernelProfile,
  type MachineOptions,
  MEMCG_POLICIES,
  memcgPolicy,
  ownSlabPolicies,
  PERCPU_POLICIES,
  percpuPolicy,
} from "@ebb/model";

/** One policy for each subsystem that has some. */
type PolicySet = Pick<MachineOptions, "policy" | "memcgPolicy" | "arrayCachePolicy" | "deadCachePolicy">;

/** The policies that `name` asks for on this kernel, or what is wrong with it. */
export function policySetNamed(name: string, profile: KernelProfile): PolicySet | Problem {
  const policy = percpuPolicy(profile.percpuPolicy);
  if (policy === undefined) return noSuchPolicy(profile.percpuPolicy);
  const { arrayCachePolicy: ofArrays, deadCachePolicy: ofDeadCaches } = ownSlabPolicies(profile);
  let set: PolicySet = { policy, memcgPolicy: KEEP_STATS, arrayCachePolicy: ofArrays, deadCachePolicy: ofDeadCaches };
  for (const part of name.split("+")) {
    const next = withPolicy(set, part, profile);
    if ("severity" in next) return next;
    set = next;
  }
  return set;
}

/** The set with the policy called `name` in its subsystem's place. */
function withPolicy(set: PolicySet, name: string, profile: KernelProfile): PolicySet | Problem {
  const policy = percpuPolicy(name);
  if (policy !== undefined) return { ...set, policy };
  const ofMemcgs = memcgPolicy(name);
  if (ofMemcgs !== undefined) return { ...set, memcgPolicy: ofMemcgs };
  const ofArrays = arrayCachePolicy(name);
  if (ofArrays !== undefined) {
    return profile.slabAllocator === "SLAB" ? { ...set, arrayCachePolicy: ofArrays } : notOfKernel(name, profile, SLAB);
  }
  const ofDeadCaches = deadCachePolicy(name);
  if (ofDeadCaches === undefined) return noSuchPolicy(name);
  const applies = profile.memcgRules.kernelObjects === "copy-pins";
  return applies ? { ...set, deadCachePolicy: ofDeadCaches } : notOfKernel(name, profile, COPY_PINS);
}

const SLAB = "a kernel with the SLAB allocator, or --set allocator=SLAB";
const COPY_PINS = "a kernel whose cache copies hold their memcg: --kernel 3.8";

/** The name of a set: what differs from the kernel's own ways is said. */
export function policySetName(set: PolicySet & Pick<MachineOptions, "profile">): string {
  const { profile, policy, memcgPolicy: memcg, arrayCachePolicy: ofArrays, deadCachePolicy: ofDeadCaches } = set;
  const parts = [policy.name];
  if (memcg !== KEEP_STATS) parts.push(memcg.name);
  if (ofArrays.name !== profile.arrayCachePolicy) parts.push(ofArrays.name);
  if (ofDeadCaches.name !== profile.deadCachePolicy) parts.push(ofDeadCaches.name);
  return parts.join("+");
}

function notOfKernel(name: string, profile: KernelProfile, expected: string): Problem {
  return {
    severity: "error",
    file: `--policy ${name}`,
    line: 0,
    message: "this policy decides nothing on this kernel",
    expected,
    found: `--kernel ${profile.name}`,
    toDo: "choose such a kernel; `ebb kernels` lists them",
  };
}

function noSuchPolicy(name: string): Problem {
  const all = [...PERCPU_POLICIES, ...MEMCG_POLICIES, ...ARRAY_CACHE_POLICIES, ...DEAD_CACHE_POLICIES];
  const known = all.map((policy) => policy.name);
  return {
    severity: "error",
    file: `--policy ${name === "" ? '""' : name}`,
    line: 0,
    message: "no such policy",
    expected: `${known.join(", ")}; several joined by + for several subsystems`,
    found: name === "" ? "nothing" : name,
    toDo: "name one of these; `ebb policies` describes them",
  };
}
