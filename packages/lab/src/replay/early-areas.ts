/**
 * Percpu areas that a kernel takes before event tracing is up, and that no trace can hold.
 *
 * They are given as a recording of their own (the log of a kernel that prints them), or assumed: lists of kernels whose
 * traces from boot were explained by them. A list is taken when the trace's first allocations lie where it makes the
 * model put them.
 *
 * Source: 6.1 SLUB: fixtures/traces/6.1-slub-stock-2cpu-seed000-n1-stacks.early-allocs.txt. The two SLAB lists are
 * inferred from what traces from boot free again, the holes between it and the order of the 6.1 SLUB list.
 */

import { allocPercpu, areaOffBytes, freePercpu, type Percpu } from "@ebb/model";

/** An allocation or a free before the trace. */
export interface EarlyEvent {
  readonly isFree: boolean;
  readonly sizeBytes: number;
  readonly alignBytes: number;
  /** Number of the chunk among those of its recording, and place in it; -1 when they are not known. */
  readonly chunk: number;
  readonly offBytes: number;
}

/** [bytes, align, how many], in the order of allocation. */
type EarlyPattern = readonly (readonly [sizeBytes: number, alignBytes: number, count: number])[];

interface EarlyList {
  readonly name: string;
  readonly events: readonly EarlyEvent[];
}

const PATTERNS: readonly (readonly [name: string, pattern: EarlyPattern])[] = [
  [
    "6.1 SLUB",
    [
      [32, 16, 43],
      [128, 8, 1],
      [32, 16, 3],
      [256, 256, 8],
      [32, 16, 2],
    ],
  ],
  [
    "6.1 SLAB",
    [
      [24, 8, 36],
      [128, 8, 1],
      [24, 8, 3],
      [256, 256, 8],
      [24, 8, 2],
    ],
  ],
  [
    "5.4 SLAB",
    [
      [24, 8, 43],
      [128, 8, 1],
      [24, 8, 3],
      [256, 256, 8],
      [24, 8, 2],
    ],
  ],
];

/** Lists that can be assumed. */
export const EARLY_LISTS: readonly EarlyList[] = PATTERNS.map(([name, pattern]) => ({
  name,
  events: pattern.flatMap(([sizeBytes, alignBytes, count]) =>
    Array.from({ length: count }, () => ({ isFree: false, sizeBytes, alignBytes, chunk: -1, offBytes: -1 })),
  ),
}));

/** First allocations of a trace that a list has to explain, and the least of them that say anything. */
const NR_PROOF = 64;
const MIN_PROOF = 8;
/** More than any chunk has bytes. */
const PLACES_OF_CHUNK = 2 ** 32;

/** The first allocations of a trace, up to its first other event. */
export type FirstAllocations = readonly EarlyEvent[];

export function isProof(first: FirstAllocations): boolean {
  return first.length >= MIN_PROOF;
}

/** Takes the early events; answers how many of those with a known place the model puts elsewhere. */
export function takeEarly(t: Percpu, events: readonly EarlyEvent[]): number {
  let nrElsewhere = 0;
  const areas = new Map<number, number>();
  for (const { isFree, sizeBytes, alignBytes, chunk, offBytes } of events) {
    const place = chunk * PLACES_OF_CHUNK + offBytes;
    if (isFree) {
      const area = areas.get(place);
      areas.delete(place);
      if (area === undefined) nrElsewhere++;
      else freePercpu(t, area);
      continue;
    }
    const area = allocPercpu(t, sizeBytes, alignBytes, false, 0);
    if (area < 0) nrElsewhere++;
    else {
      if (offBytes >= 0 && areaOffBytes(t, area) !== offBytes) nrElsewhere++;
      areas.set(place, area);
    }
  }
  return nrElsewhere;
}

/** `t`, which has taken a list, puts the first allocations where they were recorded. */
export function explains(t: Percpu, first: FirstAllocations): boolean {
  return takeEarly(t, first.slice(0, NR_PROOF)) === 0;
}

/**
 * How many of the early events precede the trace: the recording may go on beyond the trace's first allocation. That is
 * looked for where the most of both agree; when they nowhere do, all precede.
 */
export function nrBeforeTrace(early: readonly EarlyEvent[], first: FirstAllocations): number {
  let best = early.length;
  let longest = 0;
  for (let at = 0; at < early.length; at++) {
    let nr = 0;
    while (nr < first.length && isSame(early[at + nr], first[nr])) nr++;
    if (nr > longest && (nr >= Math.min(MIN_PROOF, first.length) || at + nr === early.length)) {
      longest = nr;
      best = at;
    }
  }
  return best;
}

function isSame(a: EarlyEvent | undefined, b: EarlyEvent | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return (
    a.isFree === b.isFree && a.sizeBytes === b.sizeBytes && a.alignBytes === b.alignBytes && a.offBytes === b.offBytes
  );
}
