/** `ebb kernels` and `ebb policies`: what there is to choose from. */

import {
  ARRAY_CACHE_POLICIES,
  DEAD_CACHE_POLICIES,
  KERNEL_PROFILES,
  MEMCG_POLICIES,
  PERCPU_POLICIES,
} from "@ebb/model";
import { buildCommand } from "@stricli/core";
import { toggle } from "./machine-flags.ts";
import { untilClosed, writeOut } from "./output.ts";

interface ListFlags {
  readonly json?: boolean;
}

const PARAMETERS = {
  flags: { json: toggle("One JSON document") },
  positional: { kind: "tuple", parameters: [] },
} as const;

export const kernelsCommand = buildCommand({
  func(flags: ListFlags) {
    untilClosed(() => listKernels(flags.json === true));
  },
  parameters: PARAMETERS,
  docs: {
    brief: "List the kernels",
    fullDescription: "Lists the kernel profiles: what --kernel takes.\n\nEXAMPLES\n  ebb kernels\n  ebb kernels --json",
  },
});

export const policiesCommand = buildCommand({
  func(flags: ListFlags) {
    untilClosed(() => listPolicies(flags.json === true));
  },
  parameters: PARAMETERS,
  docs: {
    brief: "List the policies",
    fullDescription:
      "Lists the policies of each subsystem, oldest first: what --policy takes, one of each joined by +. What is not\n" +
      "named is the kernel's own.\n\nEXAMPLES\n  ebb policies\n  ebb policies --json\n" +
      "  ebb run experiments/dying-memcg.sh --kernel 5.0 --policy upstream+early-release",
  },
});

function listKernels(asJson: boolean): number {
  const kernels = KERNEL_PROFILES.map((profile) => ({
    name: profile.name,
    release: profile.release,
    title: profile.title,
    cpus: profile.nrCpus,
    nodes: profile.nrNodes,
    policy: profile.percpuPolicy,
    policies: Object.keys(profile.percpuVariants),
    source: profile.source,
  }));
  if (asJson) writeJson({ format: "ebb-kernels/1", kernels });
  else writeOut(alignNames(kernels.map(({ name, title, policy }) => [name, `${title}; policy ${policy}`])));
  return 0;
}

function listPolicies(asJson: boolean): number {
  const policies = [
    ...PERCPU_POLICIES.map(({ name, title }) => ({ name, subsystem: "percpu", title })),
    ...MEMCG_POLICIES.map(({ name, title }) => ({ name, subsystem: "memcg", title })),
    ...[...ARRAY_CACHE_POLICIES, ...DEAD_CACHE_POLICIES].map(({ name, title }) => ({ name, subsystem: "slab", title })),
  ];
  if (asJson) writeJson({ format: "ebb-policies/1", policies });
  else writeOut(alignNames(policies.map(({ name, subsystem, title }) => [name, `${subsystem.padEnd(8)}${title}`])));
  return 0;
}

function writeJson(value: object): void {
  writeOut(`${JSON.stringify(value, undefined, 2)}\n`);
}

function alignNames(rows: readonly (readonly [name: string, text: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.map(([name, text]) => `${name.padEnd(width)}${text}\n`).join("");
}
