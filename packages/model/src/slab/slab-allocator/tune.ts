/**
 * The arrays of a cache: the first ones, and those that replace them. The steps are functions of their own, as other
 * CPUs may come in between:
 *
 *   swapArrays - [interrupt all other CPUs and wait] - storeTunables - drainOldArray, each online CPU - freeOldArrays
 *   - setUpNode, each online node
 *
 * The barrier is there because a CPU with its interrupts off may still use its old array. Where there was none it has
 * nothing to wait for.
 *
 * Source: spec/memcg-slab.md D.5; mail 004.
 */

import { assert } from "../../assert.ts";
import { drainAlien } from "./alloc.ts";
import { dropArray, takeArray } from "./arrays.ts";
import { emptyArray } from "./lists.ts";
import { cacheNodeOfCpu, interruptOthers, NO_ARRAY, nrCpusOfNode, type SlabAllocator } from "./state.ts";

/**
 * When the other CPUs are interrupted: kernels before 4.12 always, 4.12 and later only when there were arrays before.
 * "never" is wrong.
 */
export const BARRIER_RULES = ["always", "only-when-replacing", "never"] as const;
export type BarrierRule = (typeof BARRIER_RULES)[number];

/** Entries of an alien array, where arrays hold more than one object. */
const ALIEN_LIMIT = 12;

/**
 * Gives a cache new arrays of another size.
 *
 * @param limit  most objects that a CPU's array holds; `batchcount` of them move at a time
 * @param shared the node's shared array holds so many batches
 * @kernel mm/slab.c __do_tune_cpucache(), v4.12
 */
export function tuneSlabCache(
  s: SlabAllocator,
  cache: number,
  limit: number,
  batchcount: number,
  shared: number,
  cpu: number,
  barrier: BarrierRule,
): void {
  const old = swapArrays(s, cache, limit, batchcount);
  if (needsBarrier(barrier, old.length > 0)) interruptOthers(s, cpu);
  storeTunables(s, cache, limit, batchcount, shared);
  if (old.length > 0) {
    for (let one = 0; one < s.nrCpus; one++) if (s.isOnline[one] === 1) drainOldArray(s, cache, old, one);
    freeOldArrays(s, old);
  }
  for (let node = 0; node < s.nrNodes; node++) if (nrCpusOfNode(s, node) > 0) setUpNode(s, cache, node);
}

/** @param replaces the cache had arrays before */
export function needsBarrier(rule: BarrierRule, replaces: boolean): boolean {
  return rule === "always" || (rule === "only-when-replacing" && replaces);
}

/** Points the cache to new, empty arrays; answers those it had, by CPU: none before the first. */
export function swapArrays(s: SlabAllocator, cache: number, limit: number, batchcount: number): readonly number[] {
  assert(batchcount >= 1 && batchcount <= limit, "a batch is one object or more, and fits an array");
  const { cpuArray } = s.caches;
  const old: number[] = [];
  for (let at = cache * s.nrCpus; at < (cache + 1) * s.nrCpus; at++) {
    if (cpuArray[at] !== NO_ARRAY) old.push(cpuArray[at]);
    cpuArray[at] = takeArray(s, limit, batchcount);
  }
  return old;
}

/** @pre all other CPUs have been outside a section with interrupts off since the swap */
export function storeTunables(
  s: SlabAllocator,
  cache: number,
  limit: number,
  batchcount: number,
  shared: number,
): void {
  assert(shared >= 0, "a shared array holds no batch or more");
  s.caches.limit[cache] = limit;
  s.caches.batchcount[cache] = batchcount;
  s.caches.shared[cache] = shared;
}

/** What the old array of `cpu` holds goes back to the slabs of its node. */
export function drainOldArray(s: SlabAllocator, cache: number, old: readonly number[], cpu: number): void {
  emptyArray(s, old[cpu], cacheNodeOfCpu(s, cache, cpu));
}

export function freeOldArrays(s: SlabAllocator, old: readonly number[]): void {
  for (let i = old.length - 1; i >= 0; i--) dropArray(s, old[i]);
}

/**
 * New alien arrays, a new shared array and the limit of free objects for one node; what the old ones held goes home
 * and to its slabs.
 */
export function setUpNode(s: SlabAllocator, cache: number, node: number): void {
  const { caches } = s;
  const cacheNode = cache * s.nrNodes + node;
  dropAliens(s, cache, node);
  for (let other = 0; other < s.nrNodes; other++) {
    if (other !== node && nrCpusOfNode(s, other) > 0) addAlien(s, cache, node, other);
  }
  dropShared(s, cacheNode);
  const sharedLimit = caches.shared[cache] * caches.batchcount[cache];
  if (sharedLimit > 0) caches.sharedArray[cacheNode] = takeArray(s, sharedLimit, 1);
  setFreeLimit(s, cache, node);
}

/** An alien array on `node` for objects of `other`, if there is none. */
export function addAlien(s: SlabAllocator, cache: number, node: number, other: number): void {
  const { alienArray, limit } = s.caches;
  const at = (cache * s.nrNodes + node) * s.nrNodes + other;
  if (alienArray[at] === NO_ARRAY) alienArray[at] = takeArray(s, limit[cache] > 1 ? ALIEN_LIMIT : 1, 1);
}

/** (1 + CPUs on the node) batches and a slab. */
export function setFreeLimit(s: SlabAllocator, cache: number, node: number): void {
  const { caches } = s;
  caches.freeLimit[cache * s.nrNodes + node] =
    (1 + nrCpusOfNode(s, node)) * caches.batchcount[cache] + caches.objectsPerSlab[cache];
}

/** Sends what the alien arrays of `node` hold home and frees them. */
export function dropAliens(s: SlabAllocator, cache: number, node: number): void {
  const { alienArray } = s.caches;
  for (let other = 0; other < s.nrNodes; other++) {
    const at = (cache * s.nrNodes + node) * s.nrNodes + other;
    if (alienArray[at] === NO_ARRAY) continue;
    drainAlien(s, alienArray[at], cache * s.nrNodes + other);
    dropArray(s, alienArray[at]);
    alienArray[at] = NO_ARRAY;
  }
}

/** What the shared array holds goes back to its slabs. */
export function dropShared(s: SlabAllocator, cacheNode: number): void {
  const { sharedArray } = s.caches;
  if (sharedArray[cacheNode] === NO_ARRAY) return;
  emptyArray(s, sharedArray[cacheNode], cacheNode);
  dropArray(s, sharedArray[cacheNode]);
  sharedArray[cacheNode] = NO_ARRAY;
}
