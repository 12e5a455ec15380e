/**
 * Where in a chunk a request may begin: a walk over the hint records, without looking at single bits.
 * Source: spec/percpu.md 4, 8.
 */

import { alignUpPowerOfTwo, blockOf, findNextClear, findNextSet, offsetInBlock } from "../bits.ts";
import { nextBlockThatMayHold, shareOfHole } from "./block-class.ts";
import { BITS_PER_BLOCK, NO_FIT } from "./constants.ts";
import { startPoint } from "./hints.ts";
import { blockHint, chunkHint, type Percpu } from "./state.ts";
import { CONTIG_HINT, CONTIG_START, HINT_WORDS, LEFT_FREE, RIGHT_FREE } from "./words.ts";

/**
 * The chunk's largest known hole takes `bits` at alignment `alignBits`. Only that hole is considered, at its own
 * alignment.
 *
 * @kernel mm/percpu.c pcpu_check_block_hint(), v6.1
 */
export function chunkFits(t: Percpu, chunk: number, bits: number, alignBits: number): boolean {
  const own = chunkHint(t, chunk);
  const contigStart = t.hints[own + CONTIG_START];
  return alignUpPowerOfTwo(contigStart, alignBits) - contigStart + bits <= t.hints[own + CONTIG_HINT];
}

/**
 * Bit to begin scanning at for an area of `bits`, or NO_FIT. With `populatedOnly` every page of the window found has
 * memory.
 *
 * @kernel mm/percpu.c pcpu_find_block_fit(), v6.1
 */
export function findBlockFit(
  t: Percpu,
  chunk: number,
  bits: number,
  alignBits: number,
  populatedOnly: boolean,
): number {
  if (!chunkFits(t, chunk, bits, alignBits)) return NO_FIT;
  let cursor = startPoint(t.hints, chunkHint(t, chunk), bits);
  for (;;) {
    const window = nextFitRegion(t, chunk, cursor, bits, alignBits);
    if (window === NO_FIT || !populatedOnly) return window;
    const behind = behindUnpopulated(t, chunk, window, window + t.windowBits);
    if (behind === NO_FIT) return window;
    cursor = behind;
  }
}

/** First bit behind the unpopulated pages at the front of `[start, end)`; NO_FIT when all of it is populated. */
function behindUnpopulated(t: Percpu, chunk: number, start: number, end: number): number {
  const base = chunk * t.pageWords;
  const endPage = blockOf(end + BITS_PER_BLOCK - 1);
  const hole = findNextClear(t.populated, base, blockOf(start), endPage);
  if (hole >= endPage) return NO_FIT;
  return findNextSet(t.populated, base, hole, endPage) * BITS_PER_BLOCK;
}

/**
 * Start of the next window from `cursor` on that the hints promise to hold `bits`; its length goes to
 * `t.windowBits`, and to `t.windowExact` whether it is free from its start on. NO_FIT when the blocks run out.
 *
 * @kernel mm/percpu.c pcpu_next_fit_region(), v6.1
 */
function nextFitRegion(t: Percpu, chunk: number, cursor: number, bits: number, alignBits: number): number {
  const hints = t.hints;
  const nrPages = t.nrPages[chunk];
  const firstRecord = blockHint(t, chunk, 0);
  const largestBase = chunk * t.pagesPerUnit;
  const share = shareOfHole(bits);
  let block = blockOf(cursor);
  let from = offsetInBlock(cursor);
  let start = 0;
  let joined = 0;
  for (; block < nrPages; block++) {
    if (joined < share && t.largestHole[largestBase + block] < share) {
      block = nextBlockThatMayHold(t, chunk, block + 1, nrPages, share);
      if (block === nrPages) return NO_FIT;
      from = 0;
      start = tailStart(hints, firstRecord + (block - 1) * HINT_WORDS, alignBits);
      joined = BITS_PER_BLOCK - start;
      start += (block - 1) * BITS_PER_BLOCK;
    }
    const r = firstRecord + block * HINT_WORDS;
    if (joined !== 0) {
      const left = hints[r + LEFT_FREE];
      joined += left;
      if (joined >= bits) return exactWindow(t, start, joined);
      if (left === BITS_PER_BLOCK) continue;
    }
    const contigStart = hints[r + CONTIG_START];
    if (hints[r + CONTIG_HINT] >= bits && contigStart >= from) {
      const padded = alignUpPowerOfTwo(contigStart, alignBits) - contigStart + bits;
      if (hints[r + CONTIG_HINT] >= padded) {
        const begin = startPoint(hints, r, bits);
        const end = contigStart + padded;
        if (begin === contigStart) return exactWindow(t, block * BITS_PER_BLOCK + end - bits, bits);
        t.windowExact = 0;
        t.windowBits = end - begin;
        return block * BITS_PER_BLOCK + begin;
      }
    }
    from = 0;
    const tail = tailStart(hints, r, alignBits);
    joined = BITS_PER_BLOCK - tail;
    start = block * BITS_PER_BLOCK + tail;
    if (joined >= bits) return exactWindow(t, start, joined);
  }
  return NO_FIT;
}

/** A window that is free from its aligned start on: the area goes right there, without a look at single bits. */
function exactWindow(t: Percpu, start: number, bits: number): number {
  t.windowExact = 1;
  t.windowBits = bits;
  return start;
}

/** First aligned bit of the free ones at the block's right end; BITS_PER_BLOCK when there is none. */
function tailStart(hints: Int32Array, r: number, alignBits: number): number {
  return alignUpPowerOfTwo(BITS_PER_BLOCK - hints[r + RIGHT_FREE], alignBits);
}
