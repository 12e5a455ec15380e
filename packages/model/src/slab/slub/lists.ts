/** Where a slab waits: the node's partial list, a CPU's chain, nowhere; and how it is made and dropped. */

import { dropSlab, makeSlab, NO_LIST, NO_OBJECT, NO_SLAB } from "../pool.ts";
import { IN_CHAIN, PARTIAL, type Slub } from "./state.ts";

/** A new slab of `cache` on `node`, on no list. */
export function gainSlab(s: Slub, cache: number, node: number): number {
  const t = s.caches;
  const nrPages = t.pagesPerSlab[cache];
  const slab = makeSlab(s.pool, cache, node, t.objectsPerSlab[cache], nrPages);
  t.nrSlabs[cache * s.nrNodes + node]++;
  s.nrPageCounts++;
  s.events.pageGained(cache, nrPages);
  return slab;
}

/**
 * Gives an empty slab back to the page allocator.
 *
 * @pre it is on no list
 */
function releaseSlab(s: Slub, slab: number): void {
  const { slabs } = s.pool;
  const cache = slabs.cache[slab];
  const nrPages = slabs.nrPages[slab];
  s.caches.nrSlabs[cache * s.nrNodes + slabs.node[slab]]--;
  dropSlab(s.pool, slab);
  s.nrPageCounts++;
  s.events.pageReleased(cache, nrPages);
}

function addPartial(s: Slub, slab: number, atHead: boolean): void {
  const t = s.caches;
  const { slabs } = s.pool;
  const at = slabs.cache[slab] * s.nrNodes + slabs.node[slab];
  const before = atHead ? NO_SLAB : t.partialTail[at];
  const after = atHead ? t.partialHead[at] : NO_SLAB;
  slabs.list[slab] = PARTIAL;
  slabs.previous[slab] = before;
  slabs.next[slab] = after;
  if (before === NO_SLAB) t.partialHead[at] = slab;
  else slabs.next[before] = slab;
  if (after === NO_SLAB) t.partialTail[at] = slab;
  else slabs.previous[after] = slab;
  t.nrPartial[at]++;
}

export function removePartial(s: Slub, slab: number): void {
  const t = s.caches;
  const { slabs } = s.pool;
  const at = slabs.cache[slab] * s.nrNodes + slabs.node[slab];
  const before = slabs.previous[slab];
  const after = slabs.next[slab];
  if (before === NO_SLAB) t.partialHead[at] = after;
  else slabs.next[before] = after;
  if (after === NO_SLAB) t.partialTail[at] = before;
  else slabs.previous[after] = before;
  slabs.list[slab] = NO_LIST;
  slabs.next[slab] = NO_SLAB;
  slabs.previous[slab] = NO_SLAB;
  t.nrPartial[at]--;
}

/** Gives back an empty slab of a node's list when the list is long enough without it, by the min_partial test. */
export function discardIfSpare(s: Slub, slab: number): void {
  const { slabs } = s.pool;
  const cache = slabs.cache[slab];
  if (s.caches.nrPartial[cache * s.nrNodes + slabs.node[slab]] < s.caches.minPartial[cache]) return;
  discardPartial(s, slab);
}

/** Gives back an empty slab of a node's list. */
export function discardPartial(s: Slub, slab: number): void {
  removePartial(s, slab);
  releaseSlab(s, slab);
}

/** Where a slab goes that no CPU has any more: nowhere if full, back if empty and not needed, else to its node's list. */
export function unfreeze(s: Slub, slab: number, atHead: boolean): void {
  const { slabs } = s.pool;
  slabs.list[slab] = NO_LIST;
  slabs.next[slab] = NO_SLAB;
  slabs.chainWeight[slab] = 0;
  if (slabs.freeHead[slab] === NO_OBJECT) return;
  const cache = slabs.cache[slab];
  const nrPartial = s.caches.nrPartial[cache * s.nrNodes + slabs.node[slab]];
  if (slabs.nrInUse[slab] === 0 && nrPartial >= s.caches.minPartial[cache]) releaseSlab(s, slab);
  else addPartial(s, slab, atHead);
}

/** What a slab adds to the weight of the chain it is put into. */
export function weightOf(s: Slub, slab: number): number {
  if (s.chainBudget === "slabs") return 1;
  return s.pool.slabs.nrObjects[slab] - s.pool.slabs.nrInUse[slab];
}

/** What the chain `at` (by cache and CPU) weighs. */
function chainWeight(s: Slub, at: number): number {
  const slab = s.caches.chain[at];
  return slab === NO_SLAB ? 0 : s.pool.slabs.chainWeight[slab];
}

/** Puts a slab with free objects, on no list, in front of the chain `at`. */
export function pushChain(s: Slub, slab: number, at: number): void {
  const { slabs } = s.pool;
  slabs.list[slab] = IN_CHAIN;
  slabs.chainWeight[slab] = chainWeight(s, at) + weightOf(s, slab);
  slabs.next[slab] = s.caches.chain[at];
  s.caches.chain[at] = slab;
}

/**
 * Freezes a slab that was full until an object of it was freed on this CPU. A chain over its budget is moved to the
 * nodes' lists first; with no budget at all the slab follows at once.
 */
export function putInChain(s: Slub, slab: number, cache: number, cpu: number): void {
  const at = cache * s.nrCpus + cpu;
  if (chainWeight(s, at) > s.caches.chainMost[cache]) {
    s.nrChainMoves++;
    moveChain(s, at);
  }
  pushChain(s, slab, at);
  if (s.caches.cpuPartialObjects[cache] === 0) moveChain(s, at);
}

/** Takes the whole chain `at` to the nodes' lists, from its front. */
export function moveChain(s: Slub, at: number): void {
  const { slabs } = s.pool;
  let slab = s.caches.chain[at];
  s.caches.chain[at] = NO_SLAB;
  while (slab !== NO_SLAB) {
    const next = slabs.next[slab];
    unfreeze(s, slab, false);
    slab = next;
  }
}
