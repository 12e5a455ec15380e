/**
 * The hint records against the maps, for `verify`.
 *
 * What is exact: left free; first free, where anything is free; a block's contig hint being 0 or a whole block. What
 * may lag: contig hints and right free may be too small, never too large, and each hint's range is really free.
 *
 *   block contig hint   a hole is forgotten when the scan hint that named it was carved into and a later one promoted
 *                       in its place; such a hole is shorter than half a block. A hole of half a block or more may be
 *                       known without its front, but at least by half.
 *                       Left and right free may then be larger than the contig hint.
 *   block right free    0 or too small after the scan hint was promoted over the block's end
 *   chunk contig hint   at least the longest run of wholly free blocks, so less than two blocks too small
 *
 * Source: spec/percpu.md 10.1, 10.2, 11; docs/limits.md lists the bounds.
 */

import { testBit } from "../bits.ts";
import { expectAtLeast, expectAtMost, expectEqual, NO_PAGE, type Violation } from "../violation.ts";
import { BITS_PER_BLOCK } from "./constants.ts";
import type { Percpu } from "./state.ts";
import { type ChunkBits, isFreeRange } from "./verify-bits.ts";
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

export function verifyHints(t: Percpu, chunk: number, bits: ChunkBits, out: Violation[]): void {
  const nrPages = t.nrPages[chunk];
  for (let block = 0; block < nrPages; block++) {
    verifyBlockHint(t, chunk, block, bits, out);
    verifyBlockClass(t, chunk, block, bits, out);
    verifyLargestHole(t, chunk, block, out);
    verifyAreasInBlock(t, chunk, block, out);
  }
  verifyChunkHint(t, chunk, bits, out);
}

function verifyBlockHint(t: Percpu, chunk: number, block: number, bits: ChunkBits, out: Violation[]): void {
  const ordinal = t.ordinal[chunk];
  const h = t.hints;
  const r = chunk * t.hintWords + block * HINT_WORDS;
  const longest = bits.longestRun[block];
  const contig = h[r + CONTIG_HINT];
  verifyHoles(t, chunk, block, r, block * BITS_PER_BLOCK, BITS_PER_BLOCK, out);
  expectEqual(
    out,
    "left free counts the free bits at the block's start",
    ordinal,
    block,
    bits.left[block],
    h[r + LEFT_FREE],
  );
  expectAtMost(
    out,
    "right free is at most the free bits at the block's end",
    ordinal,
    block,
    bits.right[block],
    h[r + RIGHT_FREE],
  );
  expectAtLeast(out, "right free is not negative", ordinal, block, 0, h[r + RIGHT_FREE]);
  if (longest === 0 || longest === BITS_PER_BLOCK) {
    expectEqual(out, "the contig hint of a full or a free block is exact", ordinal, block, longest, contig);
  } else {
    expectAtMost(out, "the contig hint is at most the longest free run", ordinal, block, longest, contig);
    const least = longest < BITS_PER_BLOCK / 2 ? 1 : longest / 2;
    expectAtLeast(out, "the contig hint is at least half a run of half a block", ordinal, block, least, contig);
  }
  const first = bits.firstFree[block];
  if (longest > 0)
    expectEqual(out, "first free is the block's first free bit", ordinal, block, first, h[r + FIRST_FREE]);
  else expectAtMost(out, "first free lies in the block", ordinal, block, BITS_PER_BLOCK, h[r + FIRST_FREE]);
}

function verifyBlockClass(t: Percpu, chunk: number, block: number, bits: ChunkBits, out: Violation[]): void {
  const ordinal = t.ordinal[chunk];
  const base = chunk * t.pageWords;
  const nrFree = bits.free[block];
  const free = testBit(t.freeBlocks, base, block) ? 1 : 0;
  expectEqual(
    out,
    "freeBlocks marks the blocks without a used bit",
    ordinal,
    block,
    nrFree === BITS_PER_BLOCK ? 1 : 0,
    free,
  );
}

/** Bounds in the block, which areas are found by when they are freed. */
function verifyAreasInBlock(t: Percpu, chunk: number, block: number, out: Violation[]): void {
  let starts = 0;
  const base = chunk * t.allocMapWords;
  for (let bit = 0; bit < BITS_PER_BLOCK; bit++) if (testBit(t.boundMap, base, block * BITS_PER_BLOCK + bit)) starts++;
  const found = t.areasInBlock[chunk * t.pagesPerUnit + block];
  expectEqual(out, "areasInBlock counts the areas that begin there", t.ordinal[chunk], block, starts, found);
}

/** The side-by-side copy that searches read: the largest hole the block's record tells of. */
function verifyLargestHole(t: Percpu, chunk: number, block: number, out: Violation[]): void {
  const r = chunk * t.hintWords + block * HINT_WORDS;
  const told = Math.max(t.hints[r + CONTIG_HINT], t.hints[r + LEFT_FREE], t.hints[r + RIGHT_FREE]);
  const found = t.largestHole[chunk * t.pagesPerUnit + block];
  expectEqual(out, "largestHole is the largest hole of the block's record", t.ordinal[chunk], block, told, found);
}

function verifyChunkHint(t: Percpu, chunk: number, bits: ChunkBits, out: Violation[]): void {
  const ordinal = t.ordinal[chunk];
  const h = t.hints;
  const r = chunk * t.hintWords + t.pagesPerUnit * HINT_WORDS;
  const contig = h[r + CONTIG_HINT];
  verifyHoles(t, chunk, NO_PAGE, r, 0, t.nrPages[chunk] * BITS_PER_BLOCK, out);
  expectAtMost(
    out,
    "the chunk's contig hint is at most its longest free run",
    ordinal,
    NO_PAGE,
    bits.longestChunkRun,
    contig,
  );
  expectAtLeast(
    out,
    "the chunk's contig hint is at least its longest run of free blocks",
    ordinal,
    NO_PAGE,
    bits.longestBlockRun,
    contig,
  );
  expectEqual(out, "first free is the chunk's first free bit", ordinal, NO_PAGE, bits.firstFreeBit, h[r + FIRST_FREE]);
}

/** The rules for the two holes that a record of `width` bits from bit `from` of the chunk on names. */
function verifyHoles(
  t: Percpu,
  chunk: number,
  page: number,
  r: number,
  from: number,
  width: number,
  out: Violation[],
): void {
  const ordinal = t.ordinal[chunk];
  const h = t.hints;
  const contig = h[r + CONTIG_HINT];
  const contigStart = from + h[r + CONTIG_START];
  const scan = h[r + SCAN_HINT];
  const scanStart = from + h[r + SCAN_START];
  const holds = (rule: string, holds: boolean) => expectEqual(out, rule, ordinal, page, 1, holds ? 1 : 0);
  expectEqual(out, "width is the bits the record covers", ordinal, page, width, h[r + WIDTH]);
  holds("the contig hint lies in the record", contigStart >= from && contigStart + contig <= from + width);
  holds("the contig hint's range is free", isFreeRange(t, chunk, contigStart, contigStart + contig));
  if (scan === 0) return;
  holds("the scan hint lies in the record", scan > 0 && scanStart >= from && scanStart + scan <= from + width);
  holds("the scan hint's range is free", isFreeRange(t, chunk, scanStart, scanStart + scan));
  expectAtMost(out, "the scan hint is at most the contig hint", ordinal, page, contig, scan);
  if (scanStart > contigStart) {
    expectEqual(out, "a scan hint behind the contig hint is as long", ordinal, page, contig, scan);
  }
}
