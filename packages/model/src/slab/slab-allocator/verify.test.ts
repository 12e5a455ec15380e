/** Each rule of `verifySlabAllocator` notices a state that was bent by hand. */

import { expect, test } from "vitest";
import { createSlabPool } from "../pool.ts";
import { slabAlloc, slabFree } from "./alloc.ts";
import { addSlabCache } from "./lifetime.ts";
import { createSlab, NR_LISTS, type SlabAllocator } from "./state.ts";
import { verifySlabAllocator } from "./verify.ts";

const SPEC = { objectsPerSlab: 4, pagesPerSlab: 1, limit: 6, batchcount: 3, shared: 1 };

/** Nodes 0 and 1; slabs of each kind on node 0, objects in every kind of array. */
function small(): SlabAllocator {
  const s = createSlab({ pool: createSlabPool(), nrCpus: 3, nrNodes: 2, nodeOfCpu: Int32Array.from([0, 1, 0]) });
  const cache = addSlabCache(s, SPEC, 0, "always");
  const held = Array.from({ length: 30 }, () => slabAlloc(s, cache, 0));
  for (const object of held.slice(4, 18)) slabFree(s, object, 0);
  for (const object of held.slice(18, 21)) slabFree(s, object, 1);
  s.isOnline[2] = 1;
  expect(verifySlabAllocator(s)).toEqual([]);
  return s;
}

const cpuArray = (s: SlabAllocator, cpu = 0) => s.caches.cpuArray[cpu] ?? 0;
const listed = (s: SlabAllocator, list: number) => s.caches.listHead[list] ?? 0;

const BENT: readonly [rule: string, bend: (s: SlabAllocator) => void][] = [
  ["no array is used after its free", (s) => s.nrFreedTouches++],
  ["no object is lost with its array", (s) => s.nrLostObjects++],
  ["an array has one pointer to it", (s) => (s.caches.cpuArray[1] = cpuArray(s))],
  ["slabs are linked both ways", (s) => (s.pool.slabs.previous[listed(s, 0)] = 5)],
  ["a list ends with its last slab", (s) => (s.caches.listTail[0] = listed(s, 1))],
  ["freeSlabs", (s) => (s.caches.freeSlabs[0] = 9)],
  ["totalSlabs", (s) => (s.caches.totalSlabs[0] = 9)],
  ["freeObjects", (s) => (s.caches.freeObjects[0] = 99)],
  ["freeLimit", (s) => (s.caches.freeLimit[0] = 1)],
  ["a slab knows its cache and node", (s) => (s.pool.slabs.node[listed(s, 0)] = 1)],
  ["a slab knows its list", (s) => (s.pool.slabs.list[listed(s, 0)] = 2)],
  ["free objects of a slab are its own", (s) => (s.pool.slabs.freeHead[listed(s, 1)] = 1000)],
  ["nrInUse", (s) => (s.pool.slabs.nrInUse[listed(s, 1)] = 0)],
  ["a slab is on the list its objects call for", (s) => (s.pool.slabs.freeHead[listed(s, 0)] = 0)],
  ["a node has a shared array", (s) => (s.caches.shared[0] = 0)],
  ["the limit of a shared array", (s) => (s.caches.shared[0] = 2)],
  ["no alien array is for its own node", (s) => (s.caches.alienArray[0] = s.caches.alienArray[1] ?? 0)],
  ["a dead CPU keeps nothing", (s) => (s.isOnline[0] = 0)],
  ["an array is within its limit", (s) => (s.arrays.limit[cpuArray(s)] = 0)],
  ["entries are objects of the array's node", (s) => (s.caches.cpuArray[1] = cpuArray(s))],
  ["a cache at rest is idle", (s) => (s.caches.atRest[0] = 1)],
  ["each slab is on a list", (s) => s.caches.listHead.fill(-1, 0, NR_LISTS)],
  ["an object is in one place", (s) => s.arrays.avail.fill(0, cpuArray(s), cpuArray(s) + 1)],
];

test.each(BENT)("%s", (rule, bend) => {
  const s = small();
  bend(s);
  expect(verifySlabAllocator(s).map((violation) => violation.rule)).toContain(rule);
});
