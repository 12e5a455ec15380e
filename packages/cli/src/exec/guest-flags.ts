/** The machine that `ebb exec` and `ebb shell` are asked for, found right before anything is started. */

import type { Problem } from "@ebb/formats";
import { machineOptions } from "@ebb/lab";
import type { MachineOptions } from "@ebb/model";
import { environmentOfFlags, kernelOf, type MachineFlags } from "../machine-flags.ts";
import type { GuestRequest } from "./protocol.ts";

export interface GuestFlags extends MachineFlags {
  readonly policy: string | undefined;
}

interface AskedMachine {
  readonly options: MachineOptions;
  /** The same in words, for the thread that serves it. */
  readonly words: Pick<GuestRequest, "kernel" | "policy" | "cpus" | "nodes" | "settings">;
  readonly environment: ReadonlyMap<string, string>;
}

export function askedMachine(flags: GuestFlags): AskedMachine | Problem {
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
