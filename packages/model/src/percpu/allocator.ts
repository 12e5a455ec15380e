/**
 * The percpu allocator's two requests: allocate and free.
 *
 * An *area* is named by one integer: the row of its chunk and its offset in bits. It stays valid until it is freed.
 * `areaChunk` and `areaOffBytes` take it apart.
 *
 * Source: spec/percpu.md 7, 12; spec/percpu-kinds.md 2, 3.
 */

import {
  alignUpPowerOfTwo,
  blockOf,
  findNextClear,
  findNextSet,
  isPowerOfTwo,
  lowBits,
  quarter,
  shiftLeft,
  shiftRight,
  testBit,
} from "../bits.ts";
import { allocArea, areaEnd, freeArea, isAreaStart } from "./area.ts";
import { createChunk, setupFirstChunks } from "./chunk.ts";
import {
  BITS_PER_BLOCK,
  EMPTY_POP_PAGES_LOW,
  ILLEGAL,
  MAX_ALIGN_BYTES,
  MAX_ALLOC_BYTES,
  MIN_ALLOC_BYTES,
  NO_CHUNK,
  NO_FIT,
  NO_SPACE,
  PARK_BELOW_SLOT,
} from "./constants.ts";
import { isolateChunk, reintegrateChunk } from "./isolation.ts";
import { moveToHead, nextUsedSlot, relocate, sizeToSlot } from "./lists.ts";
import { chunkPopulated } from "./pages.ts";
import { ISOLATE, KEEP, MARK, SCHEDULE } from "./policy.ts";
import { chunkFits, findBlockFit } from "./search.ts";
import { emptyPercpu, emptyPopPages, listOf, type Percpu, type PercpuConfig } from "./state.ts";
import {
  ATOMIC_FAILED,
  CHARGED_BYTES,
  MAX_ALLOC_SIZE,
  MIN_ALLOC_SIZE,
  NR_ALLOC,
  NR_CUR_ALLOC,
  NR_MARKED,
  NR_MAX_ALLOC,
  PENDING,
} from "./words.ts";

/** An allocator as it stands when the kernel has set up its first chunk. */
export function createPercpu(config: PercpuConfig): Percpu {
  const t = emptyPercpu(config);
  setupFirstChunks(t);
  return t;
}

/** Row of the chunk `area` lies in. */
export function areaChunk(t: Percpu, area: number): number {
  return shiftRight(area, t.areaShift);
}

function areaOffBits(t: Percpu, area: number): number {
  return lowBits(area, t.areaShift);
}

function areaNumber(t: Percpu, chunk: number, off: number): number {
  return shiftLeft(chunk, t.areaShift) + off;
}

/** Offset of `area` in its chunk, bytes; in the first and the reserved chunk from their page-aligned origin. */
export function areaOffBytes(t: Percpu, area: number): number {
  return areaOffBits(t, area) * MIN_ALLOC_BYTES;
}

/** The number an area at `offBytes` of `chunk` has, or would have. */
export function areaAt(t: Percpu, chunk: number, offBytes: number): number {
  return areaNumber(t, chunk, quarter(offBytes));
}

/** A live area has that number. */
export function isLiveArea(t: Percpu, area: number): boolean {
  return isAreaStart(t, areaChunk(t, area), areaOffBits(t, area));
}

/** Length of a live area, bytes of one unit, as it was rounded. */
export function areaBytes(t: Percpu, area: number): number {
  const off = areaOffBits(t, area);
  return (areaEnd(t, areaChunk(t, area), off) - off) * MIN_ALLOC_BYTES;
}

/** Asks for the balance work, once until it runs. */
function scheduleBalanceWork(t: Percpu): void {
  if (t.globals[PENDING] !== 0) return;
  t.globals[PENDING] = 1;
  t.events?.balanceWorkPending();
}

/** `size` rounded to grains when the request is legal, else 0. */
function legalSize(sizeBytes: number, alignBytes: number): number {
  if (!(sizeBytes > 0 && sizeBytes <= MAX_ALLOC_BYTES)) return 0;
  if (alignBytes > MAX_ALIGN_BYTES || !isPowerOfTwo(alignBytes)) return 0;
  return alignUpPowerOfTwo(sizeBytes, MIN_ALLOC_BYTES);
}

