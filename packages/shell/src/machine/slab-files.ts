/** /proc/slabinfo and /proc/interrupts over a live machine. Source: spec/memcg-slab.md D.5; recorded files. */

import { printInterrupts, printSlabinfo } from "@ebb/formats";
import { type Machine, machineCaches } from "@ebb/model";
import { EINVAL, type Errno } from "../errno.ts";
import { tuneCache } from "./calls.ts";
import { kernelErrno } from "./kernel-errno.ts";
import { cpuOf } from "./machine-page-cache.ts";
import { cpusThatAre } from "./sys-fs.ts";

/** A line that is written may have so many bytes. */
const MAX_LINE_BYTES = 128;

export function slabinfo(m: Machine): string {
  return printSlabinfo(machineCaches(m));
}

/** "name limit batchcount shared", as root writes it to tune the arrays of a SLAB cache. */
export function writeSlabinfo(m: Machine, text: string, pid: number): Errno | undefined {
  if (text.length > MAX_LINE_BYTES) return EINVAL;
  const found = /^(\S+)\s+(-?\d+)\s+(-?\d+)\s+(-?\d+)/.exec(text);
  if (found === null) return EINVAL;
  const [limit = 0, batchcount = 0, shared = 0] = found.slice(2, 5).map(Number);
  return kernelErrno(tuneCache(m, found[1] ?? "", limit, batchcount, shared, cpuOf(m, pid)));
}

/** The only interrupts a machine counts are those by which one CPU makes another run something. */
export function interrupts(m: Machine): string {
  const cpus = cpusThatAre(m, true);
  const counts = cpus.map((cpu) => m.profile.bootCallIpis + (m.caches.nrCallIpis[cpu] ?? 0));
  return printInterrupts(cpus, [{ name: "CAL", counts, meaning: "Function call interrupts" }]);
}
