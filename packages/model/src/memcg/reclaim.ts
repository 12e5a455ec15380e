/**
 * Reclaim: which pages of which memcgs go under pressure.
 *
 * A pass visits the memcgs of a subtree, online and dying ones, in the order of their birth, parents first. From each
 * list it scans `pages >> priority`, priority 12 down to 0, from the tail. A clean page of a disk file goes; a dirty one
 * is written and waits for the next pass; anonymous and shmem pages go only to swap; what was used since it was last
 * looked at gets another round; what is locked moves to the unevictable list.
 *
 * Source: spec/memcg-slab.md A.3 (from "Unpin operations"), A.2 (5).
 */

import { shiftRight } from "../bits.ts";
import type { Machine } from "../machine/state.ts";
import { PGACTIVATE, PGDEACTIVATE, PGREFILL, PGSCAN, PGSTEAL } from "../memcg-stats/items.ts";
import { countMemcgEvent } from "../memcg-stats/update.ts";
import { lruAt } from "./lru.ts";
import {
  ACTIVE_ANON,
  ACTIVE_FILE,
  INACTIVE_ANON,
  INACTIVE_FILE,
  type Memcgs,
  NO_MEMCG,
  nextMemcg,
  OFFLINE_MEMCG,
  onlineAncestor,
  ROOT_MEMCG,
  UNEVICTABLE,
} from "./memcgs.ts";
import { cleanPage, moveToList, removePage, swapOutPage } from "./page-life.ts";
import { FILE_PAGE, NO_PAGE_ROW } from "./pages.ts";

const START_PRIORITY = 12;
/** Pages of a short list of an offline memcg that are looked at all the same. */
const SCAN_FLOOR = 32;
/** Out of 200: how much of the scan goes to anonymous pages when there is swap. */
const SWAPPINESS = 60;

/** Reclaims about `nrWanted` pages of `top` and everything below. Answers how many went. */
export function reclaimMemcg(m: Machine, top: number, nrWanted: number, cpu: number): number {
  let nrReclaimed = 0;
  for (let priority = START_PRIORITY; priority >= 0 && nrReclaimed < nrWanted; priority--) {
    let memcg = top;
    while (memcg !== NO_MEMCG) {
      if (!isProtected(m.memcgs, memcg, top)) nrReclaimed += shrinkMemcg(m, memcg, priority, cpu);
      if (nrReclaimed >= nrWanted && top !== ROOT_MEMCG) break;
      memcg = nextMemcg(m.memcgs, top, memcg);
    }
  }
  return nrReclaimed;
}

/** Usage within memory.min or memory.low is left alone, but not that of the memcg whose own limit is hit. */
function isProtected(t: Memcgs, memcg: number, top: number): boolean {
  if (memcg === top || memcg === ROOT_MEMCG) return false;
  const protectedPages = Math.max(t.minPages[memcg], t.lowPages[memcg]);
  return protectedPages > 0 && t.usagePages[memcg] <= protectedPages;
}

function shrinkMemcg(m: Machine, memcg: number, priority: number, cpu: number): number {
  let nrReclaimed = 0;
  for (let node = 0; node < m.options.nrNodes; node++) {
    nrReclaimed += shrinkLists(m, memcg, node, priority, ACTIVE_FILE, INACTIVE_FILE, cpu);
    if (m.nrSwapUsed < m.nrSwapPages) {
      nrReclaimed += shrinkLists(m, memcg, node, priority, ACTIVE_ANON, INACTIVE_ANON, cpu);
    }
  }
  return nrReclaimed;
}

/** One pair of lists of one node: ages the active one when the inactive one is the shorter, and scans the inactive one. */
function shrinkLists(
  m: Machine,
  memcg: number,
  node: number,
  priority: number,
  active: number,
  inactive: number,
  cpu: number,
): number {
  const activeAt = lruAt(m.memcgs, memcg, node, active);
  const inactiveAt = lruAt(m.memcgs, memcg, node, inactive);
  const { lruPages } = m.memcgs;
  const isAnon = inactive === INACTIVE_ANON;
  if (lruPages[inactiveAt] < lruPages[activeAt]) {
    deactivate(m, activeAt, inactive, scanCount(m, memcg, lruPages[activeAt], priority, isAnon), cpu);
  }
  return scanInactive(m, memcg, inactiveAt, scanCount(m, memcg, lruPages[inactiveAt], priority, isAnon), cpu);
}

