/** Random histories of whole machines: every kernel, every memcg policy, everything recounted on the way. */

import {
  FILE_SYSTEMS,
  KERNEL_PROFILES,
  type KernelProfile,
  MEMCG_POLICIES,
  type MemcgPolicy,
  printViolation,
  verifyMachine,
} from "@ebb/model";
import { MachineRun, Random, testMachine } from "@ebb/testkit";

const VERIFY_EVERY = 7;
const STEPS_PER_RUN = 400;
const DISKS = [FILE_SYSTEMS.tmpfs, FILE_SYSTEMS.ext4, FILE_SYSTEMS.xfs] as const;

/** `nrSteps` for each kernel and policy, a new machine every 400; prints a line each and how to repeat one that fails. */
export function runRandomMachines(nrSteps: number, seed: number, print: (row: string) => void): boolean {
  let ok = true;
  for (const profile of KERNEL_PROFILES) {
    for (const policy of MEMCG_POLICIES) {
      const nrRuns = Math.ceil(nrSteps / STEPS_PER_RUN);
      let broken = "";
      for (let run = 0; run < nrRuns && broken === ""; run++) broken = runOne(profile, policy, seed + run);
      print(`${profile.name} ${policy.name}: ${nrRuns} machines${broken === "" ? "" : `, ${broken}`}`);
      ok = ok && broken === "";
    }
  }
  return ok;
}

/** Answers what broke, "" when nothing did. */
function runOne(profile: KernelProfile, memcgPolicy: MemcgPolicy, seed: number): string {
  const machine = testMachine(profile.name, { nrNodes: 2, memcgPolicy: memcgPolicy.name });
  const run = new MachineRun(machine, new Random(seed), DISKS, seed % 3 === 0);
  for (let step = 1; step <= STEPS_PER_RUN; step++) {
    run.step();
    const [first] = step % VERIFY_EVERY === 0 ? verifyMachine(machine) : [];
    if (first !== undefined) return `seed ${seed}, step ${step}, ${run.last}: ${printViolation(first)}`;
  }
  run.finish();
  const [first] = verifyMachine(machine);
  return first === undefined ? "" : `seed ${seed}, at the end: ${printViolation(first)}`;
}
