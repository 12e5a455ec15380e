/**
 * Slab caches by count: how many objects of each are live, how many slabs they take, and which memcg's copy they came
 * from. Objects have no address here: a cache's slabs are filled from a CPU's own free objects, then from those free
 * anywhere, then from a new slab.
 *
 *   root cache --per CPU--> free objects at hand      one row for each cache of the profile, rows 0..
 *              \--shared--> free objects in slabs
 *   copy for a memcg                                   rows behind them, in the list of their memcg
 *
 * Source: spec/memcg-slab.md D.1, D.3, E.1, E.2; where whole slabs go is an approximation (docs/limits.md).
 */

import type { CacheSpec } from "../profiles/profile.ts";
import { slabTunables } from "../profiles/slab-geometry.ts";
import { createTable, NO_ROW, type Table, type TableShape, takeRow } from "../table.ts";

export const NO_CACHE = NO_ROW;

/** Values of `state`. */
export const FREE_CACHE = 0;
export const ROOT_CACHE = 1;
/** A copy that a work item is going to create. */
export const COPY_PENDING = 2;
export const COPY_ONLINE = 3;
/** Its memcg is offline: empty slabs go at once. */
export const COPY_DEAD = 4;
/** Its percpu areas are freed, its own structures follow. */
export const COPY_GONE = 5;

/** Percpu areas a copy may have. */
export const AREAS_PER_COPY = 2;

const FIELDS = [
  "state",
  /** Index of the cache in the profile. */
  "cache",
  "memcg",
  "nrLive",
  "nrSlabs",
  /** Objects free in slabs, those at hand of a CPU not counted. */
  "nrFree",
  /** Of the live objects: dentries of names that are gone. */
  "nrUnused",
  "nextOfMemcg",
  "previousOfMemcg",
  "areas",
] as const;

type CacheField = (typeof FIELDS)[number];

const SHAPE: TableShape<CacheField> = { fields: FIELDS, widths: { areas: AREAS_PER_COPY } };

export type Caches = Table<CacheField> & {
  readonly specs: readonly CacheSpec[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly nrCpus: number;
  /** Objects a CPU takes at a time, and the most it keeps, by cache. */
  readonly batch: Int32Array;
  readonly limit: Int32Array;
  /** Objects at hand, by cache and CPU. */
  readonly atHand: Int32Array;
  nrReclaimablePages: number;
  nrUnreclaimablePages: number;
  /** Those of them that stood when the experiment began: they are in the profile's start values. */
  bootReclaimablePages: number;
  bootUnreclaimablePages: number;
};

export function createCaches(specs: readonly CacheSpec[], allocator: "SLAB" | "SLUB", nrCpus: number): Caches {
  const limits = specs.map((spec) => (allocator === "SLUB" ? spec.objectsPerSlab : slabTunables(spec.sizeBytes)[0]));
  const t: Caches = {
    ...createTable(SHAPE),
    specs,
    indexOf: new Map(specs.map((spec, i) => [spec.name, i])),
    nrCpus,
    batch: Int32Array.from(limits, (limit) => (allocator === "SLUB" ? limit : Math.floor((limit + 1) / 2))),
    limit: Int32Array.from(limits),
    atHand: new Int32Array(specs.length * nrCpus),
    nrReclaimablePages: 0,
    nrUnreclaimablePages: 0,
    bootReclaimablePages: 0,
    bootUnreclaimablePages: 0,
  };
  for (let i = 0; i < specs.length; i++) {
    const row = takeRow(t);
    t.state[row] = ROOT_CACHE;
    t.cache[row] = i;
    t.nextOfMemcg[row] = NO_CACHE;
    t.previousOfMemcg[row] = NO_CACHE;
    t.areas.fill(NO_ROW, row * AREAS_PER_COPY, (row + 1) * AREAS_PER_COPY);
  }
  return t;
}

/** Gives every CPU objects of these caches at hand, as on a machine that has been at work; they count as start values. */
export function warmCaches(t: Caches, caches: Iterable<number>): void {
  for (const cache of caches) {
    for (let cpu = 0; cpu < t.nrCpus; cpu++) if (t.atHand[cache * t.nrCpus + cpu] === 0) refillCpu(t, cache, cpu);
  }
  t.bootReclaimablePages = t.nrReclaimablePages;
  t.bootUnreclaimablePages = t.nrUnreclaimablePages;
}

/** What a CPU takes at a time: from objects free in slabs, or from a new slab. */
export function refillCpu(t: Caches, row: number, cpu: number): void {
  if (t.nrFree[row] === 0) addSlabs(t, row, 1);
  const n = Math.min(t.batch[row], t.nrFree[row]);
  t.nrFree[row] -= n;
  t.atHand[row * t.nrCpus + cpu] = n;
}

/** Slab memory since the experiment began, pages. */
export function slabGrowthPages(t: Caches): { readonly reclaimable: number; readonly unreclaimable: number } {
  return {
    reclaimable: t.nrReclaimablePages - t.bootReclaimablePages,
    unreclaimable: t.nrUnreclaimablePages - t.bootUnreclaimablePages,
  };
}

/** Adds `n` slabs to a row; negative `n` takes them away. Answers the pages they are. */
export function addSlabs(t: Caches, row: number, n: number): number {
  const spec = t.specs[t.cache[row]];
  const nrPages = n * spec.pagesPerSlab;
  t.nrSlabs[row] += n;
  t.nrFree[row] += n * spec.objectsPerSlab;
  if (spec.reclaimable) t.nrReclaimablePages += nrPages;
  else t.nrUnreclaimablePages += nrPages;
  return nrPages;
}
