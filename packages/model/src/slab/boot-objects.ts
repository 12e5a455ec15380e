/**
 * The slab objects that live when an experiment begins: an input. Each cache gets so many slabs, all their objects in
 * use by nobody in particular; they are never freed.
 *
 * A recorded kernel says how many slabs each cache had. Of others only sums are known: they are spread over the caches
 * that hold most on recorded kernels, and no figure but the sums means anything.
 */

import { BOOT_CPU } from "../machine/boot-cpu.ts";
import type { Machine } from "../machine/state.ts";
import { PAGE_BYTES } from "../percpu/constants.ts";
import { kmemAlloc, kmemFree } from "./kmem.ts";

/**
 * Percent of a sum that a cache gets; the last takes what is left, its slabs are of one or two pages. None is a cache
 * that programs use: what CPUs have at hand of those stands beside.
 */
type Shares = readonly (readonly [cache: string, percent: number])[];
const RECLAIMABLE: Shares = [
  ["radix_tree_node", 30],
  ["proc_inode_cache", 20],
  ["dentry", 50],
];
const UNRECLAIMABLE: Shares = [
  ["kernfs_node_cache", 40],
  ["kmalloc-512", 20],
  ["kmalloc-64", 40],
];
const PERCENT = 100;

/** Makes the slabs that the profile says there are; a sum includes those that stand already. */
export function takeBootObjects(m: Machine): void {
  const { bootSlab } = m.profile;
  if (bootSlab.kind === "recorded") {
    bootSlab.nrSlabs.forEach((nrSlabs, cache) => {
      fillSlabs(m, cache, nrSlabs);
    });
  } else {
    spread(m, RECLAIMABLE, bootSlab.reclaimableKb, () => m.caches.nrReclaimablePages);
    spread(m, UNRECLAIMABLE, bootSlab.unreclaimableKb, () => m.caches.nrUnreclaimablePages);
  }
  m.caches.bootReclaimablePages = m.caches.nrReclaimablePages;
  m.caches.bootUnreclaimablePages = m.caches.nrUnreclaimablePages;
}

function spread(m: Machine, shares: Shares, kb: number, nrPagesNow: () => number): void {
  const t = m.caches;
  const wanted = Math.floor((kb * 1024) / PAGE_BYTES);
  const missing = Math.max(0, wanted - nrPagesNow());
  shares.forEach(([name, percent], i) => {
    const cache = t.indexOf.get(name) ?? 0;
    const nrPages = i === shares.length - 1 ? wanted - nrPagesNow() : Math.floor((missing * percent) / PERCENT);
    const { pagesPerSlab } = t.specs[cache];
    fillSlabs(m, cache, Math.floor(Math.max(0, nrPages) / pagesPerSlab));
  });
}

/** Takes objects until the cache has `nrSlabs` slabs more than those whose objects are all in use. */
function fillSlabs(m: Machine, cache: number, nrSlabs: number): void {
  const t = m.caches;
  t.onCpu = BOOT_CPU;
  const nrObjects = nrSlabs * t.specs[cache].objectsPerSlab;
  for (let nr = 0; nr < nrObjects; nr++) kmemAlloc(t.kmem, t.kmemCache[cache], BOOT_CPU);
  t.nrBootObjects += nrObjects;
}

/** Gives every CPU objects of these caches at hand, as on a machine that has been at work. */
export function warmCaches(m: Machine, caches: Iterable<number>): void {
  const t = m.caches;
  for (const cache of caches) {
    for (let cpu = 0; cpu < m.options.nrCpus; cpu++) {
      t.onCpu = cpu;
      kmemFree(t.kmem, kmemAlloc(t.kmem, t.kmemCache[cache], cpu), cpu);
    }
  }
}
