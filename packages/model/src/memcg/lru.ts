/** The lists of a memcg's pages: per node, newest at the head. Source: spec/memcg-slab.md A.3. */

import { assert } from "../assert.ts";
import { INACTIVE_ANON, INACTIVE_FILE, type Memcgs, NR_LRU_LISTS, UNEVICTABLE } from "./memcgs.ts";
import { FILE_PAGE, NO_LIST, NO_PAGE_ROW, type Pages } from "./pages.ts";

/** Place of a list in the columns `lruHead`, `lruTail`, `lruPages`. */
export function lruAt(t: Memcgs, memcg: number, node: number, list: number): number {
  return (memcg * t.nrNodes + node) * NR_LRU_LISTS + list;
}

/** List a page goes to when it is new or just became evictable again. */
export function listForNew(pages: Pages, page: number): number {
  if (pages.nrLocks[page] > 0) return UNEVICTABLE;
  return pages.kind[page] === FILE_PAGE ? INACTIVE_FILE : INACTIVE_ANON;
}

/** Puts `page` at the head of a list of its owner. */
export function addToLru(t: Memcgs, pages: Pages, page: number, list: number): void {
  assert(pages.list[page] === NO_LIST, "a page is on one list");
  const at = lruAt(t, pages.owner[page], pages.node[page], list);
  const head = t.lruHead[at];
  pages.lruNext[page] = head;
  pages.lruPrevious[page] = NO_PAGE_ROW;
  if (head === NO_PAGE_ROW) t.lruTail[at] = page;
  else pages.lruPrevious[head] = page;
  t.lruHead[at] = page;
  t.lruPages[at] += pages.nrPages[page];
  pages.list[page] = list;
}

export function dropFromLru(t: Memcgs, pages: Pages, page: number): void {
  const at = lruAt(t, pages.owner[page], pages.node[page], pages.list[page]);
  const next = pages.lruNext[page];
  const previous = pages.lruPrevious[page];
  if (previous === NO_PAGE_ROW) t.lruHead[at] = next;
  else pages.lruNext[previous] = next;
  if (next === NO_PAGE_ROW) t.lruTail[at] = previous;
  else pages.lruPrevious[next] = previous;
  t.lruPages[at] -= pages.nrPages[page];
  pages.list[page] = NO_LIST;
}
