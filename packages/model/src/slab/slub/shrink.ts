/** Taking back what a cache keeps: from one CPU, from all of them, down to nothing. */

import { assert } from "../../assert.ts";
import { dropRow } from "../../table.ts";
import { NO_OBJECT, NO_SLAB } from "../pool.ts";
import { discardPartial, moveChain, unfreeze } from "./lists.ts";
import type { Slub } from "./state.ts";

/** Takes a CPU's slab and chain from it, as if on that CPU. */
function flushCpu(s: Slub, cache: number, cpu: number): void {
  const t = s.caches;
  const { nextFree, slabs } = s.pool;
  const at = cache * s.nrCpus + cpu;
  const slab = t.active[at];
  if (slab !== NO_SLAB) {
    const othersFreed = slabs.freeHead[slab] !== NO_OBJECT;
    for (let object = t.cpuFree[at]; object !== NO_OBJECT; ) {
      const next = nextFree[object];
      nextFree[object] = slabs.freeHead[slab];
      slabs.freeHead[slab] = object;
      slabs.nrInUse[slab]--;
      object = next;
    }
    t.cpuFree[at] = NO_OBJECT;
    t.active[at] = NO_SLAB;
    // What this CPU alone used is warm and goes to the front.
    unfreeze(s, slab, !othersFreed);
  }
  moveChain(s, at);
}

/** Flushes every CPU that has a slab or a chain of the cache; those other than `cpu` are interrupted. */
function flushAll(s: Slub, cache: number, cpu: number): void {
  const t = s.caches;
  for (let other = 0; other < s.nrCpus; other++) {
    const at = cache * s.nrCpus + other;
    if (t.active[at] === NO_SLAB && t.chain[at] === NO_SLAB) continue;
    if (other !== cpu) s.events.ipi(cpu, other);
    flushCpu(s, cache, other);
  }
}

/**
 * Gives back all empty slabs of a cache, those of CPUs too, whatever min_partial says; the partial slabs left are put in
 * order of use, fullest first, so that the emptiest may drain.
 *
 * @kernel mm/slub.c kmem_cache_shrink(), v3.8; from 4.0 on it sorts only slabs with 32 free objects at most
 */
export function slubShrink(s: Slub, cache: number, cpu: number): void {
  assert(s.caches.used[cache] === 1, "what is shrunk is a cache");
  flushAll(s, cache, cpu);
  for (let node = 0; node < s.nrNodes; node++) {
    discardEmpty(s, cache, node);
    sortPartial(s, cache * s.nrNodes + node);
  }
}

function discardEmpty(s: Slub, cache: number, node: number): void {
  const { slabs } = s.pool;
  for (let slab = s.caches.partialHead[cache * s.nrNodes + node]; slab !== NO_SLAB; ) {
    const next = slabs.next[slab];
    if (slabs.nrInUse[slab] === 0) discardPartial(s, slab);
    slab = next;
  }
}

/** Orders a node's list by use; slabs of equal use stay in their order. */
function sortPartial(s: Slub, at: number): void {
  const t = s.caches;
  const { slabs } = s.pool;
  const n = t.nrPartial[at];
  if (n < 2) return;
  const inOrder = new Int32Array(n);
  const keys = new Float64Array(n);
  let slab = t.partialHead[at];
  for (let i = 0; i < n; i++) {
    inOrder[i] = slab;
    keys[i] = (slabs.nrObjects[slab] - slabs.nrInUse[slab]) * n + i;
    slab = slabs.next[slab];
  }
  keys.sort();
  let before = NO_SLAB;
  for (let i = 0; i < n; i++) {
    slab = inOrder[keys[i] % n];
    slabs.previous[slab] = before;
    if (before === NO_SLAB) t.partialHead[at] = slab;
    else slabs.next[before] = slab;
    before = slab;
  }
  slabs.next[before] = NO_SLAB;
  t.partialTail[at] = before;
}

/** A CPU is gone: a surviving one takes its slabs and chains of all caches, by the same rules and without an interrupt. */
export function slubCpuDead(s: Slub, cpu: number): void {
  for (let cache = 0; cache < s.caches.nrRows; cache++) {
    if (s.caches.used[cache] === 1) flushCpu(s, cache, cpu);
  }
}

/**
 * Takes everything back that can go. The answer is the number of objects still allocated: with any the cache stays,
 * without, its row is free.
 */
export function destroySlubCache(s: Slub, cache: number, cpu: number): number {
  const t = s.caches;
  assert(t.used[cache] === 1, "what is destroyed is a cache");
  flushAll(s, cache, cpu);
  let nrLive = 0;
  for (let node = 0; node < s.nrNodes; node++) {
    const at = cache * s.nrNodes + node;
    discardEmpty(s, cache, node);
    nrLive += t.nrSlabs[at] * t.objectsPerSlab[cache] - nrFreeOnList(s, at);
  }
  if (nrLive > 0) return nrLive;
  t.used[cache] = 0;
  dropRow(t, cache);
  return 0;
}

/** Free objects in the slabs of a node's list, `at` by cache and node. */
export function nrFreeOnList(s: Slub, at: number): number {
  const { slabs } = s.pool;
  let nrFree = 0;
  for (let slab = s.caches.partialHead[at]; slab !== NO_SLAB; slab = slabs.next[slab]) {
    nrFree += slabs.nrObjects[slab] - slabs.nrInUse[slab];
  }
  return nrFree;
}
