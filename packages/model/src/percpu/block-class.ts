/**
 * What is derived of a block's record so that searches and refreshes can pass over blocks quickly: a bit for each block
 * without a used bit, and the largest hole each record tells of, side by side.
 */

import { clearBit, setBit, shiftRight, testBit } from "../bits.ts";
import { BITS_PER_BLOCK } from "./constants.ts";
import { blockHint, type Percpu } from "./state.ts";
import { CONTIG_HINT, LEFT_FREE, RIGHT_FREE } from "./words.ts";

/** An area was carved from the block, whose hint record is up to date. */
export function noteBlockCarved(t: Percpu, chunk: number, block: number): void {
  if (t.largestHole[chunk * t.pagesPerUnit + block] === BITS_PER_BLOCK) {
    clearBit(t.freeBlocks, chunk * t.pageWords, block);
  }
  noteLargestHole(t, chunk, block);
}

/** An area of the block was freed, or the block is new; its hint record is up to date. */
export function noteBlockFreed(t: Percpu, chunk: number, block: number): void {
  noteLargestHole(t, chunk, block);
  if (t.largestHole[chunk * t.pagesPerUnit + block] === BITS_PER_BLOCK) {
    setBit(t.freeBlocks, chunk * t.pageWords, block);
  }
}

/** Brings the side-by-side copy of the largest hole the block's record tells of up to date. */
export function noteLargestHole(t: Percpu, chunk: number, block: number): void {
  const hints = t.hints;
  const r = blockHint(t, chunk, block);
  const contig = hints[r + CONTIG_HINT];
  const left = hints[r + LEFT_FREE];
  const right = hints[r + RIGHT_FREE];
  const ends = left > right ? left : right;
  t.largestHole[chunk * t.pagesPerUnit + block] = contig > ends ? contig : ends;
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

/**
 * First block of `[from, end)` that could touch a hole whose `shareOfHole` is `share`: one that tells of that many free
 * bits; `end` if there is none. The hole may begin in the block before.
 */
export function nextBlockThatMayHold(t: Percpu, chunk: number, from: number, end: number, share: number): number {
  const largest = t.largestHole;
  const base = chunk * t.pagesPerUnit;
  let block = from;
  while (block < end && largest[base + block] < share) block++;
  return block;
}

/** Free bits that a hole of `bits` has at least in one of its blocks: a whole one, or half when it lies in two. */
export function shareOfHole(bits: number): number {
  return bits < 2 * BITS_PER_BLOCK ? shiftRight(bits + 1, 1) : BITS_PER_BLOCK;
}
