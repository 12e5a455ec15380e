/** Allocating an object of a cache. */

import { assert } from "../../assert.ts";
import { NO_LIST, NO_OBJECT, NO_SLAB } from "../pool.ts";
import { gainSlab, pushChain, removePartial, weightOf } from "./lists.ts";
import { ACTIVE, type Slub } from "./state.ts";

/** An object of `cache`, for whoever runs on `cpu`; makes a slab when there is no free one at hand. */
export function slubAlloc(s: Slub, cache: number, cpu: number): number {
  const { pool, caches } = s;
  const at = cache * s.nrCpus + cpu;
  let object = caches.cpuFree[at];
  if (object === NO_OBJECT) object = refill(s, cache, cpu);
  caches.cpuFree[at] = pool.nextFree[object];
  pool.isAllocated[object] = 1;
  return object;
}

/**
 * Fills the CPU's list, from the first of these that has something: what others freed of the active slab, the chain,
 * the list of the CPU's node, the lists of other nodes, a new slab. The answer is the head of the list.
 */
function refill(s: Slub, cache: number, cpu: number): number {
  const t = s.caches;
  const { slabs } = s.pool;
  const at = cache * s.nrCpus + cpu;
  assert(t.used[cache] === 1, "objects are allocated of a cache");
  s.nrSlowAllocs++;
  const own = t.active[at];
  if (own !== NO_SLAB) {
    if (slabs.freeHead[own] !== NO_OBJECT) return activate(s, own, at);
    slabs.list[own] = NO_LIST;
    t.active[at] = NO_SLAB;
  }
  const next = t.chain[at];
  if (next !== NO_SLAB) {
    t.chain[at] = slabs.next[next];
    slabs.next[next] = NO_SLAB;
    slabs.chainWeight[next] = 0;
    return activate(s, next, at);
  }
  const node = s.nodeOfCpu[cpu];
  const from = nodeWithPartial(s, cache, node);
  if (from < 0) return activate(s, gainSlab(s, cache, node), at);
  return takePartial(s, cache, from, at);
}

/** Makes `slab` the CPU's own; its free objects become the CPU's list, whose head is the answer. */
function activate(s: Slub, slab: number, at: number): number {
  const { slabs } = s.pool;
  const object = slabs.freeHead[slab];
  slabs.freeHead[slab] = NO_OBJECT;
  slabs.nrInUse[slab] = slabs.nrObjects[slab];
  slabs.list[slab] = ACTIVE;
  s.caches.active[at] = slab;
  s.caches.cpuFree[at] = object;
  return object;
}

/** The node to take a partial slab from, -1 for none; another than the CPU's lends what it has beyond min_partial. */
function nodeWithPartial(s: Slub, cache: number, node: number): number {
  const t = s.caches;
  if (t.nrPartial[cache * s.nrNodes + node] > 0) return node;
  for (let i = 1; i < s.nrNodes; i++) {
    const other = (node + i) % s.nrNodes;
    if (t.nrPartial[cache * s.nrNodes + other] > t.minPartial[cache]) return other;
  }
  return -1;
}

/** The first slab of the node's list becomes the CPU's own; more go to its chain until it has half its budget. */
function takePartial(s: Slub, cache: number, node: number, at: number): number {
  const t = s.caches;
  const most = t.refillMost[cache];
  const own = t.partialHead[cache * s.nrNodes + node];
  let taken = weightOf(s, own);
  removePartial(s, own);
  for (;;) {
    const slab = t.partialHead[cache * s.nrNodes + node];
    if (taken > most || slab === NO_SLAB) return activate(s, own, at);
    taken += weightOf(s, slab);
    removePartial(s, slab);
    pushChain(s, slab, at);
  }
}
