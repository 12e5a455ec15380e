/**
 * The slab allocator of a machine, SLAB or SLUB, behind one face. A machine has one of them; which one is data of its
 * kernel, and nobody above asks.
 *
 * A cache is a row of the allocator's, an object a number of the pool's. Every call that may move objects says on which
 * CPU it runs.
 *
 * Source: spec/memcg-slab.md D, E.1-E.3.
 */

import { assert } from "../assert.ts";
import type { Cut } from "../cut.ts";
import { slabTunables } from "../profiles/slab-geometry.ts";
import type { Violation } from "../violation.ts";
import type { SlabEvents } from "./events.ts";
import {
  createSlabPool,
  foldSlabPool,
  restoreSlabPool,
  type SlabPool,
  type SlabPoolSnapshot,
  snapshotSlabPool,
} from "./pool.ts";
import { verifySlabPool } from "./pool-verify.ts";
import { slabAlloc, slabFree } from "./slab-allocator/alloc.ts";
import { slabCpuDead, slabCpuOnline } from "./slab-allocator/hotplug.ts";
import { addSlabCache, destroySlabCache, slabShrink } from "./slab-allocator/lifetime.ts";
import { type SlabInfo, slabInfo } from "./slab-allocator/slabinfo.ts";
import {
  foldSlabAllocator,
  restoreSlabAllocator,
  type SlabAllocatorSnapshot,
  snapshotSlabAllocator,
} from "./slab-allocator/snapshot.ts";
import { createSlab, type SlabAllocator } from "./slab-allocator/state.ts";
import type { BarrierRule } from "./slab-allocator/tune.ts";
import { verifySlabAllocator } from "./slab-allocator/verify.ts";
import { slubAlloc } from "./slub/alloc.ts";
import { slubFree } from "./slub/free.ts";
import { type ChainBudget, slubCpuPartial, slubMinPartial } from "./slub/limits.ts";
import { destroySlubCache, slubCpuDead, slubShrink } from "./slub/shrink.ts";
import { slubInfo } from "./slub/slabinfo.ts";
import { foldSlub, restoreSlub, type SlubSnapshot, snapshotSlub } from "./slub/snapshot.ts";
import { addSlubCache, createSlub, type Slub, slubSetLimits } from "./slub/state.ts";
import { verifySlub } from "./slub/verify.ts";

export interface Kmem {
  readonly pool: SlabPool;
  /** One of the two is there. */
  readonly slab: SlabAllocator | undefined;
  readonly slub: Slub | undefined;
}

/** @public What `createKmem` takes. */
export interface KmemConfig {
  readonly allocator: "SLAB" | "SLUB";
  readonly nrCpus: number;
  readonly nrNodes: number;
  readonly nodeOfCpu: Int32Array;
  /** What SLUB's chains of partial slabs are measured in. */
  readonly chainBudget: ChainBudget;
  readonly events: SlabEvents;
}

/** Size and layout of a cache's objects. */
interface KmemCacheSpec {
  readonly sizeBytes: number;
  readonly objectsPerSlab: number;
  readonly pagesPerSlab: number;
}

export function createKmem(config: KmemConfig): Kmem {
  const pool = createSlabPool();
  const isSlab = config.allocator === "SLAB";
  return {
    pool,
    slab: isSlab ? createSlab({ ...config, pool }) : undefined,
    slub: isSlab ? undefined : createSlub({ ...config, pool }),
  };
}

/** A root cache with the limits that its objects' size calls for; its row. */
export function kmemCreate(k: Kmem, spec: KmemCacheSpec, cpu: number, barrier: BarrierRule): number {
  if (k.slab !== undefined) {
    const [limit, batchcount, shared] = slabTunables(spec.sizeBytes);
    const isShared = k.slab.nrCpus > 1;
    return addSlabCache(k.slab, { ...spec, limit, batchcount, shared: isShared ? shared : 0 }, cpu, barrier);
  }
  const slub = slubOf(k);
  const cpuPartialObjects = slubCpuPartial(spec.sizeBytes, slub.chainBudget);
  return addSlubCache(slub, { ...spec, minPartial: slubMinPartial(spec.sizeBytes), cpuPartialObjects });
}

