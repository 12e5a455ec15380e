/**
 * Pages come and go: the rows, their chains and lists, the counters and references of who they are charged to. Nothing
 * here decides; what may be charged is charge.ts, what goes under pressure reclaim.ts.
 */

import { type Machine, nodeOfCpu } from "../machine/state.ts";
import {
  MEMCG_SWAP,
  NR_ACTIVE_ANON,
  NR_ACTIVE_FILE,
  NR_ANON,
  NR_FILE,
  NR_FILE_DIRTY,
  NR_INACTIVE_ANON,
  NR_INACTIVE_FILE,
  NR_SHMEM,
  NR_UNEVICTABLE,
  PGPGIN,
  PGPGOUT,
} from "../memcg-stats/items.ts";
import { countMemcgEvent, modLruvecStat, modMemcgStat } from "../memcg-stats/update.ts";
import { dropRow, NO_ROW, takeRow } from "../table.ts";
import { addToLru, dropFromLru, listForNew } from "./lru.ts";
import { PIN_ANON, PIN_FILE, PIN_SHMEM, UNEVICTABLE } from "./memcgs.ts";
import { addToIndex, dropFromIndex } from "./page-index.ts";
import { ANON_PAGE, FILE_PAGE, FREE_PAGE, NO_LIST, SHMEM_PAGE } from "./pages.ts";
import { addUsage, dropPins, dropSwapReference, takePins, takeSwapReference } from "./references.ts";

/** Statistic of each list, by list. */
export const LIST_ITEMS = [NR_INACTIVE_ANON, NR_ACTIVE_ANON, NR_INACTIVE_FILE, NR_ACTIVE_FILE, NR_UNEVICTABLE];

/** Kind of reference a page is. */
export function pinOfPage(kind: number): number {
  return kind === FILE_PAGE ? PIN_FILE : kind === ANON_PAGE ? PIN_ANON : PIN_SHMEM;
}

/**
 * A new page in memory, charged to `owner` already.
 *
 * @param kind   FILE_PAGE or SHMEM_PAGE of file `holder`; ANON_PAGE of task `holder`
 * @param index  number in the file; 0 for anonymous pages
 */
export function addPage(
  m: Machine,
  kind: number,
  owner: number,
  holder: number,
  index: number,
  nrPages: number,
  cpu: number,
): number {
  const { pages } = m;
  const page = takeRow(pages);
  pages.kind[page] = kind;
  pages.owner[page] = owner;
  pages.nrPages[page] = nrPages;
  pages.holder[page] = holder;
  pages.index[page] = index;
  pages.list[page] = NO_LIST;
  pages.node[page] = nodeOfCpu(m, cpu);
  linkToHolder(m, page);
  if (kind !== ANON_PAGE) {
    addToIndex(m.pageIndex, pages, page);
    m.files.nrPages[holder]++;
    pages.nrLocks[page] = m.files.nrLocks[holder];
  }
  takePins(m, owner, pinOfPage(kind), nrPages);
  putInMemory(m, page, cpu);
  return page;
}

/** The page is gone for good: its holder let it go, or reclaim took it. */
export function removePage(m: Machine, page: number, cpu: number): void {
  const { pages } = m;
  const owner = pages.owner[page];
  const nrPages = pages.nrPages[page];
  const kind = pages.kind[page];
  if (pages.inSwap[page] !== 0) leaveSwap(m, page, cpu);
  else {
    takeFromMemory(m, page, cpu);
    addUsage(m.memcgs, "usagePages", owner, -nrPages);
  }
  if (kind !== ANON_PAGE) {
    dropFromIndex(m.pageIndex, pages, page);
    m.files.nrPages[pages.holder[page]]--;
  }
  const wasInSwap = pages.inSwap[page] !== 0;
  unlinkFromHolder(m, page);
  pages.kind[page] = FREE_PAGE;
  dropRow(pages, page);
  if (!wasInSwap) dropPins(m, owner, pinOfPage(kind), nrPages);
}

/** Lists and statistics of a page that is in memory. */
function putInMemory(m: Machine, page: number, cpu: number): void {
  const list = listForNew(m.pages, page);
  addToLru(m.memcgs, m.pages, page, list);
  countPage(m, page, 1, cpu);
  countMemcgEvent(m.stats, m.pages.owner[page], PGPGIN, m.pages.nrPages[page], cpu);
  m.nrPagesUsed += m.pages.nrPages[page];
}

function takeFromMemory(m: Machine, page: number, cpu: number): void {
  cleanPage(m, page, cpu);
  countPage(m, page, -1, cpu);
  countMemcgEvent(m.stats, m.pages.owner[page], PGPGOUT, m.pages.nrPages[page], cpu);
  dropFromLru(m.memcgs, m.pages, page);
  m.nrPagesUsed -= m.pages.nrPages[page];
}

/** Statistics of a page on its list, added (sign 1) or taken away (-1). */
function countPage(m: Machine, page: number, sign: number, cpu: number): void {
  const { pages, stats } = m;
  const owner = pages.owner[page];
  const node = pages.node[page];
  const n = sign * pages.nrPages[page];
  const kind = pages.kind[page];
  if (kind === ANON_PAGE) modLruvecStat(stats, owner, node, NR_ANON, n, cpu);
  else {
    modLruvecStat(stats, owner, node, NR_FILE, n, cpu);
    if (kind === SHMEM_PAGE) modLruvecStat(stats, owner, node, NR_SHMEM, n, cpu);
  }
  modLruvecStat(stats, owner, node, LIST_ITEMS[pages.list[page]], n, cpu);
}

