/**
 * A memcg's way out once its cgroup has lost it: offline, dying for as long as something refers to it, then released and
 * freed.
 *
 *   killed ─item─> offline ─last reference─> item ─grace period─> item: its areas, objects, copies go
 *             \─early release: statistics unpublished ─grace period─> folded into sums, their areas freed
 *
 * Source: spec/memcg-slab.md A.2 (4 to 7), A.3, C.4.
 */

import { NO_CGROUP } from "../cgroup/cgroups.ts";
import { drainStocks } from "../memcg/charge.ts";
import { lruAt } from "../memcg/lru.ts";
import {
  NO_MEMCG,
  NR_LRU_LISTS,
  OFFLINE_MEMCG,
  onlineAncestor,
  PIN_CHILD,
  PIN_WORK,
  removeMemcg,
} from "../memcg/memcgs.ts";
import { moveObjcgs } from "../memcg/objcgs.ts";
import { moveOwner } from "../memcg/page-life.ts";
import { NO_PAGE_ROW } from "../memcg/pages.ts";
import { dropIdIfUnused, dropPins, takePins } from "../memcg/references.ts";
import { killWriteback } from "../memcg/writebacks.ts";
import { closeMemcgStats, flushParkedStats, hasLiveChild, parkStats } from "../memcg-stats/lifetime.ts";
import { LIVE } from "../memcg-stats/state.ts";
import { deactivateCopies, freeCopiesOf } from "../slab/copies.ts";
import { BOOT_CPU } from "./boot-cpu.ts";
import { dropMemcgObjects } from "./cgroup-birth.ts";
import { dropCgroupPart, freeAreas } from "./cgroup-release.ts";
import { defer } from "./deferred-queue.ts";
import { queueDestroyItem } from "./destroy-queue.ts";
import { EVENT_EARLY_RELEASE, EVENT_MEMCG_FREE, EVENT_MEMCG_RCU, EVENT_MEMCG_RELEASE } from "./events.ts";
import { gracePeriodEndNs, type Machine } from "./state.ts";
import { moveKernelPages } from "./task-memory.ts";

/** Takes a killed memcg offline: it drops what it can, and from here on its last reference releases it. */
export function takeMemcgOffline(m: Machine, memcg: number): void {
  const { memcgs } = m;
  const { memcgRules } = m.profile;
  takePins(m, memcg, PIN_WORK, 1);
  memcgs.minPages[memcg] = 0;
  memcgs.lowPages[memcg] = 0;
  deactivateCopies(m, memcg);
  moveObjcgs(m, memcg, onlineAncestor(memcgs, memcg), BOOT_CPU);
  if (memcgRules.kernelPages === "owner") moveKernelPages(m, memcg, onlineAncestor(memcgs, memcg));
  killWriteback(m, memcg, BOOT_CPU);
  if (memcgRules.userPages === "reparent-at-offline") moveUserPages(m, memcg, BOOT_CPU);
  drainStocks(m, memcg);
  if (m.options.memcgPolicy.releasesStatsEarly) unpublishStats(m, memcg);
  dropPins(m, memcg, PIN_WORK, 1);
  memcgs.state[memcg] = OFFLINE_MEMCG;
  dropIdIfUnused(m, memcg);
}

/** Gives the pages on the memcg's lists to the closest memcg that is online. */
export function moveUserPages(m: Machine, memcg: number, cpu: number): void {
  const to = onlineAncestor(m.memcgs, memcg);
  for (let node = 0; node < m.options.nrNodes; node++) {
    for (let list = 0; list < NR_LRU_LISTS; list++) {
      const at = lruAt(m.memcgs, memcg, node, list);
      while (m.memcgs.lruTail[at] !== NO_PAGE_ROW) moveOwner(m, m.memcgs.lruTail[at], to, cpu);
    }
  }
}

/** From the next grace period on nobody writes to the percpu statistics; a reference keeps the memcg until then. */
function unpublishStats(m: Machine, memcg: number): void {
  parkStats(m.stats, memcg);
  takePins(m, memcg, PIN_WORK, 1);
  defer(m.queue, gracePeriodEndNs(m), EVENT_EARLY_RELEASE, memcg);
}

/**
 * Early release for the memcgs that are dying already, whatever the policy: their statistics' areas are freed a grace
 * period later. Answers how many. One above a memcg that nothing refers to any more, and that is about to be freed with
 * its statistics, is left out: children come before their parent.
 */
export function releaseStatsNow(m: Machine): number {
  let nrMemcgs = 0;
  for (let memcg = 0; memcg < m.memcgs.nrRows; memcg++) nrMemcgs += releaseStatsFromBelow(m, memcg);
  return nrMemcgs;
}

/** `releaseStatsNow` for the memcg, after those below it. */
function releaseStatsFromBelow(m: Machine, memcg: number): number {
  const { memcgs, stats } = m;
  if (memcgs.state[memcg] !== OFFLINE_MEMCG || stats.phase[memcg] !== LIVE) return 0;
  let nrMemcgs = 0;
  for (let child = stats.firstChild[memcg]; child !== NO_MEMCG; child = stats.nextSibling[child]) {
    nrMemcgs += releaseStatsFromBelow(m, child);
  }
  if (hasLiveChild(stats, memcg)) return nrMemcgs;
  unpublishStats(m, memcg);
  return nrMemcgs + 1;
}

function releaseStats(m: Machine, memcg: number): void {
  flushParkedStats(m.stats, memcg);
  m.memcgs.statsLive[memcg] = 0;
  freeAreas(m, NO_CGROUP, memcg, m.plan.releasedEarly);
  dropPins(m, memcg, PIN_WORK, 1);
}

/** The events of memcgs; false when `code` is none of them. */
export function runMemcgEvent(m: Machine, code: number, memcg: number): boolean {
  if (code === EVENT_EARLY_RELEASE) releaseStats(m, memcg);
  else if (code === EVENT_MEMCG_RELEASE) defer(m.queue, gracePeriodEndNs(m), EVENT_MEMCG_RCU, memcg);
  else if (code === EVENT_MEMCG_RCU) queueDestroyItem(m, EVENT_MEMCG_FREE, memcg);
  else if (code === EVENT_MEMCG_FREE) freeMemcg(m, memcg);
  else return false;
  return true;
}

function freeMemcg(m: Machine, memcg: number): void {
  const cgroup = m.memcgs.cgroup[memcg];
  freeAreas(m, NO_CGROUP, memcg, m.plan.freedBy.css);
  dropMemcgObjects(m, memcg, "css", BOOT_CPU);
  dropMemcgRow(m, memcg);
  if (m.cgroups.memcg[cgroup] === memcg) m.cgroups.memcg[cgroup] = NO_MEMCG;
}

/** What is left of a memcg whose areas are freed: its copies, its statistics, its row; then the reference on the parent. */
export function dropMemcgRow(m: Machine, memcg: number): void {
  const parent = m.memcgs.parent[memcg];
  const cgroup = m.memcgs.cgroup[memcg];
  freeCopiesOf(m, memcg);
  closeMemcgStats(m.stats, memcg);
  removeMemcg(m.memcgs, memcg);
  dropPins(m, parent, PIN_CHILD, 1);
  dropCgroupPart(m, cgroup);
}
