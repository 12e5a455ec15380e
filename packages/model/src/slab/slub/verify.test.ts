/** Each rule of SLUB's is broken once, and found. */

import { SlubPair } from "@ebb/testkit";
import { expect, test } from "vitest";
import { ACTIVE, PARTIAL, type Slub } from "./state.ts";
import { verifySlub } from "./verify.ts";

/** Slab 0 in CPU 0's chain, slab 1 on the node's list, slab 2 full, slab 3 CPU 0's own with two objects at hand. */
function machine(): Slub {
  const pair = new SlubPair([0, 0], "objects");
  const cache = pair.add({ objectsPerSlab: 4, pagesPerSlab: 2, minPartial: 1, cpuPartialObjects: 3 });
  const objects = Array.from({ length: 14 }, () => pair.alloc(cache, 0));
  pair.free(objects[4] ?? 0, 1);
  pair.cpuDead(1);
  pair.free(objects[0] ?? 0, 0);
  pair.free(objects[1] ?? 0, 0);
  expect(pair.findings()).toEqual([]);
  return pair.real;
}

test.each<readonly [string, (s: Slub) => void]>([
  ["a CPU without a slab has no free objects", (s) => s.caches.cpuFree.fill(3, 1, 2)],
  ["a CPU's free objects are of its slab", (s) => s.caches.cpuFree.fill(3, 0, 1)],
  ["an object on a CPU's list is not allocated", (s) => s.pool.isAllocated.fill(1, 14, 15)],
  ["an object off its slab's list is allocated or a CPU's", (s) => s.pool.isAllocated.fill(0, 9, 10)],
  ["an object off its slab's list is allocated or a CPU's", (s) => s.caches.cpuFree.fill(-1, 0, 1)],
  ["a slab is met where its list says", (s) => s.pool.slabs.list.fill(ACTIVE, 1, 2)],
  ["a slab that nobody has is full", (s) => s.caches.chain.fill(-1, 0, 1)],
  ["a slab that nobody has is on no list", (s) => s.pool.slabs.list.fill(PARTIAL, 2, 3)],
  ["a slab is in one place", (s) => s.caches.chain.fill(0, 1, 2)],
  ["what is on a list is a slab", (s) => s.caches.chain.fill(9, 1, 2)],
  ["a slab in a chain has free objects", (s) => s.caches.chain.fill(2, 1, 2)],
  ["a slab in a chain weighs something", (s) => s.pool.slabs.chainWeight.fill(0, 0, 1)],
  ["a slab in a chain weighs what it had free at most", (s) => s.pool.slabs.chainWeight.fill(3, 0, 1)],
  ["a slab outside chains weighs nothing", (s) => s.pool.slabs.chainWeight.fill(1, 1, 2)],
  ["a slab of a node's list has free objects", (s) => s.caches.partialHead.fill(2, 0, 1)],
  ["a slab of a node's list knows the one before", (s) => s.pool.slabs.previous.fill(0, 1, 2)],
  ["a node's list ends at its tail", (s) => s.caches.partialTail.fill(0, 0, 1)],
  ["a slab is on the list of its node", (s) => s.pool.slabs.node.fill(1, 1, 2)],
  ["nrPartial counts the node's list", (s) => s.caches.nrPartial.fill(2, 0, 1)],
  ["a cache's slabs are counted by node", (s) => s.caches.nrSlabs.fill(3, 0, 1)],
  ["a slab on a cache's list is the cache's", (s) => s.pool.slabs.cache.fill(1, 0, 1)],
  ["a slab is of a cache", (s) => s.caches.used.fill(0, 0, 1)],
  ["a slab has its cache's objects", (s) => s.caches.objectsPerSlab.fill(5, 0, 1)],
  ["a slab has its cache's pages", (s) => s.caches.pagesPerSlab.fill(5, 0, 1)],
  ["chainMost follows from cpuPartialObjects", (s) => s.caches.chainMost.fill(5, 0, 1)],
  ["refillMost is half the budget", (s) => s.caches.refillMost.fill(5, 0, 1)],
  ["a slab's objects in use are those off its list", (s) => s.pool.slabs.nrInUse.fill(1, 0, 1)],
])("%s", (rule, spoil) => {
  const s = machine();
  spoil(s);
  expect(verifySlub(s).map((v) => v.rule)).toContain(rule);
});
