/**
 * CPUs come and go: what a dead one kept goes back to the slabs, and its node may keep a batch less. The last CPU of a
 * node takes the node's own arrays and free slabs with it.
 *
 * Source: spec/memcg-slab.md D.2 (what there is for a CPU and for an online node); the order of steps is ours.
 */

import { assert } from "../../assert.ts";

import { drainFreelist, emptyArray } from "./lists.ts";
import { cacheNodeOfCpu, nrCpusOfNode, type SlabAllocator } from "./state.ts";
import { addAlien, dropAliens, dropShared, setFreeLimit, setUpNode } from "./tune.ts";

export function slabCpuDead(s: SlabAllocator, cpu: number): void {
  assert(s.isOnline[cpu] === 1, "a CPU that dies was online");
  s.isOnline[cpu] = 0;
  const { caches } = s;
  const node = s.nodeOfCpu[cpu];
  const isLast = nrCpusOfNode(s, node) === 0;
  for (let cache = 0; cache < caches.nrRows; cache++) {
    if (caches.used[cache] === 0) continue;
    const array = caches.cpuArray[cache * s.nrCpus + cpu];
    const cacheNode = cacheNodeOfCpu(s, cache, cpu);
    setFreeLimit(s, cache, node);
    emptyArray(s, array, cacheNode);
    s.arrays.touched[array] = 0;
    if (!isLast) continue;
    dropShared(s, cacheNode);
    dropAliens(s, cache, node);
    drainFreelist(s, cacheNode, caches.totalSlabs[cacheNode]);
  }
}

export function slabCpuOnline(s: SlabAllocator, cpu: number): void {
  assert(s.isOnline[cpu] === 0, "a CPU that comes online was not");
  s.isOnline[cpu] = 1;
  const { caches } = s;
  const node = s.nodeOfCpu[cpu];
  const isFirst = nrCpusOfNode(s, node) === 1;
  for (let cache = 0; cache < caches.nrRows; cache++) {
    if (caches.used[cache] === 0) continue;
    if (!isFirst) {
      setFreeLimit(s, cache, node);
      continue;
    }
    setUpNode(s, cache, node);
    for (let other = 0; other < s.nrNodes; other++) {
      if (other !== node && nrCpusOfNode(s, other) > 0) addAlien(s, cache, other, node);
    }
  }
}
