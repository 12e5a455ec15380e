/**
 * Hint records: what a block and a chunk know about their holes, and how they learn it.
 *
 * `blockUpdate` tells a record about one hole. A record is rebuilt (*refreshed*) from the allocation map for a block,
 * from the records of the blocks for a chunk. Source: spec/percpu.md 4, 5, 10.1, 10.2.
 */

import {
  blockOf,
  findClearRun,
  findEndOfLastSet,
  findNextClear,
  isBetterAligned,
  NO_RUN,
  offsetInBlock,
  runEnd,
  runStart,
} from "../bits.ts";
import { nextBlockThatMayHold, shareOfHole } from "./block-class.ts";
import { BITS_PER_BLOCK, WORDS_PER_BLOCK } from "./constants.ts";
import { blockHint, chunkHint, type Percpu } from "./state.ts";
import {
  CONTIG_HINT,
  CONTIG_START,
  FIRST_FREE,
  HINT_WORDS,
  LEFT_FREE,
  RIGHT_FREE,
  SCAN_HINT,
  SCAN_START,
  WIDTH,
} from "./words.ts";

/** A record that covers `widthBits`, all of them free. */
export function initHint(hints: Int32Array, r: number, widthBits: number): void {
  hints[r + CONTIG_HINT] = widthBits;
  hints[r + CONTIG_START] = 0;
  hints[r + SCAN_HINT] = 0;
  hints[r + SCAN_START] = 0;
  hints[r + LEFT_FREE] = widthBits;
  hints[r + RIGHT_FREE] = widthBits;
  hints[r + FIRST_FREE] = 0;
  hints[r + WIDTH] = widthBits;
}

/**
 * Tells the record at `r` about the hole `[start, end)`, in the record's own coordinates.
 *
 * @kernel mm/percpu.c pcpu_block_update(), v6.1
 */
export function blockUpdate(hints: Int32Array, r: number, start: number, end: number): void {
  const bits = end - start;
  if (start < hints[r + FIRST_FREE]) hints[r + FIRST_FREE] = start;
  if (start === 0) hints[r + LEFT_FREE] = bits;
  if (end === hints[r + WIDTH]) hints[r + RIGHT_FREE] = bits;
  const contig = hints[r + CONTIG_HINT];
  if (bits > contig) takeLargerHole(hints, r, start, bits);
  else if (bits === contig) takeEqualHole(hints, r, start, bits);
  else takeSmallerHole(hints, r, start, bits);
}

function takeLargerHole(hints: Int32Array, r: number, start: number, bits: number): void {
  const contig = hints[r + CONTIG_HINT];
  const contigStart = hints[r + CONTIG_START];
  if (start <= contigStart) hints[r + SCAN_HINT] = 0;
  else if (contig > hints[r + SCAN_HINT]) {
    hints[r + SCAN_START] = contigStart;
    hints[r + SCAN_HINT] = contig;
  } else if (start < hints[r + SCAN_START]) hints[r + SCAN_HINT] = 0;
  hints[r + CONTIG_START] = start;
  hints[r + CONTIG_HINT] = bits;
}

function takeEqualHole(hints: Int32Array, r: number, start: number, bits: number): void {
  const contigStart = hints[r + CONTIG_START];
  const scan = hints[r + SCAN_HINT];
  if (isBetterAligned(start, contigStart)) {
    hints[r + CONTIG_START] = start;
    if (start < hints[r + SCAN_START] && bits > scan) hints[r + SCAN_HINT] = 0;
  } else if (start > hints[r + SCAN_START] || bits > scan) {
    hints[r + SCAN_START] = start;
    hints[r + SCAN_HINT] = bits;
  }
}

function takeSmallerHole(hints: Int32Array, r: number, start: number, bits: number): void {
  if (start >= hints[r + CONTIG_START]) return;
  const scan = hints[r + SCAN_HINT];
  if (bits > scan || (bits === scan && start > hints[r + SCAN_START])) {
    hints[r + SCAN_START] = start;
    hints[r + SCAN_HINT] = bits;
  }
}

/** Where to begin looking for `bits` in the record at `r`: behind the scan hint when that is too small. */
export function startPoint(hints: Int32Array, r: number, bits: number): number {
  const scan = hints[r + SCAN_HINT];
  const scanStart = hints[r + SCAN_START];
  if (scan !== 0 && hints[r + CONTIG_START] > scanStart && bits > scan) return scanStart + scan;
  return hints[r + FIRST_FREE];
}

/** Makes the scan hint the contig hint; returns the position behind it. */
function promoteScanHint(hints: Int32Array, r: number): number {
  const scan = hints[r + SCAN_HINT];
  const scanStart = hints[r + SCAN_START];
  hints[r + CONTIG_HINT] = scan;
  hints[r + CONTIG_START] = scanStart;
  hints[r + SCAN_HINT] = 0;
  return scanStart + scan;
}

