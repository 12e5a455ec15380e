/** From a machine as the page names it to its options; the page and its workers come to the same. */

import type { Problem } from "@ebb/formats";
import { machineOptions, parseProfileFile, profileNamed } from "@ebb/lab";
import type { KernelProfile, MachineOptions } from "@ebb/model";
import type { SentMachine } from "./protocol.ts";

export function sentMachineOptions(machine: SentMachine): MachineOptions | Problem {
  const kernel = kernelOf(machine.kernel);
  return "severity" in kernel ? kernel : machineOptions({ ...machine, kernel });
}

/** By its name, or as the text of a profile file, which starts as JSON does. */
export function kernelOf(kernel: string): KernelProfile | Problem {
  return kernel.trimStart().startsWith("{") ? parseProfileFile(kernel, "kernel profile") : profileNamed(kernel);
}
