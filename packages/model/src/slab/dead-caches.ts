/**
 * Dead copies of caches (mail 003, Linux 3.8): a copy holds a reference on its memcg, counts its pages, and is destroyed
 * by a work item of its own once there are none.
 *
 *   memcg dies      every copy: dead, one run asked for
 *   page released   count 0 and dead: trigger; dropped while a run is asked for (the guard)
 *   run             no pages: destroy. Otherwise what the policy says:
 *                     leave             nothing; the next trigger is the last hope      (before the mail)
 *                     shrink            empty slabs go; at 0 the trigger has asked for the run that destroys
 *                     shrink and retry  the same, and when pages are left a timer of 60 s runs it again
 *
 * A run that was asked for may be waiting for its timer: nothing that is dropped meanwhile is lost, it is only late.
 *
 * Source: spec/memcg-slab.md E.4, F.3; mail 003.
 */

import { BOOT_CPU } from "../machine/boot-cpu.ts";
import { defer } from "../machine/deferred-queue.ts";
import { EVENT_DEAD_CACHE } from "../machine/events.ts";
import type { Machine } from "../machine/state.ts";
import { PIN_CACHE_COPY } from "../memcg/memcgs.ts";
import { dropPins } from "../memcg/references.ts";
import { COPY_DEAD, COPY_GONE, COPY_ONLINE, NO_CACHE } from "./caches.ts";
import { destroyCopy, dropCopyRow } from "./copies.ts";
import { kmemShrink } from "./kmem.ts";

/** Between two runs for a copy whose objects live on. */
export const DEAD_CACHE_RETRY_NS = 60_000_000_000;

/** The memcg dies: all its copies get one run, empty or not. */
export function markCopiesDead(m: Machine, memcg: number): void {
  const t = m.caches;
  for (let row = m.memcgs.copies[memcg]; row !== NO_CACHE; row = t.nextOfMemcg[row]) {
    if (t.state[row] !== COPY_ONLINE) continue;
    t.state[row] = COPY_DEAD;
    askForRun(m, row, 0);
  }
}

/**
 * The last page of a dead copy has gone: a run destroys it. From any context; never waits.
 *
 * @kernel mm/memcontrol.c mem_cgroup_destroy_cache(), v3.8
 */
export function triggerDestroy(m: Machine, row: number): void {
  const isGuarded = !m.options.slabFaults.has("G1");
  if (isGuarded && m.caches.nrWorks[row] > 0) return;
  askForRun(m, row, 0);
}

function askForRun(m: Machine, row: number, delayNs: number): void {
  m.caches.nrWorks[row]++;
  defer(m.queue, m.nowNs + delayNs, EVENT_DEAD_CACHE, row);
}

/**
 * One run for a dead copy.
 *
 * @kernel mm/memcontrol.c kmem_cache_destroy_work_func(), v3.8
 */
export function runDeadCache(m: Machine, row: number): void {
  const t = m.caches;
  t.nrWorks[row]--;
  if (t.state[row] === COPY_GONE) {
    useAfterDestroy(m, row);
    return;
  }
  t.nrRuns[row]++;
  if (t.nrPages[row] === 0) {
    const memcg = t.memcg[row];
    destroyCopy(m, row);
    dropPins(m, memcg, PIN_CACHE_COPY, 1);
    return;
  }
  const { onPages } = m.options.deadCachePolicy;
  if (onPages === "leave") return;
  t.onCpu = BOOT_CPU;
  t.nrShrinks[row]++;
  kmemShrink(t.kmem, t.kmemCache[row], BOOT_CPU);
  if (t.nrPages[row] === 0 || onPages === "shrink") return;
  if (t.nrWorks[row] === 0) askForRun(m, row, DEAD_CACHE_RETRY_NS);
}

/** A second run for a copy that is destroyed: it works on memory that is no longer the copy's. Only without the guard. */
function useAfterDestroy(m: Machine, row: number): void {
  m.caches.nrUsesAfterDestroy++;
  if (m.caches.nrWorks[row] === 0) dropCopyRow(m, row);
}
