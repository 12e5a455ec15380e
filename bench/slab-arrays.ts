/**
 * Allocation and free through the arrays of the SLAB allocator, one cache of dentries (21 in a page, limit 120):
 *
 *   in the array   an object is taken and given back; nothing leaves the CPU's array
 *   batches        300 objects are taken, then given back in the order taken: refills and flushes, the shared array
 *   between CPUs   one CPU takes, another gives back
 */

import {
  addSlabCache,
  createSlab,
  createSlabPool,
  foldSlabAllocator,
  type SlabAllocator,
  slabAlloc,
  slabFree,
} from "@ebb/model";
import { cpuSeconds } from "./timing.ts";

export interface SlabArraysPoint {
  readonly pattern: string;
  /** Allocations with their frees, millions per second. */
  readonly millionPairsPerSecond: number;
  /** Sum of all words of the state at the end, each weighed by its place, below 2^32. */
  readonly stateSum: number;
}

const PAIRS = 3_000_000;
const SMOKE_PAIRS = 3000;
const HELD = 300;

type Churn = (s: SlabAllocator, cache: number, nrPairs: number, held: Int32Array) => void;

const PATTERNS: readonly (readonly [pattern: string, churn: Churn])[] = [
  ["in the array", inTheArray],
  ["batches", (s, cache, nrPairs, held) => batches(s, cache, nrPairs, held, 0)],
  ["between CPUs", (s, cache, nrPairs, held) => batches(s, cache, nrPairs, held, 1)],
];

export function benchSlabArrays(smoke: boolean): SlabArraysPoint[] {
  const nrPairs = smoke ? SMOKE_PAIRS : PAIRS;
  return PATTERNS.map(([pattern, churn]) => {
    const s = createSlab({ pool: createSlabPool(), nrCpus: 2, nrNodes: 1, nodeOfCpu: new Int32Array(2) });
    const spec = { objectsPerSlab: 21, pagesPerSlab: 1, limit: 120, batchcount: 60, shared: 8 };
    const cache = addSlabCache(s, spec, 0, "only-when-replacing");
    const held = new Int32Array(HELD);
    const seconds = cpuSeconds(() => churn(s, cache, nrPairs, held), smoke);
    return { pattern, millionPairsPerSecond: nrPairs / seconds / 1e6, stateSum: stateSum(s) };
  });
}

function inTheArray(s: SlabAllocator, cache: number, nrPairs: number): void {
  for (let i = 0; i < nrPairs; i++) slabFree(s, slabAlloc(s, cache, 0), 0);
}

function batches(s: SlabAllocator, cache: number, nrPairs: number, held: Int32Array, freeingCpu: number): void {
  for (let done = 0; done < nrPairs; done += HELD) {
    for (let i = 0; i < HELD; i++) held[i] = slabAlloc(s, cache, 0);
    for (let i = 0; i < HELD; i++) slabFree(s, held[i] as number, freeingCpu);
  }
}

function stateSum(s: SlabAllocator): number {
  let sum = 0;
  let place = 1;
  foldSlabAllocator(s, (word) => {
    sum = (sum + (word + 2) * place++) % 2 ** 32;
  });
  return sum;
}
