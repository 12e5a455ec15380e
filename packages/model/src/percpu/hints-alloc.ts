/** What the hint records learn when an area is carved. Source: spec/percpu.md 10. */

import { blockOf, findNextClear, offsetInBlock } from "../bits.ts";
import { noteBlockCarved } from "./block-class.ts";
import { BITS_PER_BLOCK, WORDS_PER_BLOCK } from "./constants.ts";
import { refreshBlockHint, refreshChunkHint } from "./hints.ts";
import { addEmptyPopPages } from "./pages.ts";
import { blockHint, chunkHint, type Percpu } from "./state.ts";
import { CONTIG_HINT, CONTIG_START, FIRST_FREE, LEFT_FREE, RIGHT_FREE, SCAN_HINT, SCAN_START } from "./words.ts";

/** The half-open ranges `[x, x + nx)` and `[y, y + ny)` share a position. */
function meets(x: number, nx: number, y: number, ny: number): boolean {
  return x < y + ny && y < x + nx;
}

/**
 * Updates the records after bits `[start, end)` of `chunk` became used; the allocation map already shows them.
 *
 * @post  empty populated pages are lowered by the blocks that were wholly free before
 * @kernel mm/percpu.c pcpu_block_update_hint_alloc(), v6.1
 */
export function updateHintsAfterAlloc(t: Percpu, chunk: number, start: number, end: number): void {
  const hints = t.hints;
  const first = blockOf(start);
  const last = blockOf(end - 1);
  let broken = hints[blockHint(t, chunk, first) + CONTIG_HINT] === BITS_PER_BLOCK ? 1 : 0;
  if (first === last) {
    updateFirstBlock(t, chunk, first, offsetInBlock(start), offsetInBlock(end - 1) + 1, true);
  } else {
    updateFirstBlock(t, chunk, first, offsetInBlock(start), BITS_PER_BLOCK, false);
    if (hints[blockHint(t, chunk, last) + CONTIG_HINT] === BITS_PER_BLOCK) broken++;
    updateLastBlock(t, chunk, last, offsetInBlock(end - 1) + 1);
    for (let block = first + 1; block < last; block++) fillBlock(t, chunk, block);
    broken += last - first - 1;
  }
  if (broken !== 0) addEmptyPopPages(t, chunk, -broken);

  const own = chunkHint(t, chunk);
  if (meets(hints[own + SCAN_START], hints[own + SCAN_HINT], start, end - start)) hints[own + SCAN_HINT] = 0;
  if (meets(hints[own + CONTIG_START], hints[own + CONTIG_HINT], start, end - start)) refreshChunkHint(t, chunk, false);
}

/** The area takes `[s, e)` of the block; `whole` when it ends in it. */
function updateFirstBlock(t: Percpu, chunk: number, block: number, s: number, e: number, whole: boolean): void {
  const hints = t.hints;
  const r = blockHint(t, chunk, block);
  if (s === hints[r + FIRST_FREE]) {
    const base = chunk * t.allocMapWords + block * WORDS_PER_BLOCK;
    hints[r + FIRST_FREE] = findNextClear(t.allocMap, base, e, BITS_PER_BLOCK);
  }
  if (meets(hints[r + SCAN_START], hints[r + SCAN_HINT], s, e - s)) hints[r + SCAN_HINT] = 0;
  if (meets(hints[r + CONTIG_START], hints[r + CONTIG_HINT], s, e - s)) {
    if (s === 0) hints[r + LEFT_FREE] = 0;
    refreshBlockHint(t, chunk, block);
  } else {
    if (s < hints[r + LEFT_FREE]) hints[r + LEFT_FREE] = s;
    const right = whole ? BITS_PER_BLOCK - e : 0;
    if (right < hints[r + RIGHT_FREE]) hints[r + RIGHT_FREE] = right;
  }
  noteBlockCarved(t, chunk, block);
}

/** The area began in an earlier block and takes `[0, e)` of this one. */
function updateLastBlock(t: Percpu, chunk: number, block: number, e: number): void {
  const hints = t.hints;
  const r = blockHint(t, chunk, block);
  const base = chunk * t.allocMapWords + block * WORDS_PER_BLOCK;
  hints[r + FIRST_FREE] = findNextClear(t.allocMap, base, e, BITS_PER_BLOCK);
  if (e === BITS_PER_BLOCK) {
    fillBlock(t, chunk, block);
    return;
  }
  if (e > hints[r + SCAN_START]) hints[r + SCAN_HINT] = 0;
  hints[r + LEFT_FREE] = 0;
  if (e > hints[r + CONTIG_START]) refreshBlockHint(t, chunk, block);
  else if (BITS_PER_BLOCK - e < hints[r + RIGHT_FREE]) hints[r + RIGHT_FREE] = BITS_PER_BLOCK - e;
  noteBlockCarved(t, chunk, block);
}

/** The area takes the whole block; first free and contig start keep their values. */
function fillBlock(t: Percpu, chunk: number, block: number): void {
  const hints = t.hints;
  const r = blockHint(t, chunk, block);
  hints[r + SCAN_HINT] = 0;
  hints[r + CONTIG_HINT] = 0;
  hints[r + LEFT_FREE] = 0;
  hints[r + RIGHT_FREE] = 0;
  noteBlockCarved(t, chunk, block);
}