/**
 * Allocates an area; answers its number, or ILLEGAL, or NO_SPACE (atomic requests only).
 *
 * @param sizeBytes  1..32768
 * @param alignBytes power of two up to 4096; below 4 it counts as 4
 * @param atomic     only populated pages will do, and nothing may be created
 * @param kind       kind of chunk asked for; 0 with one kind
 * @kernel mm/percpu.c pcpu_alloc(), v6.1
 */
export function allocPercpu(t: Percpu, sizeBytes: number, alignBytes: number, atomic: boolean, kind: number): number {
  const align = alignBytes < MIN_ALLOC_BYTES ? MIN_ALLOC_BYTES : alignBytes;
  const bytes = legalSize(sizeBytes, align);
  if (bytes === 0) return ILLEGAL;
  const bits = quarter(bytes);
  const alignBits = quarter(align);
  const slot = sizeToSlot(t, bytes);
  let area = allocFromSlots(t, kind, slot, bits, alignBits, atomic);
  while (area === NO_FIT) {
    if (t.policy.searchesSidelined && putBackSidelined(t, kind, bits, alignBits)) {
      area = allocFromSlots(t, kind, slot, bits, alignBits, atomic);
      continue;
    }
    if (atomic) {
      t.globals[ATOMIC_FAILED] = 1;
      scheduleBalanceWork(t);
      return NO_SPACE;
    }
    if (t.listHead[listOf(kind, t.freeSlot)] === NO_CHUNK) createChunk(t, kind);
    area = allocFromSlots(t, kind, slot, bits, alignBits, atomic);
  }
  served(t, area, bits, atomic, kind);
  return area;
}

/** Allocates from the reserved chunk (modules' static areas); an ordinary allocation when there is none. */
export function allocReservedPercpu(t: Percpu, sizeBytes: number, alignBytes: number): number {
  if (t.reservedChunk === NO_CHUNK) return allocPercpu(t, sizeBytes, alignBytes, false, 0);
  const align = alignBytes < MIN_ALLOC_BYTES ? MIN_ALLOC_BYTES : alignBytes;
  const bytes = legalSize(sizeBytes, align);
  if (bytes === 0) return ILLEGAL;
  const bits = quarter(bytes);
  const off = allocFromChunk(t, t.reservedChunk, bits, quarter(align), false);
  if (off === NO_FIT) return NO_SPACE;
  const area = areaNumber(t, t.reservedChunk, off);
  served(t, area, bits, false, 0);
  return area;
}

/**
 * Serves a request at a place that is told instead of searched for: a recording says where the area lay. Answers its
 * number, or NO_FIT when that place is not free. All that follows an allocation follows.
 */
export function claimArea(t: Percpu, chunk: number, offBytes: number, sizeBytes: number, atomic: boolean): number {
  const off = quarter(offBytes);
  const bits = quarter(alignUpPowerOfTwo(sizeBytes, MIN_ALLOC_BYTES));
  const base = chunk * t.allocMapWords;
  if (bits === 0 || off + bits > t.nrPages[chunk] * BITS_PER_BLOCK) return NO_FIT;
  if (findNextSet(t.allocMap, base, off, off + bits) < off + bits) return NO_FIT;
  t.windowExact = 1;
  t.windowBits = bits;
  allocArea(t, chunk, bits, 1, off);
  if (t.isolated[chunk] !== 0) reintegrateChunk(t, chunk);
  const area = areaNumber(t, chunk, off);
  served(t, area, bits, atomic, t.kind[chunk]);
  return area;
}

function allocFromChunk(t: Percpu, chunk: number, bits: number, alignBits: number, atomic: boolean): number {
  const start = findBlockFit(t, chunk, bits, alignBits, atomic);
  return start === NO_FIT ? NO_FIT : allocArea(t, chunk, bits, alignBits, start);
}

