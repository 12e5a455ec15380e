/** The allocator without its pool as a value: copied out, copied back, folded to a hash (pool.ts has the pool). */

import { assert } from "../../assert.ts";
import { COPY, type Cut } from "../../cut.ts";
import { foldTable, restoreTable, snapshotTable, type TableSnapshot } from "../../table.ts";
import type { SlabAllocator } from "./state.ts";

/** @public What `snapshotSlabAllocator` returns. */
export interface SlabAllocatorSnapshot {
  readonly caches: TableSnapshot;
  readonly nextReapNs: Float64Array;
  readonly arrays: TableSnapshot;
  readonly entries: Int32Array;
  readonly spareStarts: readonly (readonly [limit: number, starts: readonly number[]])[];
  readonly isOnline: Uint8Array;
  readonly reapNode: Int32Array;
  readonly nrFreedTouches: number;
  readonly nrLostObjects: number;
}

export function snapshotSlabAllocator(s: SlabAllocator, cut: Cut = COPY): SlabAllocatorSnapshot {
  return {
    caches: snapshotTable(s.caches, cut),
    nextReapNs: cut.floats(s.nextReapNs, s.caches.nrRows * s.nrNodes),
    arrays: snapshotTable(s.arrays, cut),
    entries: cut.ints(s.entries, s.nrEntries),
    spareStarts: [...s.spareStarts].map(([limit, starts]) => [limit, [...starts]]),
    isOnline: cut.bytes(s.isOnline, s.isOnline.length),
    reapNode: cut.ints(s.reapNode, s.reapNode.length),
    nrFreedTouches: s.nrFreedTouches,
    nrLostObjects: s.nrLostObjects,
  };
}

/** @pre `s` has the configuration the snapshot was taken under; its pool is restored too */
export function restoreSlabAllocator(s: SlabAllocator, snapshot: SlabAllocatorSnapshot): void {
  assert(snapshot.isOnline.length === s.nrCpus, "a snapshot is restored with its own CPUs");
  restoreTable(s.caches, snapshot.caches);
  if (s.nextReapNs.length < s.caches.room * s.nrNodes) s.nextReapNs = new Float64Array(s.caches.room * s.nrNodes);
  s.nextReapNs.fill(0).set(snapshot.nextReapNs);
  restoreTable(s.arrays, snapshot.arrays);
  s.nrEntries = snapshot.entries.length;
  if (s.entries.length < s.nrEntries) s.entries = new Int32Array(s.nrEntries);
  s.entries.fill(0).set(snapshot.entries);
  s.spareStarts.clear();
  for (const [limit, starts] of snapshot.spareStarts) s.spareStarts.set(limit, [...starts]);
  s.isOnline.set(snapshot.isOnline);
  s.reapNode.set(snapshot.reapNode);
  s.nrFreedTouches = snapshot.nrFreedTouches;
  s.nrLostObjects = snapshot.nrLostObjects;
}

/** Calls `fold` with every word, in a fixed order; entries of arrays as far as they hold objects. */
export function foldSlabAllocator(s: SlabAllocator, fold: (value: number) => void): void {
  const { arrays } = s;
  foldTable(s.caches, fold);
  for (let i = 0; i < s.caches.nrRows * s.nrNodes; i++) fold(s.nextReapNs[i]);
  foldTable(arrays, fold);
  for (let array = 0; array < arrays.nrRows; array++) {
    for (let i = 0; i < arrays.avail[array]; i++) fold(s.entries[arrays.start[array] + i]);
  }
  for (const limit of [...s.spareStarts.keys()].sort((a, b) => a - b)) {
    for (const start of s.spareStarts.get(limit) ?? []) fold(start);
  }
  for (const online of s.isOnline) fold(online);
  for (const node of s.reapNode) fold(node);
  fold(s.nrFreedTouches);
  fold(s.nrLostObjects);
}
