/**
 * Copies of caches: so many cgroups of kernel 4.12 (SLAB, 22 CPUs) one after the other, the script of mail 004 as calls of
 * the model: in each a task opens a control file and a new file, twice, and workers make copies of the five caches that
 * served it.
 */

import {
  advanceTo,
  attachTask,
  bufferWrite,
  COPY_ONLINE,
  cgroupMkdir,
  closeFile,
  createFile,
  deleteFile,
  FILE_SYSTEMS,
  hashMachine,
  type Machine,
  mountMemoryV1,
  openControlFile,
  openFile,
  setMemcgLimit,
  startTask,
} from "@ebb/model";
import { benchMachine } from "./machine.ts";

export interface CopiesPoint {
  readonly cgroups: number;
  /** From the first mkdir until the last copy is made, wall time of one run, cold. */
  readonly seconds: number;
  readonly copies: number;
  /** Largest resident set of the process, MB of 10^6 bytes. */
  readonly peakMb: number;
  readonly stateHash: string;
}

const LIMIT_PAGES = 262_144;
/** Virtual time of a round: five shell commands. */
const PACE_NS = 2e6;
const SETTLE_NS = 20e9;

export function benchCopies(cgroups: number): CopiesPoint {
  const m = benchMachine("4.12", "vanilla");
  const root = mountMemoryV1(m);
  const pid = startTask(m);
  const before = process.hrtime.bigint();
  for (let i = 0; i < cgroups; i++) liveIn(m, cgroupMkdir(m, root, `g${i}`), pid);
  advanceTo(m, m.nowNs + SETTLE_NS);
  const seconds = Number(process.hrtime.bigint() - before) / 1e9;
  return {
    cgroups,
    seconds,
    copies: nrCopies(m),
    peakMb: process.resourceUsage().maxRSS / 976.5625,
    stateHash: hashMachine(m),
  };
}

function nrCopies({ caches }: Machine): number {
  let nr = 0;
  for (let row = 0; row < caches.nrRows; row++) nr += caches.state[row] === COPY_ONLINE ? 1 : 0;
  return nr;
}

function liveIn(m: Machine, cgroup: number, pid: number): void {
  setMemcgLimit(m, m.cgroups.memcg[cgroup] ?? 0, "kmemMaxPages", LIMIT_PAGES, pid);
  attachTask(m, pid, cgroup);
  for (let round = 0; round < 2; round++) {
    const procs = openControlFile(m, cgroup, 0, pid);
    bufferWrite(m, procs, pid);
    closeFile(m, procs, 0);
    const file = createFile(m, FILE_SYSTEMS.xfs, pid);
    closeFile(m, openFile(m, file, pid), 0);
    deleteFile(m, file, 0);
    advanceTo(m, m.nowNs + PACE_NS);
  }
}