/** Visits the chunks of `kind` from `slot` up to the free slot, head to tail. */
function allocFromSlots(
  t: Percpu,
  kind: number,
  slot: number,
  bits: number,
  alignBits: number,
  atomic: boolean,
): number {
  const parked = listOf(kind, 0);
  for (let s = nextUsedSlot(t, kind, slot); s <= t.freeSlot; s = nextUsedSlot(t, kind, s + 1)) {
    let chunk = t.listHead[listOf(kind, s)];
    while (chunk !== NO_CHUNK) {
      const next = t.next[chunk];
      const start = findBlockFit(t, chunk, bits, alignBits, atomic);
      if (start === NO_FIT) {
        if (s < PARK_BELOW_SLOT) moveToHead(t, chunk, parked);
      } else {
        const off = allocArea(t, chunk, bits, alignBits, start);
        if (off !== NO_FIT) {
          if (t.isolated[chunk] !== 0) reintegrateChunk(t, chunk);
          return areaNumber(t, chunk, off);
        }
      }
      chunk = next;
    }
  }
  return NO_FIT;
}

/** Puts the first sidelined chunk of `kind` that fits back into its slot; false when none fits. */
function putBackSidelined(t: Percpu, kind: number, bits: number, alignBits: number): boolean {
  let chunk = t.listHead[listOf(kind, t.sidelinedSlot)];
  while (chunk !== NO_CHUNK && !chunkFits(t, chunk, bits, alignBits)) chunk = t.next[chunk];
  if (chunk === NO_CHUNK) return false;
  t.sidelined[chunk] = 0;
  relocate(t, chunk, NO_CHUNK);
  return true;
}

/** What follows a request that found its place: statistics, pages, charge, the low water mark. */
function served(t: Percpu, area: number, bits: number, atomic: boolean, kind: number): void {
  const chunk = areaChunk(t, area);
  const off = areaOffBits(t, area);
  countAlloc(t, chunk, bits * MIN_ALLOC_BYTES);
  if (t.events !== undefined) t.events.areaTaken?.(area);
  if (!atomic) populateArea(t, chunk, blockOf(off), blockOf(off + bits - 1) + 1);
  if (kind !== 0) t.totals[CHARGED_BYTES] += bits * MIN_ALLOC_BYTES * t.geometry.nrCpus;
  if (emptyPopPages(t, kind) < EMPTY_POP_PAGES_LOW) scheduleBalanceWork(t);
}

function countAlloc(t: Percpu, chunk: number, bytes: number): void {
  const { totals, globals } = t;
  totals[NR_ALLOC]++;
  const live = ++globals[NR_CUR_ALLOC];
  if (live > globals[NR_MAX_ALLOC]) globals[NR_MAX_ALLOC] = live;
  if (bytes < globals[MIN_ALLOC_SIZE]) globals[MIN_ALLOC_SIZE] = bytes;
  if (bytes > globals[MAX_ALLOC_SIZE]) globals[MAX_ALLOC_SIZE] = bytes;
  if (bytes > t.maxAllocBytes[chunk]) t.maxAllocBytes[chunk] = bytes;
}

/** Gives memory to the unpopulated ones of pages `[from, end)`. */
function populateArea(t: Percpu, chunk: number, from: number, end: number): void {
  const base = chunk * t.pageWords;
  if (end - from === 1 && testBit(t.populated, base, from)) return;
  let page = findNextClear(t.populated, base, from, end);
  while (page < end) {
    const runEnd = findNextSet(t.populated, base, page, end);
    chunkPopulated(t, chunk, page, runEnd);
    page = findNextClear(t.populated, base, runEnd, end);
  }
}

/**
 * Frees `area`, which must be live; the policy decides what becomes of its chunk.
 *
 * @kernel mm/percpu.c free_percpu(), v6.1
 */
export function freePercpu(t: Percpu, area: number): void {
  const chunk = areaChunk(t, area);
  const bits = freeArea(t, chunk, areaOffBits(t, area));
  t.globals[NR_CUR_ALLOC]--;
  if (t.nrKinds > 1 && t.kind[chunk] !== 0) t.totals[CHARGED_BYTES] -= bits * MIN_ALLOC_BYTES * t.geometry.nrCpus;
  const verdict = t.policy.afterFree(t, chunk);
  if (verdict !== KEEP) applyFreeVerdict(t, chunk, verdict);
}

function applyFreeVerdict(t: Percpu, chunk: number, verdict: number): void {
  if (verdict === ISOLATE) {
    isolateChunk(t, chunk);
    scheduleBalanceWork(t);
    return;
  }
  if (verdict === MARK || verdict === MARK + SCHEDULE) {
    t.marked[chunk] = 1;
    t.globals[NR_MARKED]++;
  }
  if (verdict >= SCHEDULE && verdict !== MARK) scheduleBalanceWork(t);
}
