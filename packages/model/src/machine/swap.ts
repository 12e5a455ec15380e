/** Swap space: what pages of tasks and of files in memory alone can be written out to. Source: spec/memcg-slab.md A.3. */

import { EINVAL, ENOMEM } from "../errno.ts";
import { chargePages } from "../memcg/charge.ts";
import { OFFLINE_MEMCG } from "../memcg/memcgs.ts";
import { swapInPage } from "../memcg/page-life.ts";
import type { Machine } from "./state.ts";
import { memcgOfTask } from "./tasks.ts";

/** Adds swap space of `nrPages` pages. */
export function swapOn(m: Machine, nrPages: number): void {
  m.nrSwapPages += nrPages;
}

/**
 * Task `pid` takes all swap space away: what is in it comes back, charged to the memcg its slot names or, when that is
 * gone offline, to the task's own.
 *
 * @returns 0; EINVAL without swap space; ENOMEM when a page cannot be charged: what is left stays in swap
 */
export function swapOff(m: Machine, pid: number): number {
  const before = m.nrSwapPages;
  if (before === 0) return EINVAL;
  // Nothing is written out to what goes away, though bringing pages back may put a memcg over its limit.
  m.nrSwapPages = 0;
  for (let page = 0; page < m.pages.nrRows; page++) {
    if (m.pages.kind[page] !== 0 && m.pages.inSwap[page] !== 0 && !bringBack(m, page, pid)) {
      m.nrSwapPages = before;
      return ENOMEM;
    }
  }
  return 0;
}

function bringBack(m: Machine, page: number, pid: number): boolean {
  const cpu = m.tasks.cpu[pid];
  const named = m.pages.owner[page];
  const memcg = m.memcgs.state[named] >= OFFLINE_MEMCG ? memcgOfTask(m, pid) : named;
  if (chargePages(m, memcg, m.pages.nrPages[page], cpu, false) !== 0) return false;
  swapInPage(m, page, memcg, cpu);
  return true;
}
