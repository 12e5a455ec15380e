/**
 * Charging pages to a memcg: the counters of it and its ancestors, their limits, and the stock each CPU keeps.
 *
 * A page in stock is charged already and holds a reference, so that the next charge on that CPU costs nothing. The root
 * is not counted.
 *
 * Source: spec/memcg-slab.md A.2 (2), A.3 ("charge stock").
 */

import { ENOMEM } from "../errno.ts";
import type { Machine } from "../machine/state.ts";
import { makeMemoryFree } from "./free-memory.ts";
import { isMemcgBelow, NO_MEMCG, PIN_STOCK, ROOT_MEMCG } from "./memcgs.ts";
import { reclaimMemcg } from "./reclaim.ts";
import { addUsage, dropPins, takePins } from "./references.ts";

const NR_RETRIES = 5;

/**
 * Charges `n` pages to `memcg`.
 *
 * @param mustSucceed  goes beyond a limit, and beyond free memory, when reclaim does not help: memory a task cannot do
 *                     without
 * @returns 0; ENOMEM when a limit forbids it or memory has run out
 */
export function chargePages(m: Machine, memcg: number, n: number, cpu: number, mustSucceed: boolean): number {
  if (!makeMemoryFree(m, n, cpu) && !mustSucceed) return ENOMEM;
  if (memcg === ROOT_MEMCG) return 0;
  if (m.stockMemcg[cpu] === memcg && m.stockPages[cpu] >= n) {
    m.stockPages[cpu] -= n;
    dropPins(m, memcg, PIN_STOCK, n);
    return 0;
  }
  const batch = Math.max(n, m.profile.memcgRules.stockPages);
  if (overLimit(m, memcg, batch) === NO_MEMCG) {
    addUsage(m.memcgs, "usagePages", memcg, batch);
    refillStock(m, memcg, batch - n, cpu);
  } else {
    if (!makeRoom(m, memcg, n, cpu) && !mustSucceed) return ENOMEM;
    addUsage(m.memcgs, "usagePages", memcg, n);
  }
  reclaimHigh(m, memcg, cpu);
  return 0;
}

/** The first of `memcg` and its ancestors that `n` pages more would put over its limit; NO_MEMCG when none. */
function overLimit(m: Machine, memcg: number, n: number): number {
  const { usagePages, maxPages, parent } = m.memcgs;
  let up = memcg;
  while (up !== ROOT_MEMCG && usagePages[up] + n <= maxPages[up]) up = parent[up];
  return up === ROOT_MEMCG ? NO_MEMCG : up;
}

/** Reclaims until `n` pages fit; false when they do not. */
function makeRoom(m: Machine, memcg: number, n: number, cpu: number): boolean {
  const { memcgs } = m;
  for (let retry = 0; retry < NR_RETRIES; retry++) {
    const over = overLimit(m, memcg, n);
    if (over === NO_MEMCG) return true;
    memcgs.nrMaxEvents[over]++;
    if (retry === 1) drainStocks(m, over);
    else reclaimMemcg(m, over, Math.max(n, 32), cpu);
  }
  const over = overLimit(m, memcg, n);
  if (over !== NO_MEMCG) memcgs.nrOomEvents[over]++;
  return over === NO_MEMCG;
}

/** Usage above memory.high is reclaimed before the task goes on. */
function reclaimHigh(m: Machine, memcg: number, cpu: number): void {
  const { usagePages, highPages, parent, nrHighEvents } = m.memcgs;
  for (let up = memcg; up !== ROOT_MEMCG; up = parent[up]) {
    if (usagePages[up] <= highPages[up]) continue;
    nrHighEvents[up]++;
    reclaimMemcg(m, up, usagePages[up] - highPages[up], cpu);
  }
}

/** Puts charged pages into the stock of `cpu`; what another memcg had there is given back. */
function refillStock(m: Machine, memcg: number, n: number, cpu: number): void {
  if (n === 0) return;
  if (m.stockMemcg[cpu] !== memcg) drainStock(m, cpu);
  m.stockMemcg[cpu] = memcg;
  m.stockPages[cpu] += n;
  takePins(m, memcg, PIN_STOCK, n);
  const most = m.profile.memcgRules.stockPages;
  if (m.stockPages[cpu] > most) drainStock(m, cpu);
}

/** Gives the stock of one CPU back. */
export function drainStock(m: Machine, cpu: number): void {
  const memcg = m.stockMemcg[cpu];
  const n = m.stockPages[cpu];
  m.stockMemcg[cpu] = NO_MEMCG;
  m.stockPages[cpu] = 0;
  if (n === 0) return;
  addUsage(m.memcgs, "usagePages", memcg, -n);
  dropPins(m, memcg, PIN_STOCK, n);
}

/** Gives back the stocks that CPUs hold for `memcg` or memcgs below it. */
export function drainStocks(m: Machine, memcg: number): void {
  for (let cpu = 0; cpu < m.options.nrCpus; cpu++) {
    if (m.stockPages[cpu] > 0 && isMemcgBelow(m.memcgs, m.stockMemcg[cpu], memcg)) drainStock(m, cpu);
  }
}
