/** Slabs of a cache on a node: on which list each is, objects out of them and back. Source: spec/memcg-slab.md D.2, D.3. */

import { dropSlab, makeSlab, NO_LIST, NO_SLAB } from "../pool.ts";
import { entriesStart, shiftEntries } from "./arrays.ts";
import { FREE, FULL, NR_LISTS, PARTIAL, type SlabAllocator } from "./state.ts";

/**
 * Moves up to `want` objects from the node's slabs to an array: partial slabs first, then free ones.
 *
 * @pre the array has room for them
 */
export function takeFromLists(s: SlabAllocator, cacheNode: number, array: number, want: number): void {
  const { caches } = s;
  const lists = cacheNode * NR_LISTS;
  for (let left = want; left > 0; ) {
    let slab = caches.listHead[lists + PARTIAL];
    if (slab === NO_SLAB) {
      slab = caches.listHead[lists + FREE];
      if (slab === NO_SLAB) return;
      caches.freeTouched[cacheNode] = 1;
      caches.freeSlabs[cacheNode]--;
    }
    unlinkSlab(s, slab, cacheNode);
    left -= takeFromSlab(s, slab, cacheNode, array, left);
  }
}

/**
 * Makes a slab for the node and moves up to `want` of its objects to an array.
 *
 * @kernel mm/slab.c cache_grow_begin(), v4.12
 */
export function growCache(s: SlabAllocator, cacheNode: number, array: number, want: number): void {
  const { caches } = s;
  const node = cacheNode % s.nrNodes;
  const cache = (cacheNode - node) / s.nrNodes;
  const nrObjects = caches.objectsPerSlab[cache];
  const nrPages = caches.pagesPerSlab[cache];
  const slab = makeSlab(s.pool, cache, node, nrObjects, nrPages);
  s.events.pageGained(cache, nrPages);
  caches.totalSlabs[cacheNode]++;
  caches.freeObjects[cacheNode] += nrObjects;
  takeFromSlab(s, slab, cacheNode, array, want);
}

/** The slab is on no list; puts it on the one it then belongs to. Answers how many objects it gave. */
function takeFromSlab(s: SlabAllocator, slab: number, cacheNode: number, array: number, want: number): number {
  const { arrays } = s;
  const { slabs, nextFree } = s.pool;
  const nrObjects = slabs.nrObjects[slab];
  const nr = Math.min(want, nrObjects - slabs.nrInUse[slab]);
  const first = entriesStart(s, array) + arrays.avail[array];
  const { entries } = s;
  let object = slabs.freeHead[slab];
  for (let i = first; i < first + nr; i++) {
    entries[i] = object;
    object = nextFree[object];
  }
  slabs.freeHead[slab] = object;
  slabs.nrInUse[slab] += nr;
  arrays.avail[array] += nr;
  s.caches.freeObjects[cacheNode] -= nr;
  linkHead(s, slab, cacheNode, slabs.nrInUse[slab] === nrObjects ? FULL : PARTIAL);
  return nr;
}

/** Gives one object back to its slab: a slab that gets empty goes first on the free list, others last on partial. */
export function putObject(s: SlabAllocator, object: number, cacheNode: number): void {
  const { slabs, nextFree, slabOf } = s.pool;
  const slab = slabOf[object];
  nextFree[object] = slabs.freeHead[slab];
  slabs.freeHead[slab] = object;
  slabs.nrInUse[slab]--;
  s.caches.freeObjects[cacheNode]++;
  unlinkSlab(s, slab, cacheNode);
  if (slabs.nrInUse[slab] > 0) {
    linkTail(s, slab, cacheNode, PARTIAL);
    return;
  }
  linkHead(s, slab, cacheNode, FREE);
  s.caches.freeSlabs[cacheNode]++;
}

/**
 * Gives the `nr` oldest entries back to their slabs, then free slabs beyond the limit of their node to the system. With
 * nothing to give back, a limit that has come down meanwhile waits.
 *
 * @pre    all entries are objects of `cacheNode`
 * @kernel mm/slab.c free_block(), v4.12
 */
export function freeBlock(s: SlabAllocator, array: number, nr: number, cacheNode: number): void {
  if (nr === 0) return;
  const start = s.arrays.start[array];
  for (let i = start; i < start + nr; i++) putObject(s, s.entries[i], cacheNode);
  trimFreeSlabs(s, cacheNode);
  shiftEntries(s, array, nr);
}

/** Gives all entries back to their slabs. */
export function emptyArray(s: SlabAllocator, array: number, cacheNode: number): void {
  freeBlock(s, array, s.arrays.avail[array], cacheNode);
}

/** Destroys free slabs while the node has more free objects than its limit. */
export function trimFreeSlabs(s: SlabAllocator, cacheNode: number): void {
  const { freeObjects, freeLimit } = s.caches;
  while (freeObjects[cacheNode] > freeLimit[cacheNode] && destroyFreeSlab(s, cacheNode)) {
    // Each turn destroys one.
  }
}

/**
 * Destroys up to `most` free slabs, from the end of the list.
 *
 * @kernel mm/slab.c drain_freelist(), v4.12
 */
export function drainFreelist(s: SlabAllocator, cacheNode: number, most: number): void {
  for (let nr = 0; nr < most && destroyFreeSlab(s, cacheNode); nr++) {
    // Each turn destroys one.
  }
}

/** False when there is none. */
function destroyFreeSlab(s: SlabAllocator, cacheNode: number): boolean {
  const { caches } = s;
  const { slabs } = s.pool;
  const slab = caches.listTail[cacheNode * NR_LISTS + FREE];
  if (slab === NO_SLAB) return false;
  unlinkSlab(s, slab, cacheNode);
  caches.totalSlabs[cacheNode]--;
  caches.freeSlabs[cacheNode]--;
  caches.freeObjects[cacheNode] -= slabs.nrObjects[slab];
  const cache = slabs.cache[slab];
  const nrPages = slabs.nrPages[slab];
  dropSlab(s.pool, slab);
  s.events.pageReleased(cache, nrPages);
  return true;
}

function linkHead(s: SlabAllocator, slab: number, cacheNode: number, list: number): void {
  const { listHead, listTail } = s.caches;
  const { slabs } = s.pool;
  const at = cacheNode * NR_LISTS + list;
  const head = listHead[at];
  slabs.list[slab] = list;
  slabs.next[slab] = head;
  slabs.previous[slab] = NO_SLAB;
  if (head === NO_SLAB) listTail[at] = slab;
  else slabs.previous[head] = slab;
  listHead[at] = slab;
}

function linkTail(s: SlabAllocator, slab: number, cacheNode: number, list: number): void {
  const { listHead, listTail } = s.caches;
  const { slabs } = s.pool;
  const at = cacheNode * NR_LISTS + list;
  const tail = listTail[at];
  slabs.list[slab] = list;
  slabs.next[slab] = NO_SLAB;
  slabs.previous[slab] = tail;
  if (tail === NO_SLAB) listHead[at] = slab;
  else slabs.next[tail] = slab;
  listTail[at] = slab;
}

function unlinkSlab(s: SlabAllocator, slab: number, cacheNode: number): void {
  const { listHead, listTail } = s.caches;
  const { slabs } = s.pool;
  const at = cacheNode * NR_LISTS + slabs.list[slab];
  const next = slabs.next[slab];
  const previous = slabs.previous[slab];
  if (previous === NO_SLAB) listHead[at] = next;
  else slabs.next[previous] = next;
  if (next === NO_SLAB) listTail[at] = previous;
  else slabs.previous[next] = previous;
  slabs.list[slab] = NO_LIST;
}
