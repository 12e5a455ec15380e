/**
 * What the user has chosen: the script, the machine, the two policies. What there is to choose from comes from the
 * model; what a choice means is decided by `machineOptions`, as for the command.
 */

import { defaultPolicies, MAILS, type Mail, policySetNamed } from "@ebb/lab";
import {
  ARRAY_CACHE_POLICIES,
  DEAD_CACHE_POLICIES,
  KERNEL_PROFILES,
  type KernelProfile,
  MEMCG_POLICIES,
  PERCPU_POLICIES,
} from "@ebb/model";
import { kernelOf } from "../sent-machine.ts";
import { EXAMPLES } from "./examples.ts";

/** Everything that a run needs; strings as typed, "" for what is left to the kernel. */
export interface Settings {
  /** Its `$0`, and the name in messages. */
  readonly scriptName: string;
  readonly script: string;
  readonly kernel: string;
  readonly policies: readonly [a: string, b: string];
  readonly cpus: string;
  readonly nodes: string;
  /** `name=value` with blanks between: MACHINE_SETTINGS. */
  readonly set: string;
  /** `NAME=value` with blanks between: variables of the script. */
  readonly env: string;
}

/** Policies of one subsystem that decide something on a kernel. */
interface PolicyGroup {
  readonly subsystem: string;
  readonly names: readonly string[];
}

/** What of the machine an example is run on. */
type Machine = Pick<Settings, "kernel" | "policies">;

export function settingsOfExample(name: string): Settings {
  const example = EXAMPLES.find((one) => one.name === name);
  const mail = MAILS.find(({ script }) => name.endsWith(`/${script}`)) ?? MAILS[0];
  return {
    scriptName: name,
    script: example?.script ?? "",
    ...machineOfMail(mail),
    cpus: "",
    nodes: "",
    set: "",
    env: "",
  };
}

/** The mail's machine, without the mail's change and with what came of it. */
function machineOfMail(mail: Mail | undefined): Machine {
  const kernel = mail?.kernel ?? KERNEL_PROFILES[0]?.name ?? "";
  if (mail === undefined) return { kernel, policies: policiesOfKernel(kernel) };
  return { kernel, policies: [mail.before.policy, (mail.merged ?? mail.withMail).policy] };
}

/** The first and the last of the policies that a comparison on this kernel shows. */
export function policiesOfKernel(kernel: string): Machine["policies"] {
  const profile = kernelOf(kernel);
  if ("severity" in profile) return ["", ""];
  const names = defaultPolicies(profile);
  return [names[0] ?? "", names.at(-1) ?? ""];
}

/** What to call a kernel that comes from a profile file. */
export function kernelTitle(kernel: string): string {
  const profile = kernelOf(kernel);
  return "severity" in profile ? kernel : profile.name;
}

/** What is left to the kernel when the fields are empty. */
export function ownCounts(kernel: string): { readonly cpus: string; readonly nodes: string } {
  const profile = kernelOf(kernel);
  if ("severity" in profile) return { cpus: "", nodes: "" };
  return { cpus: String(profile.nrCpus), nodes: String(profile.nrNodes) };
}

/** The policies to choose from on a kernel, by subsystem. */
export function policyGroups(kernel: string): readonly PolicyGroup[] {
  const profile = kernelOf(kernel);
  if ("severity" in profile) return [];
  const groups: readonly (readonly [string, readonly { readonly name: string }[]])[] = [
    ["percpu memory", PERCPU_POLICIES],
    ["memory cgroups", MEMCG_POLICIES],
    ["slab arrays", ARRAY_CACHE_POLICIES],
    ["dead slab caches", DEAD_CACHE_POLICIES],
  ];
  return groups
    .map(([subsystem, all]) => ({
      subsystem,
      names: all.map(({ name }) => name).filter((name) => decides(name, profile)),
    }))
    .filter(({ names }) => names.length > 0);
}

function decides(name: string, profile: KernelProfile): boolean {
  return !("severity" in policySetNamed(name, profile));
}

/** The parts of a field with blanks between. */
export function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
