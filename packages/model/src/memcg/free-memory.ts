/** Memory that nobody has taken, and what happens when there is too little: everything reclaimable is fair game. */

import type { Machine } from "../machine/state.ts";
import { PAGE_BYTES } from "../percpu/constants.ts";
import { percpuKb } from "../percpu/statistics.ts";
import { slabGrowthPages } from "../slab/caches.ts";
import { ROOT_MEMCG } from "./memcgs.ts";
import { reclaimMemcg } from "./reclaim.ts";

const NR_RETRIES = 5;
/** Pages that reclaim asks for at a time. */
const RECLAIM_BATCH = 32;
const KB_PER_PAGE = PAGE_BYTES / 1024;

/** Free pages: what the profile has at boot less what the machine has taken since; below 0 when that is more. */
export function freeMemoryPages(m: Machine): number {
  const percpu = percpuKb(m.percpu) / KB_PER_PAGE - m.bootPercpuPages;
  const slab = slabGrowthPages(m.caches);
  const taken = percpu + slab.reclaimable + slab.unreclaimable + m.nrPagesUsed + m.nrKernelPages;
  return Math.floor(m.profile.memFreeKb / KB_PER_PAGE) - taken;
}

/** Makes `n` pages free, by reclaim from all memcgs when there are fewer; false when that is not enough. */
export function makeMemoryFree(m: Machine, n: number, cpu: number): boolean {
  let nrFree = freeMemoryPages(m);
  for (let retry = 0; retry < NR_RETRIES && nrFree < n; retry++) {
    reclaimMemcg(m, ROOT_MEMCG, Math.max(n - nrFree, RECLAIM_BATCH), cpu);
    nrFree = freeMemoryPages(m);
  }
  return nrFree >= n;
}
