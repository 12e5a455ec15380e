/** A virtual machine for tests: a script runs on it, and after each command the whole state is recomputed. */

import {
  createMachine,
  KEEP_STATS,
  kernelProfile,
  type Machine,
  type MachineOptions,
  ownSlabPolicies,
  percpuPolicy,
  verifyMachine,
} from "@ebb/model";
import { runScript } from "../bash/run-script.ts";
import { createCommands } from "../commands/index.ts";
import { startTask } from "./calls.ts";
import { createVirtualMachine } from "./virtual-machine.ts";

const NR_CPUS = 4;

interface VmRun {
  /** Standard output and standard error, in the order they were written. */
  readonly output: string;
  readonly status: number;
  readonly findings: readonly string[];
  /** What does not add up, after the first command that left it so. */
  readonly violations: readonly string[];
  readonly machine: Machine;
}

/** A small machine of that kernel. */
function smallMachine(kernel: string): MachineOptions {
  const profile = kernelProfile(kernel);
  const policy = percpuPolicy(profile?.percpuPolicy ?? "");
  const variant = profile?.percpuVariants[profile.percpuPolicy];
  if (profile === undefined || policy === undefined || variant === undefined) throw new Error("no such profile");
  const small = { ...profile, bootAreas: { ...profile.bootAreas, repeats: 1 } };
  return {
    ...small,
    profile: small,
    policy,
    variant,
    memcgPolicy: KEEP_STATS,
    faults: new Set<never>(),
    ...ownSlabPolicies(small),
    nrCpus: NR_CPUS,
    nrNodes: 1,
  };
}

/** Its files and one task. */
export function testVm(kernel = "5.12") {
  const machine = createMachine(smallMachine(kernel));
  const vm = createVirtualMachine(machine);
  const pid = startTask(machine);
  vm.host.exec(pid, "bash");
  return { ...vm, pid };
}

export function runOnVm(kernel: string, source: string): VmRun {
  const { pid, machine, ...vm } = testVm(kernel);
  const out = { text: "" };
  const write = (text: string): void => {
    out.text += text;
  };
  let violations: readonly string[] = [];
  const result = runScript({
    source,
    name: "script.sh",
    args: [],
    vfs: vm.vfs,
    host: vm.host,
    commands: createCommands({ mountFileSystem: vm.mountFileSystem, system: vm.system }),
    env: new Map([["PATH", "/usr/bin:/bin"]]),
    cwd: "/root",
    pid,
    stdout: write,
    stderr: write,
    onCommand: ({ text, line }) => {
      if (violations.length > 0) return;
      violations = verifyMachine(machine).map((violation) => `${line}: ${text}: ${JSON.stringify(violation)}`);
    },
  });
  if (result.kind !== "exited") throw new Error(`the script ended in a ${result.kind}`);
  const findings = result.findings.map(({ line, message }) => `${line}: ${message}`);
  return { output: out.text, status: result.status, findings, violations, machine };
}
