/**
 * The SLAB allocator: caches of objects, each with an array of free ones for every CPU.
 *
 *   cache --cpuArray, by CPU--> array cache      what the CPU allocates from and frees to, last in first out
 *     |
 *     +--by node--> shared array                 what the node's CPUs pass to each other, shared x batchcount
 *     |             alien arrays, by other node  objects of that node that were freed here
 *     +----------- partial / full / free         lists of slabs; a slab's free objects are linked in the pool
 *
 *   alloc   array --empty--> refill: shared array, partial slabs, free slabs, a new slab
 *   free    array --full--> flush of the oldest: shared array while it has room, else to their slabs
 *
 * An *array* is a row of `arrays`; its entries lie at `entries[start ...]`, the oldest first, `avail` of them. An object
 * in an array is free to its user and in use to its slab. A freed row has no room and no entries, so that whoever still
 * follows a pointer to it lands in the slow path, which counts the touch.
 *
 * A *node of a cache* is the number cache x nrNodes + node; a node is online while a CPU of it is.
 *
 * Who may change what: `arrays.ts` rows and entries, `lists.ts` slabs and the counts of a node, `alloc.ts` objects,
 * `tune.ts` which arrays a cache points to; `lifetime.ts`, `reap.ts` and `hotplug.ts` work through them. `verify.ts`
 * recomputes what can be derived.
 *
 * Source: spec/memcg-slab.md D.2 to D.5.
 */

import { assert } from "../../assert.ts";
import { createTable, NO_ROW, type Table } from "../../table.ts";
import type { SlabEvents } from "../events.ts";
import type { SlabPool } from "../pool.ts";

export const NO_ARRAY = NO_ROW;

/** Lists of a node, the values of a slab's `list`. */
export const FULL = 0;
export const PARTIAL = 1;
export const FREE = 2;
export const NR_LISTS = 3;

const CACHE_FIELDS = [
  /** 1 while the row is a cache. */
  "used",
  /** 1 when the reaper has found nothing to do and nothing has come since; see reap.ts. */
  "atRest",
  "objectsPerSlab",
  "pagesPerSlab",
  "limit",
  "batchcount",
  "shared",
  /** By CPU: the array it works with. */
  "cpuArray",
  /** By node and list. */
  "listHead",
  "listTail",
  /** From here on by node. */
  "totalSlabs",
  "freeSlabs",
  /** Objects free in slabs; those in arrays are not. */
  "freeObjects",
  /** A free slab was taken into use since the node's last visit by the reaper. */
  "freeTouched",
  /** Free slabs are given back while more objects than that are free. */
  "freeLimit",
  "sharedArray",
  /** By node and other node. */
  "alienArray",
] as const;

type CacheField = (typeof CACHE_FIELDS)[number];

const ARRAY_FIELDS = [
  /** 1 while the row is an array. */
  "used",
  "avail",
  "limit",
  "batchcount",
  /** Allocated from since the reaper's last visit. */
  "touched",
  /** Where its entries begin. */
  "start",
] as const;

type ArrayField = (typeof ARRAY_FIELDS)[number];

interface SlabConfig {
  readonly pool: SlabPool;
  /** Possible CPUs; all are online at first. */
  readonly nrCpus: number;
  /** Possible nodes. */
  readonly nrNodes: number;
  readonly nodeOfCpu: Int32Array;
  readonly events?: SlabEvents;
}

export interface SlabAllocator {
  readonly pool: SlabPool;
  readonly nrCpus: number;
  readonly nrNodes: number;
  readonly nodeOfCpu: Int32Array;
  readonly events: SlabEvents;
  readonly caches: Table<CacheField>;
  /** By cache and node: when the reaper next visits the node's shared array and free slabs. */
  nextReapNs: Float64Array;
  readonly arrays: Table<ArrayField>;
  /** Entries of all arrays; those ever given out are [0, nrEntries). */
  entries: Int32Array;
  nrEntries: number;
  /** Starts that arrays of so many entries left, by that count; last in, first out. */
  readonly spareStarts: Map<number, number[]>;
  readonly isOnline: Uint8Array;
  /** By CPU: the node whose alien arrays its reaper drains next. */
  readonly reapNode: Int32Array;
  /** Uses of an array after its free, and objects that were in an array when it was freed: 0 in a correct build. */
  nrFreedTouches: number;
  nrLostObjects: number;
}

const INITIAL_ENTRIES = 1024;
const SILENT: SlabEvents = { pageGained: () => undefined, pageReleased: () => undefined, ipi: () => undefined };

/** An allocator without caches; it makes its slabs in `pool`. */
export function createSlab(config: SlabConfig): SlabAllocator {
  const { pool, nrCpus, nrNodes, nodeOfCpu } = config;
  assert(nrCpus >= 1 && nrNodes >= 1, "a machine has CPUs and nodes");
  assert(nodeOfCpu.length === nrCpus, "each CPU has a node");
  for (const node of nodeOfCpu) assert(node >= 0 && node < nrNodes, "a CPU's node is possible");
  const widths = {
    cpuArray: nrCpus,
    listHead: nrNodes * NR_LISTS,
    listTail: nrNodes * NR_LISTS,
    totalSlabs: nrNodes,
    freeSlabs: nrNodes,
    freeObjects: nrNodes,
    freeTouched: nrNodes,
    freeLimit: nrNodes,
    sharedArray: nrNodes,
    alienArray: nrNodes * nrNodes,
  };
  return {
    pool,
    nrCpus,
    nrNodes,
    nodeOfCpu,
    events: config.events ?? SILENT,
    caches: createTable({ fields: CACHE_FIELDS, widths }),
    nextReapNs: new Float64Array(0),
    arrays: createTable({ fields: ARRAY_FIELDS, widths: {} }),
    entries: new Int32Array(INITIAL_ENTRIES),
    nrEntries: 0,
    spareStarts: new Map(),
    isOnline: new Uint8Array(nrCpus).fill(1),
    reapNode: nodeOfCpu.map((node) => (node + 1) % nrNodes),
    nrFreedTouches: 0,
    nrLostObjects: 0,
  };
}

/** Online CPUs of `node`; the node is online while there are any. */
export function nrCpusOfNode(s: SlabAllocator, node: number): number {
  let nr = 0;
  for (let cpu = 0; cpu < s.nrCpus; cpu++) nr += s.nodeOfCpu[cpu] === node ? s.isOnline[cpu] : 0;
  return nr;
}

/** The node of a cache that `cpu` works with. */
export function cacheNodeOfCpu(s: SlabAllocator, cache: number, cpu: number): number {
  return cache * s.nrNodes + s.nodeOfCpu[cpu];
}

/** One function-call interrupt from `cpu` to each other online CPU. */
export function interruptOthers(s: SlabAllocator, cpu: number): void {
  for (let other = 0; other < s.nrCpus; other++) {
    if (other !== cpu && s.isOnline[other] === 1) s.events.ipi(cpu, other);
  }
}
