/** What writes to a memcg's control files do: limits, and reclaim on demand. Source: spec/memcg-slab.md A.4. */

import { EAGAIN, EBUSY } from "../errno.ts";
import type { Machine } from "../machine/state.ts";
import { drainStocks } from "./charge.ts";
import { reclaimMemcg } from "./reclaim.ts";

const NR_RETRIES = 5;

/** The limits of a memcg that a file sets. */
export type MemcgLimit =
  | "minPages"
  | "lowPages"
  | "highPages"
  | "maxPages"
  | "swapMaxPages"
  | "kmemMaxPages"
  | "softPages";

/** Sets a limit in pages; what is above memory.max or memory.high is reclaimed as far as it goes. */
export function setMemcgLimit(m: Machine, memcg: number, limit: MemcgLimit, nrPages: number, cpu: number): void {
  m.memcgs[limit][memcg] = nrPages;
  if (limit === "kmemMaxPages") m.memcgs.kmemActive[memcg] = 1;
  if (limit === "maxPages" || limit === "highPages") shrinkTo(m, memcg, nrPages, cpu);
}

/** A write to memory.max_usage_in_bytes (v1): from now on the most is counted anew. */
export function resetPeak(m: Machine, memcg: number): void {
  m.memcgs.peakPages[memcg] = m.memcgs.usagePages[memcg];
}

/** Reclaims until usage is at most `nrPages` or nothing more goes. */
function shrinkTo(m: Machine, memcg: number, nrPages: number, cpu: number): boolean {
  const { usagePages } = m.memcgs;
  if (usagePages[memcg] > nrPages) drainStocks(m, memcg);
  for (let retry = 0; usagePages[memcg] > nrPages && retry < NR_RETRIES; retry++) {
    reclaimMemcg(m, memcg, usagePages[memcg] - nrPages, cpu);
  }
  return usagePages[memcg] <= nrPages;
}

/** A write to memory.reclaim: 0; EAGAIN when fewer than `nrPages` pages went. */
export function reclaimOnDemand(m: Machine, memcg: number, nrPages: number, cpu: number): number {
  let nrReclaimed = 0;
  for (let retry = 0; nrReclaimed < nrPages && retry < NR_RETRIES; retry++) {
    nrReclaimed += reclaimMemcg(m, memcg, nrPages - nrReclaimed, cpu);
  }
  return nrReclaimed >= nrPages ? 0 : EAGAIN;
}

/** A write to memory.force_empty (v1): 0; EBUSY while the cgroup holds tasks. What cannot be reclaimed stays. */
export function forceEmpty(m: Machine, memcg: number, cpu: number): number {
  if (m.cgroups.nrTasks[m.memcgs.cgroup[memcg]] > 0) return EBUSY;
  shrinkTo(m, memcg, 0, cpu);
  return 0;
}
