/**
 * The policies of a machine by name: `vanilla`, `early-release`, or both kinds joined by `+`. What is not named is the
 * kernel's own.
 */

import type { Problem } from "@ebb/formats";
import {
  KEEP_STATS,
  type KernelProfile,
  type MachineOptions,
  MEMCG_POLICIES,
  memcgPolicy,
  PERCPU_POLICIES,
  percpuPolicy,
} from "@ebb/model";

/** One policy for each subsystem that has some. */
type PolicySet = Pick<MachineOptions, "policy" | "memcgPolicy">;

/** The policies that `name` asks for on this kernel, or what is wrong with it. */
export function policySetNamed(name: string, profile: KernelProfile): PolicySet | Problem {
  let policy = percpuPolicy(profile.percpuPolicy);
  let ofMemcgs = KEEP_STATS;
  for (const part of name.split("+")) {
    const percpu = percpuPolicy(part);
    const memcg = memcgPolicy(part);
    if (percpu !== undefined) policy = percpu;
    else if (memcg !== undefined) ofMemcgs = memcg;
    else return noSuchPolicy(part);
  }
  return policy === undefined ? noSuchPolicy(profile.percpuPolicy) : { policy, memcgPolicy: ofMemcgs };
}

/** The name of a set: what differs from mainline's ways is said. */
export function policySetName({ policy, memcgPolicy: memcg }: PolicySet): string {
  return memcg === KEEP_STATS ? policy.name : `${policy.name}+${memcg.name}`;
}

function noSuchPolicy(name: string): Problem {
  const known = [...PERCPU_POLICIES, ...MEMCG_POLICIES].map((policy) => policy.name);
  return {
    severity: "error",
    file: `--policy ${name === "" ? '""' : name}`,
    line: 0,
    message: "no such policy",
    expected: `${known.join(", ")}; two joined by + for two subsystems`,
    found: name === "" ? "nothing" : name,
    toDo: "name one of these; `ebb policies` describes them",
  };
}
