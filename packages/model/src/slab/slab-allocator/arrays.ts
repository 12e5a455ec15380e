/** Array caches: rows, their entries, and what moves between them. Source: spec/memcg-slab.md D.2, D.3. */

import { dropRow, takeRow } from "../../table.ts";
import type { SlabAllocator } from "./state.ts";

/** `start` of an array that no object has been in yet: most arrays of most copies never hold one. */
const NO_START = -1;

/** An empty array with room for `limit` objects. */
export function takeArray(s: SlabAllocator, limit: number, batchcount: number): number {
  const { arrays } = s;
  const array = takeRow(arrays);
  arrays.used[array] = 1;
  arrays.limit[array] = limit;
  arrays.batchcount[array] = batchcount;
  arrays.start[array] = NO_START;
  return array;
}

/** Frees an array; objects still in it are lost. */
export function dropArray(s: SlabAllocator, array: number): void {
  const { arrays } = s;
  const limit = arrays.limit[array];
  const start = arrays.start[array];
  const spare = s.spareStarts.get(limit);
  if (start !== NO_START && spare === undefined) s.spareStarts.set(limit, [start]);
  else if (start !== NO_START) spare?.push(start);
  s.nrLostObjects += arrays.avail[array];
  arrays.used[array] = 0;
  arrays.avail[array] = 0;
  arrays.limit[array] = 0;
  dropRow(arrays, array);
}

/** Where the entries of an array begin that is about to hold an object; may replace `s.entries`. */
export function entriesStart(s: SlabAllocator, array: number): number {
  const { start, limit } = s.arrays;
  if (start[array] === NO_START) start[array] = takeEntries(s, limit[array]);
  return start[array];
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
  const start = entriesStart(s, array);
  s.entries[start + avail] = object;
  s.arrays.avail[array] = avail + 1;
}

/**
 * Moves the newest entries of one array to another, in their order: `most` of them, as far as there are so many and the
 * other has room. Answers how many.
 *
 * @kernel mm/slab.c transfer_objects(), v4.12
 */
export function transferObjects(s: SlabAllocator, from: number, to: number, most: number): number {
  const { arrays } = s;
  const nr = Math.min(most, arrays.avail[from], arrays.limit[to] - arrays.avail[to]);
  if (nr === 0) return 0;
  const source = arrays.start[from] + arrays.avail[from] - nr;
  const target = entriesStart(s, to) + arrays.avail[to];
  s.entries.copyWithin(target, source, source + nr);
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
