/** Scenes of dying cgroups: a machine with a shell, workers that leave something behind, the ledger as it is printed. */

import {
  advanceTo,
  attachTask,
  cgroupMkdir,
  cgroupRmdir,
  createFile,
  createMachine,
  execTask,
  exitTask,
  type FileSystemSpec,
  forkTask,
  hashMachine,
  type Machine,
  printViolation,
  ROOT_CGROUP,
  ROOT_MEMCG,
  setMemcgLimit,
  startTask,
  verifyMachine,
  writeFilePages,
} from "@ebb/model";
import { machineOptions } from "../../experiment/machine-options.ts";
import { explainDying } from "../ledger.ts";
import { printLedger } from "../print-ledger.ts";

export const SECOND_NS = 1e9;

/** A machine on which a shell runs. */
interface Scene {
  readonly m: Machine;
  readonly shell: number;
}

/** A worker in cgroup `cgroup`. */
export type Work = (m: Machine, worker: number, cgroup: number) => void;

export function sceneOn(kernel: string, policy?: string): Scene {
  const options = machineOptions({ kernel, policy, cpus: "4", nodes: undefined, settings: ["boot-repeats=1"] });
  if ("severity" in options) throw new Error(options.message);
  const m = createMachine(options);
  const shell = startTask(m);
  execTask(m, shell);
  advanceTo(m, SECOND_NS);
  return { m, shell };
}

/** Makes cgroup `name`, lets a worker do something in it, and removes it; the worker ends, or goes on in the root. */
export function die({ m, shell }: Scene, name: string, work: Work, workerStays = false): void {
  const cgroup = cgroupMkdir(m, ROOT_CGROUP, name);
  if (m.profile.memcgRules.kmemAccounting === "opt-in") {
    setMemcgLimit(m, m.cgroups.memcg[cgroup] ?? ROOT_MEMCG, "kmemMaxPages", 100_000, 0);
  }
  const worker = forkTask(m, shell);
  attachTask(m, worker, cgroup);
  work(m, worker, cgroup);
  attachTask(m, worker, ROOT_CGROUP);
  if (!workerStays) exitTask(m, worker);
  if (cgroupRmdir(m, cgroup) !== 0) throw new Error("rmdir was refused");
}

export function file(fs: FileSystemSpec, nrPages: number): Work {
  return (m, worker) => void writeFilePages(m, createFile(m, fs, worker), 0, nrPages, worker);
}

/** Lets three seconds pass and prints the ledger; the machine must be the one it was. */
export function ledgerOf({ m }: Scene): string {
  advanceTo(m, m.nowNs + 3 * SECOND_NS);
  const before = hashMachine(m);
  const text = printLedger(explainDying(m));
  if (hashMachine(m) !== before) throw new Error("the ledger changed the machine");
  const [violation] = verifyMachine(m);
  if (violation !== undefined) throw new Error(printViolation(violation));
  return text;
}
