/** The options that `ebb run` and `ebb compare` share: the machine a script runs on, and its environment. */

import type { Problem } from "@ebb/formats";
import { environmentOf, MACHINE_SETTINGS, parseProfileFile, profileNamed } from "@ebb/lab";
import { KERNEL_PROFILES, type KernelProfile } from "@ebb/model";
import { readInput } from "./input.ts";
import { toByteString } from "./output.ts";

export interface MachineFlags {
  readonly kernel: string;
  readonly cpus: string | undefined;
  readonly nodes: string | undefined;
  readonly set: readonly string[] | undefined;
  readonly env: readonly string[] | undefined;
}

export const DEFAULT_KERNEL = "5.12";

const names = KERNEL_PROFILES.map(({ name }) => name).join(", ");

/** A flag without a value, off unless given. */
export function toggle(brief: string) {
  return { kind: "boolean", optional: true, withNegated: false, brief } as const;
}

export const MACHINE_FLAGS = {
  kernel: {
    kind: "parsed",
    parse: String,
    placeholder: "K",
    default: DEFAULT_KERNEL,
    brief: `Kernel profile: ${names}; or a file of one`,
  },
  cpus: {
    kind: "parsed",
    parse: String,
    placeholder: "N",
    optional: true,
    brief: "Possible CPUs, 1 to 8192 [the kernel's]",
  },
  nodes: {
    kind: "parsed",
    parse: String,
    placeholder: "N",
    optional: true,
    brief: "NUMA nodes, 1 to CPUs [the kernel's]",
  },
  set: {
    kind: "parsed",
    parse: String,
    placeholder: "name=value",
    optional: true,
    variadic: true,
    brief: "Change one input of the machine; SETTINGS below",
  },
  env: {
    kind: "parsed",
    parse: String,
    placeholder: "NAME=value",
    optional: true,
    variadic: true,
    brief: "Give the script a variable; nothing else of your environment reaches it",
  },
} as const;

/** The policies of one run. */
export const POLICY_FLAG = {
  kind: "parsed",
  parse: String,
  placeholder: "P",
  optional: true,
  brief: "Policies, joined by + where two; `ebb policies` lists them [the kernel's own]",
} as const;

/** The settings as `--help` shows them. */
export const SETTINGS_HELP = [
  "SETTINGS",
  ...MACHINE_SETTINGS.map(({ name, values, meaning }) => `  ${`${name}=`.padEnd(18)}${values}: ${meaning}`),
].join("\n");

/** The profile that `--kernel` asks for: by name, or from the file at a path. */
export function kernelOf(text: string): KernelProfile | Problem {
  if (!text.includes("/") && !text.endsWith(".json")) return profileNamed(text);
  const input = readInput(text);
  return "severity" in input ? input : parseProfileFile(input.text, input.name);
}

/** What `--env` gave, as variables, byte strings. */
export function environmentOfFlags(texts: readonly string[] | undefined): ReadonlyMap<string, string> | Problem {
  return environmentOf((texts ?? []).map(toByteString));
}

/** The positional arguments of commands that run a script. */
export const SCRIPT_AND_ARGS = {
  kind: "array",
  minimum: 1,
  parameter: {
    parse: String,
    placeholder: "SCRIPT [ARGS]",
    brief: "The script, - for standard input; what it is given",
  },
} as const;