/** A cache like `root`, with the limits that one has now. */
export function kmemCopy(k: Kmem, root: number, cpu: number, barrier: BarrierRule): number {
  if (k.slab !== undefined) {
    const { objectsPerSlab, pagesPerSlab, limit, batchcount, shared } = k.slab.caches;
    const spec = {
      objectsPerSlab: objectsPerSlab[root],
      pagesPerSlab: pagesPerSlab[root],
      limit: limit[root],
      batchcount: batchcount[root],
      shared: shared[root],
    };
    return addSlabCache(k.slab, spec, cpu, barrier);
  }
  const slub = slubOf(k);
  const { objectsPerSlab, pagesPerSlab, minPartial, cpuPartialObjects } = slub.caches;
  return addSlubCache(slub, {
    objectsPerSlab: objectsPerSlab[root],
    pagesPerSlab: pagesPerSlab[root],
    minPartial: minPartial[root],
    cpuPartialObjects: cpuPartialObjects[root],
  });
}

/** An object of `cache`. */
export function kmemAlloc(k: Kmem, cache: number, cpu: number): number {
  return k.slab !== undefined ? slabAlloc(k.slab, cache, cpu) : slubAlloc(slubOf(k), cache, cpu);
}

/** @pre the object is allocated */
export function kmemFree(k: Kmem, object: number, cpu: number): void {
  if (k.slab !== undefined) slabFree(k.slab, object, cpu);
  else slubFree(slubOf(k), object, cpu);
}

/** Gives back what of the cache is free, on whatever CPU it is. */
export function kmemShrink(k: Kmem, cache: number, cpu: number): void {
  if (k.slab !== undefined) slabShrink(k.slab, cache, cpu);
  else slubShrink(slubOf(k), cache, cpu);
}

/** From now on a slab of the cache goes as soon as it is empty, where the allocator would keep some (SLUB, 4.0 and later). */
export function kmemKeepNothing(k: Kmem, cache: number): void {
  if (k.slub !== undefined) slubSetLimits(k.slub, cache, 0, 0);
}

/** Shrinks the cache and, when no object of it is allocated, takes it away. Answers how many are. */
export function kmemDestroy(k: Kmem, cache: number, cpu: number): number {
  return k.slab !== undefined ? destroySlabCache(k.slab, cache, cpu) : destroySlubCache(slubOf(k), cache, cpu);
}

export function kmemCpuDead(k: Kmem, cpu: number): void {
  if (k.slab !== undefined) slabCpuDead(k.slab, cpu);
  else slubCpuDead(slubOf(k), cpu);
}

export function kmemCpuOnline(k: Kmem, cpu: number): void {
  if (k.slab !== undefined) slabCpuOnline(k.slab, cpu);
}

/** The counts of a cache as slabinfo has them. */
export function kmemInfo(k: Kmem, cache: number): SlabInfo {
  if (k.slab !== undefined) return slabInfo(k.slab, cache);
  return { ...slubInfo(slubOf(k), cache), limit: 0, batchcount: 0, shared: 0, sharedAvailable: 0 };
}

function slubOf(k: Kmem): Slub {
  assert(k.slub !== undefined, "a machine has one slab allocator");
  return k.slub;
}

/** @public What `snapshotKmem` returns. */
export interface KmemSnapshot {
  readonly pool: SlabPoolSnapshot;
  readonly slab: SlabAllocatorSnapshot | undefined;
  readonly slub: SlubSnapshot | undefined;
}

export function snapshotKmem(k: Kmem, cut: Cut): KmemSnapshot {
  return {
    pool: snapshotSlabPool(k.pool, cut),
    slab: k.slab === undefined ? undefined : snapshotSlabAllocator(k.slab, cut),
    slub: k.slub === undefined ? undefined : snapshotSlub(k.slub, cut),
  };
}

/** @pre `k` is of the configuration of the snapshot's */
export function restoreKmem(k: Kmem, s: KmemSnapshot): void {
  restoreSlabPool(k.pool, s.pool);
  if (k.slab !== undefined && s.slab !== undefined) restoreSlabAllocator(k.slab, s.slab);
  if (k.slub !== undefined && s.slub !== undefined) restoreSlub(k.slub, s.slub);
}

/** Calls `fold` with every word that counts, in a fixed order. */
export function foldKmem(k: Kmem, fold: (value: number) => void): void {
  foldSlabPool(k.pool, fold);
  if (k.slab !== undefined) foldSlabAllocator(k.slab, fold);
  if (k.slub !== undefined) foldSlub(k.slub, fold);
}

/** All violations of the allocator and its pool. */
export function verifyKmem(k: Kmem): readonly Violation[] {
  if (k.slab === undefined) return verifySlub(slubOf(k));
  const out = verifySlabAllocator(k.slab);
  verifySlabPool(k.pool, out);
  return out;
}
