/**
 * Hint records: what a block and a chunk know about their holes, and how they learn it.
 *
 * `blockUpdate` tells a record about one hole. A record is rebuilt (*refreshed*) from the allocation map for a block,
 * from the records of the blocks for a chunk. Source: spec/percpu.md 4, 5, 10.1, 10.2.
 */

import {
  blockOf,
  findEndOfLastSet,
  findHole,
  findNextClear,
  findNextSet,
  offsetInBlock,
  trailingZeros,
} from "../bits.ts";
import { BITS_PER_BLOCK, WORDS_PER_BLOCK } from "./constants.ts";
import {
  blockHint,
  CONTIG_HINT,
  CONTIG_START,
  chunkHint,
  FIRST_FREE,
  HINT_WORDS,
  LEFT_FREE,
  type Percpu,
  RIGHT_FREE,
  SCAN_HINT,
  SCAN_START,
  WIDTH,
} from "./state.ts";

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
  if (contigStart !== 0 && (start === 0 || trailingZeros(start) > trailingZeros(contigStart))) {
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
 * Holes are met left to right, so once one is recorded a smaller one further on changes nothing: `findHole` passes
 * over those. When the promoted scan hint is itself the block's tail, the free bits at the right end are forgotten.
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
  const tail = findEndOfLastSet(map, base, 0, BITS_PER_BLOCK);
  hints[r + RIGHT_FREE] = tail >= bit ? BITS_PER_BLOCK - tail : 0;
  for (;;) {
    const start = findHole(map, base, bit, BITS_PER_BLOCK, hints[r + CONTIG_HINT]);
    if (start >= BITS_PER_BLOCK) return;
    bit = start < tail ? findNextSet(map, base, start, BITS_PER_BLOCK) : BITS_PER_BLOCK;
    blockUpdate(hints, r, start, bit);
  }
}

/**
 * Rebuilds the chunk's own record from the records of its blocks. Of each block only its contig hint and the free bits
 * at its ends are seen; those at the ends join over block borders. In a full refresh, or without a scan hint, the
 * contig start and the scan hint keep their old values.
 *
 * Runs of full blocks, and runs of free ones, are passed over at once.
 *
 * @kernel mm/percpu.c pcpu_chunk_refresh_hint(), v6.1
 */
export function refreshChunkHint(t: Percpu, chunk: number, full: boolean): void {
  const hints = t.hints;
  const nrPages = t.nrPages[chunk];
  const own = chunkHint(t, chunk);
  let cursor: number;
  if (!full && hints[own + SCAN_HINT] !== 0) cursor = promoteScanHint(hints, own);
  else {
    hints[own + CONTIG_HINT] = 0;
    cursor = hints[own + FIRST_FREE];
  }
  const classBase = chunk * t.pageWords;
  const firstRecord = blockHint(t, chunk, 0);
  let block = blockOf(cursor);
  let from = offsetInBlock(cursor);
  let start = 0;
  let joined = 0;
  while (block < nrPages) {
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
    if (contig === 0) {
      from = 0;
      joined = 0;
      block = findNextClear(t.fullBlocks, classBase, block + 1, nrPages);
      continue;
    }
    const contigStart = hints[r + CONTIG_START];
    if (contigStart >= from && contigStart + contig < BITS_PER_BLOCK) {
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
