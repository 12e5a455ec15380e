/** What the hint records learn when an area is freed. Source: spec/percpu.md 11. */

import { blockOf, findEndOfLastSet, findNextSet, offsetInBlock } from "../bits.ts";
import { noteBlockFreed } from "./block-class.ts";
import { BITS_PER_BLOCK, WORDS_PER_BLOCK } from "./constants.ts";
import { blockUpdate, refreshChunkHint } from "./hints.ts";
import { addEmptyPopPages } from "./pages.ts";
import { blockHint, chunkHint, type Percpu } from "./state.ts";
import { CONTIG_HINT, CONTIG_START, FIRST_FREE, LEFT_FREE, RIGHT_FREE, SCAN_HINT } from "./words.ts";

/**
 * Updates the records after bits `[start, end)` of `chunk` became free; the allocation map already shows them.
 *
 * A hole smaller than a block is told to the chunk's record only when it lies in block 0: elsewhere it stays unknown
 * there until something refreshes that record. That oddity decides placements and is part of the behaviour.
 *
 * @post  empty populated pages are raised by the blocks that became wholly free
 * @kernel mm/percpu.c pcpu_block_update_hint_free(), v6.1
 */
export function updateHintsAfterFree(t: Percpu, chunk: number, start: number, end: number): void {
  const hints = t.hints;
  const first = blockOf(start);
  const last = blockOf(end - 1);
  const holeStart = startOfHole(t, chunk, first, offsetInBlock(start));
  const holeEnd = endOfHole(t, chunk, last, offsetInBlock(end - 1) + 1);
  let freed = 0;
  if (first === last) {
    blockUpdate(hints, blockHint(t, chunk, first), holeStart, holeEnd);
    if (holeEnd - holeStart === BITS_PER_BLOCK) freed = 1;
  } else {
    blockUpdate(hints, blockHint(t, chunk, first), holeStart, BITS_PER_BLOCK);
    if (holeStart === 0) freed++;
    blockUpdate(hints, blockHint(t, chunk, last), 0, holeEnd);
    if (holeEnd === BITS_PER_BLOCK) freed++;
    for (let block = first + 1; block < last; block++) emptyBlock(t, chunk, block);
    freed += last - first - 1;
    noteBlockFreed(t, chunk, last);
  }
  noteBlockFreed(t, chunk, first);
  if (freed !== 0) addEmptyPopPages(t, chunk, freed);

  if (freed !== 0 || first !== last) refreshChunkHint(t, chunk, true);
  else if (first === 0) blockUpdate(hints, chunkHint(t, chunk), holeStart, holeEnd);
}

/** Start, inside its block, of the hole that now reaches `s`. */
function startOfHole(t: Percpu, chunk: number, block: number, s: number): number {
  const hints = t.hints;
  const r = blockHint(t, chunk, block);
  const contigStart = hints[r + CONTIG_START];
  if (s === contigStart + hints[r + CONTIG_HINT]) return contigStart;
  return findEndOfLastSet(t.allocMap, chunk * t.allocMapWords + block * WORDS_PER_BLOCK, 0, s);
}

/** End, inside its block, of the hole that now begins before `e`. */
function endOfHole(t: Percpu, chunk: number, block: number, e: number): number {
  const hints = t.hints;
  const r = blockHint(t, chunk, block);
  const contigStart = hints[r + CONTIG_START];
  if (e === contigStart) return contigStart + hints[r + CONTIG_HINT];
  return findNextSet(t.allocMap, chunk * t.allocMapWords + block * WORDS_PER_BLOCK, e, BITS_PER_BLOCK);
}

/** A block that lies inside the freed area; the scan start keeps its value. */
function emptyBlock(t: Percpu, chunk: number, block: number): void {
  const hints = t.hints;
  const r = blockHint(t, chunk, block);
  hints[r + FIRST_FREE] = 0;
  hints[r + SCAN_HINT] = 0;
  hints[r + CONTIG_START] = 0;
  hints[r + CONTIG_HINT] = BITS_PER_BLOCK;
  hints[r + LEFT_FREE] = BITS_PER_BLOCK;
  hints[r + RIGHT_FREE] = BITS_PER_BLOCK;
  noteBlockFreed(t, chunk, block);
}
