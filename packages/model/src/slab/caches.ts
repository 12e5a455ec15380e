/**
 * The slab caches of a machine: which caches there are, for whom, and how many pages each has.
 *
 *   root cache of the profile                 rows 0..
 *   copy for a memcg (Linux 3.8 to 5.8)       rows behind them, in the list of their memcg; a copy that is asked for and
 *                                             not yet made has a row and no cache
 *     row --kmemCache--> cache of the allocator (kmem.ts) --> slabs --> objects
 *         <-rowOf--
 *
 * Whoever takes an object keeps its number and frees by it. Where an object lies is the allocator's; that its slab's pages
 * are counted, and charged to the memcg of a copy, is pages.ts's.
 *
 * Source: spec/memcg-slab.md D.1, D.6, E.
 */

import type { CacheSpec, KernelProfile } from "../profiles/profile.ts";
import { createTable, NO_ROW, type Table, type TableShape, takeRow } from "../table.ts";
import type { SlabEvents } from "./events.ts";
import { createKmem, type Kmem, kmemCreate } from "./kmem.ts";
import { NO_OBJECT } from "./pool.ts";

export const NO_CACHE = NO_ROW;

/** Values of `state`. */
export const FREE_CACHE = 0;
export const ROOT_CACHE = 1;
/** A copy that a work item is going to create. */
export const COPY_PENDING = 2;
export const COPY_ONLINE = 3;
/** Its memcg is offline. */
export const COPY_DEAD = 4;
/** Its cache and percpu areas are gone, its own structures follow. */
export const COPY_GONE = 5;

/** Percpu areas a cache may have. */
export const AREAS_PER_COPY = 2;

const FIELDS = [
  "state",
  /** Index of the cache in the profile. */
  "cache",
  /** Row of the allocator; NO_CACHE where there is none. */
  "kmemCache",
  "memcg",
  /** CPU whose worker makes the copy. */
  "cpu",
  /** Pages of its slabs. */
  "nrPages",
  /** Work items of its destruction that wait, a timer included. */
  "nrWorks",
  /** How often such an item ran, and how often it shrank the cache. */
  "nrRuns",
  "nrShrinks",
  "nextOfMemcg",
  "previousOfMemcg",
  "areas",
  /** Objects it is made of, NO_OBJECT behind the last. */
  "objects",
] as const;

type CacheField = (typeof FIELDS)[number];

export type Caches = Table<CacheField> & {
  readonly specs: readonly CacheSpec[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly kmem: Kmem;
  /** Objects a copy may be made of. */
  readonly objectsPerCopy: number;
  /** Derived: row of each cache of the allocator. */
  rowOf: Int32Array;
  /** CPU of the call that is going on. */
  onCpu: number;
  nrReclaimablePages: number;
  nrUnreclaimablePages: number;
  /** Those of them that stood when the experiment began. */
  bootReclaimablePages: number;
  bootUnreclaimablePages: number;
  /** Objects that live since boot and that nobody of the experiment holds. */
  nrBootObjects: number;
  /** Function-call interrupts each CPU has received since the experiment began. */
  readonly nrCallIpis: Int32Array;
  /** What counting the pages of copies cost: an operation for each slab that came or went. */
  nrPageCounts: number;
  /** Runs for a copy that was destroyed: 0 in a correct build. */
  nrUsesAfterDestroy: number;
};

interface CachesConfig {
  readonly profile: KernelProfile;
  readonly nrCpus: number;
  readonly nrNodes: number;
  readonly nodeOfCpu: Int32Array;
  readonly events: SlabEvents;
}

/** The root caches of a profile, without slabs. */
export function createCaches(config: CachesConfig): Caches {
  const { profile, nrCpus, nrNodes } = config;
  const specs = profile.caches;
  const objectsPerCopy = mostObjectsPerCopy(profile, nrNodes);
  const shape: TableShape<CacheField> = {
    fields: FIELDS,
    widths: { areas: AREAS_PER_COPY, objects: objectsPerCopy },
  };
  const t: Caches = {
    ...createTable(shape),
    specs,
    indexOf: new Map(specs.map((spec, i) => [spec.name, i])),
    kmem: createKmem({ ...config, allocator: profile.slabAllocator, chainBudget: profile.slubChainBudget }),
    objectsPerCopy,
    rowOf: new Int32Array(specs.length),
    onCpu: 0,
    nrReclaimablePages: 0,
    nrUnreclaimablePages: 0,
    bootReclaimablePages: 0,
    bootUnreclaimablePages: 0,
    nrBootObjects: 0,
    nrCallIpis: new Int32Array(nrCpus),
    nrPageCounts: 0,
    nrUsesAfterDestroy: 0,
  };
  for (let cache = 0; cache < specs.length; cache++) {
    const row = takeCacheRow(t, ROOT_CACHE, cache);
    // One CPU is online while a kernel makes its first caches: nobody to interrupt.
    setKmem(t, row, kmemCreate(t.kmem, specs[cache], 0, "never"));
  }
  return t;
}

function mostObjectsPerCopy({ cacheCopies, caches }: KernelProfile, nrNodes: number): number {
  if (cacheCopies === undefined) return 1;
  const ofNode = caches.map((spec) => cacheCopies.cacheObjects?.(spec).length ?? 0);
  return cacheCopies.objects.length + nrNodes * Math.max(0, ...ofNode);
}

/** A row in `state` without a cache of the allocator. */
export function takeCacheRow(t: Caches, state: number, cache: number): number {
  const row = takeRow(t);
  t.state[row] = state;
  t.cache[row] = cache;
  t.kmemCache[row] = NO_CACHE;
  t.nextOfMemcg[row] = NO_CACHE;
  t.previousOfMemcg[row] = NO_CACHE;
  t.areas.fill(NO_ROW, row * AREAS_PER_COPY, (row + 1) * AREAS_PER_COPY);
  t.objects.fill(NO_OBJECT, row * t.objectsPerCopy, (row + 1) * t.objectsPerCopy);
  return row;
}

/** The allocator's cache of a row. */
export function setKmem(t: Caches, row: number, kmem: number): void {
  t.kmemCache[row] = kmem;
  if (kmem >= t.rowOf.length) {
    const larger = new Int32Array(Math.max(kmem + 1, t.rowOf.length * 2));
    larger.set(t.rowOf);
    t.rowOf = larger;
  }
  t.rowOf[kmem] = row;
}

/** Fills `rowOf` anew, after the rows were restored. */
export function indexKmem(t: Caches): void {
  for (let row = 0; row < t.nrRows; row++) {
    if (t.state[row] !== FREE_CACHE && t.kmemCache[row] !== NO_CACHE) setKmem(t, row, t.kmemCache[row]);
  }
}

/** Slab memory since the experiment began, pages. */
export function slabGrowthPages(t: Caches): { readonly reclaimable: number; readonly unreclaimable: number } {
  return {
    reclaimable: t.nrReclaimablePages - t.bootReclaimablePages,
    unreclaimable: t.nrUnreclaimablePages - t.bootUnreclaimablePages,
  };
}

/** The row an object is from. */
export function rowOfObject(t: Caches, object: number): number {
  const { slabs, slabOf } = t.kmem.pool;
  return t.rowOf[slabs.cache[slabOf[object]]];
}
