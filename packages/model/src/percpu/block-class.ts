/**
 * Two derived bitmaps of a chunk, a bit per block: blocks without a free bit and blocks without a used one. Searches
 * and refreshes pass over runs of such blocks a word at a time.
 */

import { clearBit, setBit, testBit } from "../bits.ts";
import { BITS_PER_BLOCK } from "./constants.ts";
import { blockHint, CONTIG_HINT, type Percpu } from "./state.ts";

/** An area was carved from the block, whose hint record is up to date. */
export function noteBlockCarved(t: Percpu, chunk: number, block: number): void {
  const base = chunk * t.pageWords;
  clearBit(t.freeBlocks, base, block);
  if (t.hints[blockHint(t, chunk, block) + CONTIG_HINT] === 0) setBit(t.fullBlocks, base, block);
}

/** An area of the block was freed, or the block is new; its hint record is up to date. */
export function noteBlockFreed(t: Percpu, chunk: number, block: number): void {
  const base = chunk * t.pageWords;
  clearBit(t.fullBlocks, base, block);
  if (t.hints[blockHint(t, chunk, block) + CONTIG_HINT] === BITS_PER_BLOCK) setBit(t.freeBlocks, base, block);
}

/** No area lives in the block. */
export function isFreeBlock(t: Percpu, chunk: number, block: number): boolean {
  return testBit(t.freeBlocks, chunk * t.pageWords, block);
}

/** Populated and wholly free: its memory can go back to the system. */
export function isEmptyPopulated(t: Percpu, chunk: number, page: number): boolean {
  return isFreeBlock(t, chunk, page) && isPopulated(t, chunk, page);
}

/** The page has memory in every unit. */
export function isPopulated(t: Percpu, chunk: number, page: number): boolean {
  return testBit(t.populated, chunk * t.pageWords, page);
}
