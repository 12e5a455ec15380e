/** Array caches: rows, and what moves between them and their slabs. Source: spec/memcg-slab.md D.2, D.3. */

import { dropRow, takeRow } from "../../table.ts";
import { putObject, trimFreeSlabs } from "./lists.ts";
import type { SlabAllocator } from "./state.ts";

/** An empty array with room for `limit` objects. */
export function takeArray(s: SlabAllocator, limit: number, batchcount: number): number {
  const { arrays } = s;
  const array = takeRow(arrays);
  arrays.used[array] = 1;
  arrays.limit[array] = limit;
  arrays.batchcount[array] = batchcount;
  arrays.start[array] = takeEntries(s, limit);
  return array;
}

/** Frees an array; objects still in it are lost. */
export function dropArray(s: SlabAllocator, array: number): void {
  const { arrays } = s;
  const limit = arrays.limit[array];
  const spare = s.spareStarts.get(limit);
  if (spare === undefined) s.spareStarts.set(limit, [arrays.start[array]]);
  else spare.push(arrays.start[array]);
  s.nrLostObjects += arrays.avail[array];
  arrays.used[array] = 0;
  arrays.avail[array] = 0;
  arrays.limit[array] = 0;
  dropRow(arrays, array);
}

function takeEntries(s: SlabAllocator, limit: number): number {
  const spare = s.spareStarts.get(limit)?.pop();
  if (spare !== undefined) return spare;
  const start = s.nrEntries;
  s.nrEntries = start + limit;
  if (s.nrEntries > s.entries.length) {
    const larger = new Int32Array(Math.max(s.nrEntries, s.entries.length * 2));
    larger.set(s.entries);
    s.entries = larger;
  }
  return start;
}

/** @pre the array has room */
export function pushEntry(s: SlabAllocator, array: number, object: number): void {
  const avail = s.arrays.avail[array];
  s.entries[s.arrays.start[array] + avail] = object;
  s.arrays.avail[array] = avail + 1;
}

/**
 * Moves the newest entries of one array to another, in their order: `most` of them, as far as there are so many and the
 * other has room. Answers how many.
 *
 * @kernel mm/slab.c transfer_objects(), v4.12
 */
export function transferObjects(s: SlabAllocator, from: number, to: number, most: number): number {
  const { arrays, entries } = s;
  const nr = Math.min(most, arrays.avail[from], arrays.limit[to] - arrays.avail[to]);
  const source = arrays.start[from] + arrays.avail[from] - nr;
  entries.copyWithin(arrays.start[to] + arrays.avail[to], source, source + nr);
  arrays.avail[from] -= nr;
  arrays.avail[to] += nr;
  return nr;
}

/** Takes the `nr` oldest entries away, which went elsewhere; the others move down. */
export function shiftEntries(s: SlabAllocator, array: number, nr: number): void {
  const { arrays } = s;
  const start = arrays.start[array];
  s.entries.copyWithin(start, start + nr, start + arrays.avail[array]);
  arrays.avail[array] -= nr;
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