/** Pages of a list of `nrPages` that are looked at. */
function scanCount(m: Machine, memcg: number, nrPages: number, priority: number, isAnon: boolean): number {
  const rules = m.profile.memcgRules;
  const isOffline = m.memcgs.state[memcg] === OFFLINE_MEMCG;
  const n = shiftRight(nrPages, priority);
  if (n === 0) return isOffline && rules.offlineScanFloor ? Math.min(nrPages, SCAN_FLOOR) : 0;
  if (m.nrSwapPages === 0) return n;
  const share = isAnon ? SWAPPINESS : 200 - SWAPPINESS;
  const roundsUp = rules.scanRounding === "up" || (rules.scanRounding === "up-when-offline" && isOffline);
  return roundsUp ? Math.ceil((n * share) / 200) : Math.floor((n * share) / 200);
}

function deactivate(m: Machine, activeAt: number, inactive: number, nrScan: number, cpu: number): void {
  const { pages } = m;
  let left = nrScan;
  while (left > 0 && m.memcgs.lruTail[activeAt] !== NO_PAGE_ROW) {
    const page = m.memcgs.lruTail[activeAt];
    left -= pages.nrPages[page];
    pages.referenced[page] = 0;
    countMemcgEvent(m.stats, pages.owner[page], PGREFILL, pages.nrPages[page], cpu);
    countMemcgEvent(m.stats, pages.owner[page], PGDEACTIVATE, pages.nrPages[page], cpu);
    moveToList(m, page, inactive, cpu);
  }
}

function scanInactive(m: Machine, memcg: number, at: number, nrScan: number, cpu: number): number {
  const { pages } = m;
  let nrReclaimed = 0;
  let left = nrScan;
  while (left > 0 && m.memcgs.lruTail[at] !== NO_PAGE_ROW) {
    const page = m.memcgs.lruTail[at];
    const n = pages.nrPages[page];
    left -= n;
    countMemcgEvent(m.stats, memcg, PGSCAN, n, cpu);
    if (reclaimPage(m, page, cpu)) {
      nrReclaimed += n;
      countMemcgEvent(m.stats, memcg, PGSTEAL, n, cpu);
    }
  }
  return nrReclaimed;
}

/** Tries to take one page from the tail of an inactive list; when it stays, it leaves the tail. */
function reclaimPage(m: Machine, page: number, cpu: number): boolean {
  const { pages } = m;
  const list = pages.list[page];
  if (pages.nrLocks[page] > 0) {
    moveToList(m, page, UNEVICTABLE, cpu);
    return false;
  }
  if (pages.referenced[page] !== 0) {
    pages.referenced[page] = 0;
    const active = pages.kind[page] === FILE_PAGE ? ACTIVE_FILE : ACTIVE_ANON;
    countMemcgEvent(m.stats, pages.owner[page], PGACTIVATE, pages.nrPages[page], cpu);
    moveToList(m, page, active, cpu);
    return false;
  }
  if (pages.kind[page] !== FILE_PAGE) return swapOut(m, page, cpu);
  if (pages.dirty[page] !== 0) {
    cleanPage(m, page, cpu);
    moveToList(m, page, list, cpu);
    return false;
  }
  removePage(m, page, cpu);
  return true;
}

/** The slot names the owner while that is online, else the closest ancestor that is: so swap frees a dying memcg. */
function swapOut(m: Machine, page: number, cpu: number): boolean {
  const { pages } = m;
  const names = onlineAncestor(m.memcgs, pages.owner[page]);
  const isFull = m.nrSwapUsed + pages.nrPages[page] > m.nrSwapPages;
  if (isFull || isOverSwapMax(m.memcgs, names, pages.nrPages[page])) {
    moveToList(m, page, pages.list[page], cpu);
    return false;
  }
  swapOutPage(m, page, names, cpu);
  return true;
}

/** True when `nrPages` more in swap would put the memcg or an ancestor over its memory.swap.max. */
function isOverSwapMax(t: Memcgs, memcg: number, nrPages: number): boolean {
  for (let up = memcg; up !== ROOT_MEMCG; up = t.parent[up]) {
    if (t.swapPages[up] + nrPages > t.swapMaxPages[up]) return true;
  }
  return false;
}
