/**
 * Cgroups that die with pinned files: so many cgroups one after the other, ten files of a page in each, each removed while
 * its pages keep it; then everything is reclaimed and all that is deferred runs. Kernel 6.1, 32 CPUs, files on a disk.
 */

import {
  advanceTo,
  attachTask,
  cgroupMkdir,
  cgroupRmdir,
  createFile,
  execTask,
  FILE_SYSTEMS,
  hashMachine,
  type Machine,
  ROOT_CGROUP,
  ROOT_MEMCG,
  reclaimOnDemand,
  startTask,
  syncFiles,
  writeFilePages,
} from "@ebb/model";
import { benchMachine } from "./machine.ts";

export interface DyingPoint {
  readonly cgroups: number;
  /** From the first mkdir until the last is released, wall time of one run, cold. */
  readonly seconds: number;
  readonly usPerCgroup: number;
  /** Largest resident set of the process, MB of 10^6 bytes. */
  readonly peakMb: number;
  /** Dying when the last was removed, and at the end. */
  readonly dying: readonly [most: number, end: number];
  readonly stateHash: string;
}

const FILES = 10;
/** The loop's own pace: virtual time per ten cgroups. */
const PACE_NS = 10e6;
const SETTLE_NS = 120e9;

export function benchDying(cgroups: number): DyingPoint {
  const m = benchMachine("6.1", "upstream");
  const before = process.hrtime.bigint();
  const pid = startTask(m);
  execTask(m, pid);
  for (let i = 0; i < cgroups; i++) dieWithFiles(m, pid, `g${i}`);
  const most = m.cgroups.nrDying[ROOT_CGROUP] ?? 0;
  syncFiles(m, 0);
  reclaimOnDemand(m, ROOT_MEMCG, cgroups * FILES, 0);
  advanceTo(m, m.nowNs + SETTLE_NS);
  const seconds = Number(process.hrtime.bigint() - before) / 1e9;
  return {
    cgroups,
    seconds,
    usPerCgroup: (seconds / cgroups) * 1e6,
    peakMb: process.resourceUsage().maxRSS / 976.5625,
    dying: [most, m.cgroups.nrDying[ROOT_CGROUP] ?? 0],
    stateHash: hashMachine(m),
  };
}

function dieWithFiles(m: Machine, pid: number, name: string): void {
  const cgroup = cgroupMkdir(m, ROOT_CGROUP, name);
  attachTask(m, pid, cgroup);
  for (let i = 0; i < FILES; i++) writeFilePages(m, createFile(m, FILE_SYSTEMS.xfs, pid), 0, 1, pid);
  attachTask(m, pid, ROOT_CGROUP);
  cgroupRmdir(m, cgroup);
  if (cgroup % 10 === 0) advanceTo(m, m.nowNs + PACE_NS);
}
