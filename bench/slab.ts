/**
 * Slab caches: allocating and freeing objects of 192 bytes. On one CPU; allocated on one and freed on another, in
 * batches; churn over a thousand live objects, the next to go chosen by a fixed stride.
 */

import {
  addSlubCache,
  createSlabPool,
  createSlub,
  foldSlabPool,
  foldSlub,
  foldWord,
  hashDigits,
  newHash,
  type Slub,
  slubAlloc,
  slubFree,
} from "@ebb/model";
import { cpuSeconds } from "./timing.ts";

export interface SlabSpeed {
  readonly allocator: string;
  readonly pattern: string;
  readonly operations: number;
  readonly millionOpsPerSecond: number;
  readonly stateHash: string;
}

const LIVE = 1000;
/** Prime to LIVE, so that each object has its turn. */
const STRIDE = 617;
const PAIRS = 4_000_000;
const SMOKE_PAIRS = 10_000;

type Pattern = (s: Slub, cache: number, live: Int32Array, nrPairs: number) => void;

const PATTERNS: ReadonlyMap<string, Pattern> = new Map([
  ["one CPU", onOneCpu],
  ["freed on another CPU", onTwoCpus],
  ["churn over 1000", churn],
]);

/** Names of the patterns, in the order of the table. */
export const SLAB_PATTERNS: readonly string[] = [...PATTERNS.keys()];

function onOneCpu(s: Slub, cache: number, _live: Int32Array, nrPairs: number): void {
  for (let i = 0; i < nrPairs; i++) slubFree(s, slubAlloc(s, cache, 0), 0);
}

function onTwoCpus(s: Slub, cache: number, live: Int32Array, nrPairs: number): void {
  for (let done = 0; done < nrPairs; done += LIVE) {
    for (let i = 0; i < LIVE; i++) live[i] = slubAlloc(s, cache, 0);
    for (let i = 0; i < LIVE; i++) slubFree(s, live[i] ?? 0, 1);
  }
}

function churn(s: Slub, cache: number, live: Int32Array, nrPairs: number): void {
  for (let i = 0; i < LIVE; i++) live[i] = slubAlloc(s, cache, 0);
  for (let i = 0, place = 0; i < nrPairs; i++) {
    slubFree(s, live[place] ?? 0, 0);
    live[place] = slubAlloc(s, cache, 0);
    place = (place + STRIDE) % LIVE;
  }
  for (let i = 0; i < LIVE; i++) slubFree(s, live[i] ?? 0, 0);
}

function newSlub(): { readonly s: Slub; readonly cache: number } {
  const s = createSlub({ pool: createSlabPool(), nrCpus: 2, nrNodes: 1, nodeOfCpu: new Int32Array(2) });
  const cache = addSlubCache(s, { objectsPerSlab: 42, pagesPerSlab: 2, minPartial: 5, cpuPartialObjects: 30 });
  return { s, cache };
}

/** One pattern, warm; an operation is one allocation or one free. */
export function benchSlab(pattern: string, smoke: boolean): SlabSpeed {
  const run = PATTERNS.get(pattern);
  if (run === undefined) throw new Error(`no pattern ${pattern}; there are ${SLAB_PATTERNS.join(", ")}`);
  const nrPairs = smoke ? SMOKE_PAIRS : PAIRS;
  const operations = nrPairs * 2;
  const { s, cache } = newSlub();
  const live = new Int32Array(LIVE);
  const seconds = cpuSeconds(() => run(s, cache, live, nrPairs), smoke);
  const millionOpsPerSecond = operations / seconds / 1e6;
  return { allocator: "SLUB", pattern, operations, millionOpsPerSecond, stateHash: hashAfter(run) };
}

/** Hash of the state after one short run: the timed ones are as many as there is time for. */
function hashAfter(run: Pattern): string {
  const { s, cache } = newSlub();
  run(s, cache, new Int32Array(LIVE), SMOKE_PAIRS);
  const hash = newHash();
  const fold = (word: number) => foldWord(hash, word);
  foldSlub(s, fold);
  foldSlabPool(s.pool, fold);
  return hashDigits(hash);
}