/**
 * Rebuilds the record of one block from the allocation map, behind its scan hint if it has one.
 *
 * Holes are met left to right, so once one is recorded a smaller one further on changes nothing but the count of free
 * bits at the right end: `findClearRun` passes over those. When the promoted scan hint is itself the block's tail, the free bits at the right end are forgotten.
 *
 * @kernel mm/percpu.c pcpu_block_refresh_hint(), v6.1
 */
export function refreshBlockHint(t: Percpu, chunk: number, block: number): void {
  const hints = t.hints;
  const map = t.allocMap;
  const r = blockHint(t, chunk, block);
  const base = chunk * t.allocMapWords + block * WORDS_PER_BLOCK;
  let bit: number;
  if (hints[r + SCAN_HINT] !== 0) bit = promoteScanHint(hints, r);
  else {
    hints[r + CONTIG_HINT] = 0;
    bit = hints[r + FIRST_FREE];
  }
  hints[r + RIGHT_FREE] = 0;
  for (;;) {
    const hole = findClearRun(map, base, bit, WORDS_PER_BLOCK, hints[r + CONTIG_HINT]);
    if (hole === NO_RUN) break;
    bit = runEnd(hole);
    blockUpdate(hints, r, runStart(hole), bit);
    if (bit === BITS_PER_BLOCK) return;
  }
  // The run at the right end was too small to be met.
  if (bit < BITS_PER_BLOCK) hints[r + RIGHT_FREE] = BITS_PER_BLOCK - findEndOfLastSet(map, base, bit, BITS_PER_BLOCK);
}

/**
 * Rebuilds the chunk's own record from the records of its blocks. Of each block only its contig hint and the free bits
 * at its ends are seen; those at the ends join over block borders. In a full refresh, or without a scan hint, the
 * contig start and the scan hint keep their old values.
 *
 * @kernel mm/percpu.c pcpu_chunk_refresh_hint(), v6.1
 */
export function refreshChunkHint(t: Percpu, chunk: number, full: boolean): void {
  const hints = t.hints;
  const own = chunkHint(t, chunk);
  let cursor: number;
  if (!full && hints[own + SCAN_HINT] !== 0) cursor = promoteScanHint(hints, own);
  else {
    hints[own + CONTIG_HINT] = 0;
    cursor = hints[own + FIRST_FREE];
  }
  noteHolesFrom(t, chunk, own, cursor);
}

/**
 * Tells the chunk's record the holes its blocks show from `cursor` on. Blocks that cannot show one as large as the
 * contig hint known by then are passed over, and runs of free blocks are joined at once.
 */
function noteHolesFrom(t: Percpu, chunk: number, own: number, cursor: number): void {
  const hints = t.hints;
  const nrPages = t.nrPages[chunk];
  const classBase = chunk * t.pageWords;
  const largestBase = chunk * t.pagesPerUnit;
  const firstRecord = blockHint(t, chunk, 0);
  let block = blockOf(cursor);
  let from = offsetInBlock(cursor);
  let start = 0;
  let joined = 0;
  while (block < nrPages) {
    const share = shareOfHole(hints[own + CONTIG_HINT]);
    if (joined < share && t.largestHole[largestBase + block] < share) {
      const next = nextBlockThatMayHold(t, chunk, block + 1, nrPages, share);
      if (next === nrPages) return;
      block = next;
      from = 0;
      joined = hints[firstRecord + (block - 1) * HINT_WORDS + RIGHT_FREE];
      start = block * BITS_PER_BLOCK - joined;
    }
    const r = firstRecord + block * HINT_WORDS;
    if (joined !== 0) {
      const left = hints[r + LEFT_FREE];
      if (left === BITS_PER_BLOCK) {
        const end = findNextClear(t.freeBlocks, classBase, block, nrPages);
        joined += (end - block) * BITS_PER_BLOCK;
        block = end;
        continue;
      }
      noteHole(hints, own, start, joined + left);
      from = left + 1;
    }
    const contig = hints[r + CONTIG_HINT];
    const contigStart = hints[r + CONTIG_START];
    if (contig !== 0 && contigStart >= from && contigStart + contig < BITS_PER_BLOCK) {
      noteHole(hints, own, block * BITS_PER_BLOCK + contigStart, contig);
    }
    from = 0;
    joined = hints[r + RIGHT_FREE];
    block++;
    start = block * BITS_PER_BLOCK - joined;
  }
  if (joined !== 0) noteHole(hints, own, start, joined);
}

/** Tells the chunk's record about a hole met left to right: a smaller one behind the contig hint changes nothing. */
function noteHole(hints: Int32Array, own: number, start: number, bits: number): void {
  if (bits < hints[own + CONTIG_HINT] && start >= hints[own + CONTIG_START]) return;
  blockUpdate(hints, own, start, start + bits);
}
