/** From what a user asks for (kernel, policy, CPUs, nodes, settings) to the options of a machine. */

import type { Problem } from "@ebb/formats";
import {
  KERNEL_PROFILES,
  type KernelProfile,
  kernelProfile,
  type MachineOptions,
  PERCPU_POLICIES,
  type PercpuVariant,
  percpuPolicy,
} from "@ebb/model";
import { applySettings, type MachineInputs } from "./machine-settings.ts";
import { policySetNamed } from "./policy-set.ts";

/** A machine as a user names it; what is undefined is the profile's. */
export interface MachineRequest {
  /** A profile, or the name of one of ebb's. */
  readonly kernel: string | KernelProfile;
  readonly policy: string | undefined;
  readonly cpus: string | undefined;
  readonly nodes: string | undefined;
  /** `name=value` each; see MACHINE_SETTINGS. */
  readonly settings: readonly string[];
}

const MAX_CPUS = 8192;
const NO_FAULTS: MachineOptions["faults"] = new Set();
const NO_SLAB_FAULTS: MachineOptions["slabFaults"] = new Set();

/** The options of the machine asked for, or what is wrong with the request. */
export function machineOptions(request: MachineRequest): MachineOptions | Problem {
  const profile = profileNamed(request.kernel);
  if ("severity" in profile) return profile;
  const nrCpus = countOf("--cpus", request.cpus, profile.nrCpus, MAX_CPUS);
  if (typeof nrCpus !== "number") return nrCpus;
  // A machine made smaller than its profile's has as many nodes as it can.
  const nrNodes = countOf("--nodes", request.nodes, Math.min(profile.nrNodes, nrCpus), nrCpus);
  if (typeof nrNodes !== "number") return nrNodes;
  const inputs = applySettings(profileInputs(profile), request.settings);
  if ("severity" in inputs) return inputs;
  const policies = policySetNamed(request.policy ?? profile.percpuPolicy, inputs.profile);
  if ("severity" in policies) return policies;
  const variant = { ...variantOf(profile, policies.policy.name), ...inputs.variant };
  return { ...inputs, ...policies, variant, nrCpus, nrNodes };
}

/** Policies a comparison on this kernel shows unless told otherwise, oldest first. */
export function defaultPolicies(profile: KernelProfile): readonly string[] {
  if (profile.comparedPolicies !== undefined) return profile.comparedPolicies;
  const tried = PERCPU_POLICIES.filter(({ name }) => Object.hasOwn(profile.percpuVariants, name));
  return tried.length > 1 ? tried.map(({ name }) => name) : ["vanilla", "upstream"];
}

export function profileNamed(name: string | KernelProfile): KernelProfile | Problem {
  if (typeof name !== "string") return name;
  return kernelProfile(name) ?? noneCalled("--kernel", name, "kernel", KERNEL_PROFILES);
}

export function policyNamed(name: string): MachineOptions["policy"] | Problem {
  return percpuPolicy(name) ?? noneCalled("--policy", name, "policy", PERCPU_POLICIES);
}

function variantOf({ percpuVariants, percpuPolicy: own }: KernelProfile, policyName: string): PercpuVariant {
  const variant = Object.hasOwn(percpuVariants, policyName) ? percpuVariants[policyName] : undefined;
  return variant ?? percpuVariants[own] ?? { kinds: 1, emptyCount: "global" };
}

function profileInputs(profile: KernelProfile): MachineInputs {
  return {
    profile,
    variant: {},
    gracePeriodNs: profile.gracePeriodNs,
    destroyItemNs: profile.destroyItemNs,
    balanceDelayNs: profile.balanceDelayNs,
    execNs: profile.execNs,
    faults: NO_FAULTS,
    slabFaults: NO_SLAB_FAULTS,
  };
}

function noneCalled(option: string, name: string, what: string, all: readonly { readonly name: string }[]): Problem {
  return {
    severity: "error",
    file: `${option} ${name === "" ? '""' : name}`,
    line: 0,
    message: `no such ${what}`,
    expected: all.map((one) => one.name).join(", "),
    found: name === "" ? "nothing" : name,
    toDo: `name one of these; \`ebb ${what === "policy" ? "policies" : "kernels"}\` describes them`,
  };
}

function countOf(option: string, text: string | undefined, otherwise: number, max: number): number | Problem {
  if (text === undefined) return otherwise;
  const count = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= max) return count;
  return {
    severity: "error",
    file: `${option} ${text === "" ? '""' : text}`,
    line: 0,
    message: option === "--cpus" ? "not a number of CPUs" : "not a number of nodes",
    expected: option === "--cpus" ? `1 to ${max}` : `1 to ${max}, the number of CPUs`,
    found: text === "" ? "nothing" : text,
    toDo: "give a whole number in that range, or leave the option out for the kernel's own",
  };
}
