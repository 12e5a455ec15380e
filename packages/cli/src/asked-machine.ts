/** The machine that a command of one policy is asked for, found right before anything is started. */

import type { Problem } from "@ebb/formats";
import { machineOptions } from "@ebb/lab";
import type { MachineOptions } from "@ebb/model";
import { environmentOfFlags, kernelOf, type MachineFlags } from "./machine-flags.ts";

export interface PolicyFlags extends MachineFlags {
  readonly policy: string | undefined;
}

/** A machine in the words of the command line; a kernel may be a file's name. */
export interface MachineWords {
  readonly kernel: string;
  readonly policy: string | undefined;
  readonly cpus: string | undefined;
  readonly nodes: string | undefined;
  readonly settings: readonly string[];
}

interface AskedMachine {
  readonly options: MachineOptions;
  /** The same in words, for the thread that serves it. */
  readonly words: MachineWords;
  readonly environment: ReadonlyMap<string, string>;
}

export function askedMachine(flags: PolicyFlags): AskedMachine | Problem {
  const { policy, cpus, nodes } = flags;
  const settings = flags.set ?? [];
  const kernel = kernelOf(flags.kernel);
  if ("severity" in kernel) return kernel;
  const options = machineOptions({ kernel, policy, cpus, nodes, settings });
  if ("severity" in options) return options;
  const environment = environmentOfFlags(flags.env);
  if ("severity" in environment) return environment;
  return { options, words: { kernel: flags.kernel, policy, cpus, nodes, settings }, environment };
}