/** Moves a page to the head of `list`. */
export function moveToList(m: Machine, page: number, list: number, cpu: number): void {
  const { pages } = m;
  const from = pages.list[page];
  dropFromLru(m.memcgs, pages, page);
  addToLru(m.memcgs, pages, page, list);
  if (from === list) return;
  const owner = pages.owner[page];
  modLruvecStat(m.stats, owner, pages.node[page], LIST_ITEMS[from], -pages.nrPages[page], cpu);
  modLruvecStat(m.stats, owner, pages.node[page], LIST_ITEMS[list], pages.nrPages[page], cpu);
}

export function dirtyPage(m: Machine, page: number, cpu: number): void {
  const { pages } = m;
  if (pages.dirty[page] !== 0) return;
  pages.dirty[page] = 1;
  modLruvecStat(m.stats, pages.owner[page], pages.node[page], NR_FILE_DIRTY, pages.nrPages[page], cpu);
}

export function cleanPage(m: Machine, page: number, cpu: number): void {
  const { pages } = m;
  if (pages.dirty[page] === 0) return;
  pages.dirty[page] = 0;
  modLruvecStat(m.stats, pages.owner[page], pages.node[page], NR_FILE_DIRTY, -pages.nrPages[page], cpu);
}

/** Another task holds the page locked, or one fewer: the first takes it off the evictable lists, the last puts it back. */
export function lockPage(m: Machine, page: number, n: number, cpu: number): void {
  const { pages } = m;
  pages.nrLocks[page] += n;
  if (pages.inSwap[page] !== 0) return;
  const list = pages.nrLocks[page] > 0 ? UNEVICTABLE : pages.list[page] === UNEVICTABLE ? listForNew(pages, page) : -1;
  if (list !== -1 && list !== pages.list[page]) moveToList(m, page, list, cpu);
}

/**
 * Writes a page out to swap: its charge goes, its slot names `memcg` and holds the id of it.
 *
 * @param memcg the owner, or its closest ancestor that still has an id
 */
export function swapOutPage(m: Machine, page: number, memcg: number, cpu: number): void {
  const { pages } = m;
  const owner = pages.owner[page];
  const nrPages = pages.nrPages[page];
  takeFromMemory(m, page, cpu);
  addUsage(m.memcgs, "usagePages", owner, -nrPages);
  pages.inSwap[page] = 1;
  pages.owner[page] = memcg;
  m.nrSwapUsed += nrPages;
  takeSwapReference(m, memcg, nrPages);
  modMemcgStat(m.stats, memcg, MEMCG_SWAP, nrPages, cpu);
  dropPins(m, owner, pinOfPage(pages.kind[page]), nrPages);
}

/** Brings a page back from swap, charged to `owner` already. */
export function swapInPage(m: Machine, page: number, owner: number, cpu: number): void {
  const { pages } = m;
  const slotOwner = pages.owner[page];
  pages.inSwap[page] = 0;
  m.nrSwapUsed -= pages.nrPages[page];
  modMemcgStat(m.stats, slotOwner, MEMCG_SWAP, -pages.nrPages[page], cpu);
  pages.owner[page] = owner;
  takePins(m, owner, pinOfPage(pages.kind[page]), pages.nrPages[page]);
  dropSwapReference(m, slotOwner, pages.nrPages[page]);
  putInMemory(m, page, cpu);
}

function leaveSwap(m: Machine, page: number, cpu: number): void {
  const { pages } = m;
  m.nrSwapUsed -= pages.nrPages[page];
  modMemcgStat(m.stats, pages.owner[page], MEMCG_SWAP, -pages.nrPages[page], cpu);
  dropSwapReference(m, pages.owner[page], pages.nrPages[page]);
}

/** Gives a page in memory another owner; the charge of a child stays in its ancestors. */
export function moveOwner(m: Machine, page: number, to: number, cpu: number): void {
  const { pages } = m;
  const from = pages.owner[page];
  const nrPages = pages.nrPages[page];
  const { dirty } = pages;
  const wasDirty = dirty[page] !== 0;
  const list = pages.list[page];
  cleanPage(m, page, cpu);
  countPage(m, page, -1, cpu);
  dropFromLru(m.memcgs, pages, page);
  addUsage(m.memcgs, "usagePages", from, -nrPages);
  pages.owner[page] = to;
  addUsage(m.memcgs, "usagePages", to, nrPages);
  takePins(m, to, pinOfPage(pages.kind[page]), nrPages);
  addToLru(m.memcgs, pages, page, list);
  countPage(m, page, 1, cpu);
  if (wasDirty) dirtyPage(m, page, cpu);
  dropPins(m, from, pinOfPage(pages.kind[page]), nrPages);
}

/** Appends the page to the chain of its file or task. */
function linkToHolder(m: Machine, page: number): void {
  const { pages } = m;
  const chain = pages.kind[page] === ANON_PAGE ? m.tasks : m.files;
  const holder = pages.holder[page];
  const last = chain.lastPage[holder];
  pages.previousInHolder[page] = last;
  pages.nextInHolder[page] = NO_ROW;
  if (last === NO_ROW) chain.firstPage[holder] = page;
  else pages.nextInHolder[last] = page;
  chain.lastPage[holder] = page;
}

function unlinkFromHolder(m: Machine, page: number): void {
  const { pages } = m;
  const chain = pages.kind[page] === ANON_PAGE ? m.tasks : m.files;
  const holder = pages.holder[page];
  const next = pages.nextInHolder[page];
  const previous = pages.previousInHolder[page];
  if (previous === NO_ROW) chain.firstPage[holder] = next;
  else pages.nextInHolder[previous] = next;
  if (next === NO_ROW) chain.lastPage[holder] = previous;
  else pages.previousInHolder[next] = previous;
}
