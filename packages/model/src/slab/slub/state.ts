/**
 * SLUB: the slab allocator of most kernels, of all from 6.8 on.
 *
 *   cache --+-- CPU 0: cpuFree -> o -> o -> o          free objects of the active slab that only this CPU takes
 *           |          active -> slab                  what other CPUs free of it goes to the slab's own list
 *           |          chain  -> slab -> slab          slabs that were full when this CPU freed an object of theirs
 *           +-- CPU 1: ...
 *           +-- node 0: partial <-> slab <-> slab      slabs with free objects that no CPU has
 *           +-- (full slabs: on no list; the next free of an object of theirs finds them)
 *
 * Active slabs and those in a chain are frozen: they stay however empty they become. On the node's list an empty slab
 * stays while the list is shorter than `minPartial`. No timer looks at either, and a free to the active slab looks at
 * nothing: what is left behind waits for somebody to shrink the cache.
 *
 * A chain has a budget, in free objects up to 5.15 and in slabs from 5.16 on. Each slab in it says what the chain weighs
 * down from there, as it did when the slab was put there: frees and allocations since then do not change it.
 *
 * Where an allocation goes when the CPU's list is empty: what others freed of its slab, its chain, its node's list (the
 * chain is filled to half its budget on the way), another node's list while that is longer than `minPartial`, a new slab.
 * A slab taken from its CPU goes to the front of the node's list if nobody else freed to it, to the back otherwise.
 *
 * Not there: requests for a node, debugging, random order of a new slab's objects, races between CPUs.
 *
 * Slabs and objects are the pool's (slab/pool.ts); what is kept here is by cache, by cache and CPU, by cache and node.
 *
 * Source: spec/memcg-slab.md E.1-E.3, E.5.
 */

import { assert } from "../../assert.ts";
import { createTable, type Table, takeRow } from "../../table.ts";
import { NO_SLAB_EVENTS, type SlabEvents } from "../events.ts";
import { NO_OBJECT, NO_SLAB, type SlabPool } from "../pool.ts";
import type { ChainBudget } from "./limits.ts";

/** Lists of a slab beside NO_LIST, where the full ones are; from ACTIVE on the slab is frozen. */
export const PARTIAL = 0;
export const ACTIVE = 1;
export const IN_CHAIN = 2;

const BY_CACHE = ["used", "objectsPerSlab", "pagesPerSlab", "minPartial", "cpuPartialObjects"] as const;
const BY_CPU = ["cpuFree", "active", "chain"] as const;
const BY_NODE = ["partialHead", "partialTail", "nrPartial", "nrSlabs"] as const;

type SlubField = (typeof BY_CACHE | typeof BY_CPU | typeof BY_NODE)[number] | "chainMost" | "refillMost";

/** What happened off the fast paths, since the beginning. The fast paths count nothing. */
export const SLUB_TOTALS = ["nrSlowAllocs", "nrSlowFrees", "nrChainMoves", "nrPageCounts"] as const;

export interface Slub {
  readonly pool: SlabPool;
  readonly events: SlabEvents;
  readonly nrCpus: number;
  readonly nrNodes: number;
  readonly nodeOfCpu: Int32Array;
  readonly chainBudget: ChainBudget;
  readonly caches: Table<SlubField>;
  /** Allocations that found the CPU's list empty. */
  nrSlowAllocs: number;
  /** Frees to another slab than the CPU's own. */
  nrSlowFrees: number;
  /** Chains moved to the nodes' lists because an object was freed. */
  nrChainMoves: number;
  /** Slabs made and slabs dropped: all that counting the pages of a cache costs, and nothing of it per object. */
  nrPageCounts: number;
}

/** @public What `createSlub` takes. */
export interface SlubConfig {
  readonly pool: SlabPool;
  readonly nrCpus: number;
  readonly nrNodes: number;
  readonly nodeOfCpu: Int32Array;
  readonly events?: SlabEvents;
  /** What chains are measured in; free objects unless told. */
  readonly chainBudget?: ChainBudget;
}

export function createSlub(config: SlubConfig): Slub {
  const { pool, nrCpus, nrNodes, nodeOfCpu } = config;
  assert(nodeOfCpu.length === nrCpus, "each CPU has a node");
  const widths: Partial<Record<SlubField, number>> = {};
  for (const field of BY_CPU) widths[field] = nrCpus;
  for (const field of BY_NODE) widths[field] = nrNodes;
  return {
    pool,
    events: config.events ?? NO_SLAB_EVENTS,
    nrCpus,
    nrNodes,
    nodeOfCpu,
    chainBudget: config.chainBudget ?? "objects",
    caches: createTable({ fields: [...BY_CACHE, ...BY_CPU, ...BY_NODE, "chainMost", "refillMost"], widths }),
    nrSlowAllocs: 0,
    nrSlowFrees: 0,
    nrChainMoves: 0,
    nrPageCounts: 0,
  };
}

/** @public What `addSlubCache` takes. */
export interface SlubCacheSpec {
  readonly objectsPerSlab: number;
  readonly pagesPerSlab: number;
  /** Slabs a node's list keeps however empty they are. */
  readonly minPartial: number;
  /** Free objects a CPU's chain may hold; `slubCpuPartial`. */
  readonly cpuPartialObjects: number;
}

/** A cache without slabs; its row. */
export function addSlubCache(s: Slub, spec: SlubCacheSpec): number {
  const t = s.caches;
  const cache = takeRow(t);
  t.used[cache] = 1;
  t.objectsPerSlab[cache] = spec.objectsPerSlab;
  t.pagesPerSlab[cache] = spec.pagesPerSlab;
  t.cpuFree.fill(NO_OBJECT, cache * s.nrCpus, (cache + 1) * s.nrCpus);
  t.active.fill(NO_SLAB, cache * s.nrCpus, (cache + 1) * s.nrCpus);
  t.chain.fill(NO_SLAB, cache * s.nrCpus, (cache + 1) * s.nrCpus);
  t.partialHead.fill(NO_SLAB, cache * s.nrNodes, (cache + 1) * s.nrNodes);
  t.partialTail.fill(NO_SLAB, cache * s.nrNodes, (cache + 1) * s.nrNodes);
  slubSetLimits(s, cache, spec.minPartial, spec.cpuPartialObjects);
  return cache;
}

/**
 * Limits that hold from the next free on; what the cache keeps already it keeps until it is shrunk. From 4.0 on the copy
 * of an offline memcg gets 0 and 0, then a shrink: after that each of its slabs goes as soon as it is empty.
 */
export function slubSetLimits(s: Slub, cache: number, minPartial: number, cpuPartialObjects: number): void {
  const t = s.caches;
  assert(t.used[cache] === 1, "limits are set of a cache");
  t.minPartial[cache] = minPartial;
  t.cpuPartialObjects[cache] = cpuPartialObjects;
  if (s.chainBudget === "objects") {
    t.chainMost[cache] = cpuPartialObjects;
    t.refillMost[cache] = Math.floor(cpuPartialObjects / 2);
  } else {
    // So many half-full slabs; one less may be there when the next is put, and the CPU's own counts in a refill.
    const nrSlabs = Math.ceil((cpuPartialObjects * 2) / t.objectsPerSlab[cache]);
    t.chainMost[cache] = nrSlabs - 1;
    t.refillMost[cache] = nrSlabs === 0 ? 0 : Math.floor(nrSlabs / 2) + 1;
  }
}
