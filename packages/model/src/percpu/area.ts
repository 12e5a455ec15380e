/**
 * Areas inside one chunk: carving one out of a hole and giving it back. Offsets are in bits of 4 bytes.
 * Source: spec/percpu.md 9, 12.
 */

import {
  blockOf,
  clearBit,
  clearRange,
  findAreaEnd,
  findClearArea,
  findEndOfLastSet,
  findNextClear,
  NO_RUN,
  offsetInBlock,
  setBit,
  setRange,
  testBit,
} from "../bits.ts";
import { noteLargestHole } from "./block-class.ts";
import { BITS_PER_BLOCK, MIN_ALLOC_BYTES, NO_FIT, WORDS_PER_BLOCK } from "./constants.ts";
import { blockUpdate } from "./hints.ts";
import { updateHintsAfterAlloc } from "./hints-alloc.ts";
import { updateHintsAfterFree } from "./hints-free.ts";
import { chunkSlot, relocate } from "./lists.ts";
import { blockHint, chunkHint, type Percpu } from "./state.ts";
import { FIRST_FREE } from "./words.ts";

/**
 * Carves `bits` at alignment `alignBits` out of `chunk`, in the window the last search
 * found, which begins at bit `start`; answers its offset or NO_FIT.
 * The largest hole passed over is told to its block's record.
 *
 * @kernel mm/percpu.c pcpu_alloc_area(), v6.1
 */
export function allocArea(t: Percpu, chunk: number, bits: number, alignBits: number, start: number): number {
  const oldSlot = chunkSlot(t, chunk);
  const off = t.windowExact !== 0 ? start : scanForArea(t, chunk, bits, alignBits, start);
  if (off === NO_FIT) return NO_FIT;
  const end = off + bits;
  setRange(t.allocMap, chunk * t.allocMapWords, off, end);
  noteAreaStart(t, chunk, off);
  t.freeBytes[chunk] -= bits * MIN_ALLOC_BYTES;
  const own = chunkHint(t, chunk);
  if (off === t.hints[own + FIRST_FREE]) {
    t.hints[own + FIRST_FREE] = findNextClear(t.allocMap, chunk * t.allocMapWords, end, bitsOf(t, chunk));
  }
  updateHintsAfterAlloc(t, chunk, off, end);
  relocate(t, chunk, oldSlot);
  return off;
}

function bitsOf(t: Percpu, chunk: number): number {
  return t.nrPages[chunk] * BITS_PER_BLOCK;
}

/** First fit from `start` on, at most a block further than the hints promised; remembers the largest hole skipped. */
function scanForArea(t: Percpu, chunk: number, bits: number, alignBits: number, start: number): number {
  const limit = Math.min(start + bits + BITS_PER_BLOCK, bitsOf(t, chunk));
  const skipped = t.skipped;
  const off = findClearArea(t.allocMap, chunk * t.allocMapWords, start, limit, bits, alignBits, skipped);
  if (off === NO_RUN) return NO_FIT;
  if (skipped[1] !== 0) rememberSkipped(t, chunk, skipped[0], skipped[1]);
  return off;
}

/**
 * Tells a block about a hole that a scan passed over, if the hole ends in the block it starts in.
 *
 * @kernel mm/percpu.c pcpu_block_update_scan(), v6.1
 */
function rememberSkipped(t: Percpu, chunk: number, start: number, bits: number): void {
  const block = blockOf(start);
  const s = offsetInBlock(start);
  if (s + bits > BITS_PER_BLOCK) return;
  const base = chunk * t.allocMapWords + block * WORDS_PER_BLOCK;
  blockUpdate(t.hints, blockHint(t, chunk, block), findEndOfLastSet(t.allocMap, base, 0, s), s + bits);
  noteLargestHole(t, chunk, block);
}

/**
 * Gives the area at bit `off` of `chunk` back; answers its size in bits.
 *
 * @kernel mm/percpu.c pcpu_free_area(), v6.1
 */
export function freeArea(t: Percpu, chunk: number, off: number): number {
  const oldSlot = chunkSlot(t, chunk);
  const end = areaEnd(t, chunk, off);
  clearRange(t.allocMap, chunk * t.allocMapWords, off, end);
  clearBit(t.boundMap, chunk * t.allocMapWords, off);
  t.areasInBlock[chunk * t.pagesPerUnit + blockOf(off)]--;
  t.freeBytes[chunk] += (end - off) * MIN_ALLOC_BYTES;
  const own = chunkHint(t, chunk);
  if (off < t.hints[own + FIRST_FREE]) t.hints[own + FIRST_FREE] = off;
  updateHintsAfterFree(t, chunk, off, end);
  relocate(t, chunk, oldSlot);
  return end - off;
}

/** An area begins at `off`. */
export function noteAreaStart(t: Percpu, chunk: number, off: number): void {
  setBit(t.boundMap, chunk * t.allocMapWords, off);
  t.areasInBlock[chunk * t.pagesPerUnit + blockOf(off)]++;
}

/** One past the last bit of the area that begins at `off`. Full blocks in which no area begins belong to it whole. */
export function areaEnd(t: Percpu, chunk: number, off: number): number {
  const base = chunk * t.allocMapWords;
  let block = blockOf(off) + 1;
  const end = findAreaEnd(t.allocMap, t.boundMap, base, off + 1, block * BITS_PER_BLOCK);
  if (end < block * BITS_PER_BLOCK) return end;
  const blocks = chunk * t.pagesPerUnit;
  const nrPages = t.nrPages[chunk];
  while (block < nrPages && t.areasInBlock[blocks + block] === 0 && t.largestHole[blocks + block] === 0) block++;
  if (block === nrPages) return block * BITS_PER_BLOCK;
  return findAreaEnd(t.allocMap, t.boundMap, base, block * BITS_PER_BLOCK, (block + 1) * BITS_PER_BLOCK);
}

/** A live area begins at `off`. */
export function isAreaStart(t: Percpu, chunk: number, off: number): boolean {
  return testBit(t.boundMap, chunk * t.allocMapWords, off);
}
