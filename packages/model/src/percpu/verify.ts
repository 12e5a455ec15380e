/**
 * The percpu allocator against itself: every derived field recomputed from the primary state.
 *
 * Primary are the allocation map, the bound map, the populated map, which rows are live (their ordinals),
 * and the flags isolated, sidelined and marked. All else follows, and is recomputed here with plain loops that share no
 * code with the mechanism beyond reading a bit:
 *
 *   verify-bits.ts    what the maps say: runs of free bits of each block and chunk, areas
 *   verify-hints.ts   the hint records of blocks and chunks; where a hint may lag, its bound (docs/limits.md)
 *   verify-lists.ts   rows, lists and slots
 *   verify.ts         counts of chunks and of the whole table
 *
 * The rules hold between any two operations, and between any two steps of the balance work.
 */

import { testBit } from "../bits.ts";
import { expectAtLeast, expectAtMost, expectEqual, NO_ORDINAL, NO_PAGE, type Violation } from "../violation.ts";
import { BITS_PER_BLOCK, MIN_ALLOC_BYTES, NO_CHUNK, PAGE_BYTES } from "./constants.ts";
import type { Percpu } from "./state.ts";
import { type ChunkBits, newChunkBits, readAreas, readBlocks } from "./verify-bits.ts";
import { verifyHints } from "./verify-hints.ts";
import { isLiveRow, verifyLists } from "./verify-lists.ts";
import {
  CHARGED_BYTES,
  EMPTY_POP,
  MAX_ALLOC_SIZE,
  MIN_ALLOC_SIZE,
  NEXT_ORDINAL,
  NR_ALLOC,
  NR_CHUNKS,
  NR_CUR_ALLOC,
  NR_MARKED,
  NR_MAX_ALLOC,
  NR_MAX_CHUNKS,
  NR_POPULATED,
  NR_ROWS,
} from "./words.ts";

/** Sums over the live chunks. */
interface Sums {
  nrChunks: number;
  nrMarked: number;
  /** Populated pages of chunks that are not immutable. */
  nrPopulated: number;
  /** Empty populated pages that count, by kind. */
  readonly emptyPop: [number, number];
  nrAlloc: number;
  chargedBytes: number;
  minAllocBytes: number;
  maxAllocBytes: number;
}

/** All violations of the state, none when it is sound. */
export function verifyPercpu(t: Percpu): readonly Violation[] {
  const out: Violation[] = [];
  const bits = newChunkBits(t.pagesPerUnit);
  const sums: Sums = {
    nrChunks: 0,
    nrMarked: 0,
    nrPopulated: 0,
    emptyPop: [0, 0],
    nrAlloc: 0,
    chargedBytes: 0,
    minAllocBytes: t.unitBytes,
    maxAllocBytes: 0,
  };
  verifyLists(t, out);
  for (let chunk = 0; chunk < t.globals[NR_ROWS]; chunk++) {
    if (!isLiveRow(t, chunk)) continue;
    verifyShape(t, chunk, out);
    readBlocks(t, chunk, bits);
    readAreas(t, chunk, bits, out);
    verifyHints(t, chunk, bits, out);
    verifyCounts(t, chunk, bits, sums, out);
  }
  verifyTable(t, sums, out);
  return out;
}

/** Kind, pages and hidden ends, which follow from the geometry; nothing is used or populated beyond the pages. */
function verifyShape(t: Percpu, chunk: number, out: Violation[]): void {
  const g = t.geometry;
  const ordinal = t.ordinal[chunk];
  const reserved = chunk === t.reservedChunk;
  const immutable = reserved || ordinal === 0;
  const staticBytes = roundUp(g.staticBytes, MIN_ALLOC_BYTES);
  const fromBytes = reserved ? staticBytes : staticBytes + g.reservedBytes;
  const bytes = reserved ? g.reservedBytes : g.dynamicBytes - (staticBytes - g.staticBytes);
  const startOff = immutable ? fromBytes % PAGE_BYTES : 0;
  const nrPages = immutable ? roundUp(startOff + bytes, PAGE_BYTES) / PAGE_BYTES : t.pagesPerUnit;
  const endOff = immutable ? nrPages * PAGE_BYTES - startOff - bytes : 0;
  const is = (rule: string, expected: number, found: number) =>
    expectEqual(out, rule, ordinal, NO_PAGE, expected, found);
  is("immutable is set for the first and the reserved chunk", immutable ? 1 : 0, t.immutable[chunk]);
  is("pages follow from the geometry", nrPages, t.nrPages[chunk]);
  is("bytes hidden at the start follow from the geometry", startOff, t.startOffBytes[chunk]);
  is("bytes hidden at the end follow from the geometry", endOff, t.endOffBytes[chunk]);
  if (immutable) is("the first and the reserved chunk are of kind 0", 0, t.kind[chunk]);
  expectAtMost(out, "the kind exists", ordinal, NO_PAGE, t.nrKinds - 1, t.kind[chunk]);
  let beyond = 0;
  const bitBase = chunk * t.allocMapWords;
  for (let bit = nrPages * BITS_PER_BLOCK; bit < t.bitsPerUnit; bit++) if (testBit(t.allocMap, bitBase, bit)) beyond++;
  const pageBase = chunk * t.pageWords;
  for (let page = nrPages; page < t.pagesPerUnit; page++) if (testBit(t.populated, pageBase, page)) beyond++;
  is("nothing is used or populated beyond the last page", 0, beyond);
}

function verifyCounts(t: Percpu, chunk: number, bits: ChunkBits, sums: Sums, out: Violation[]): void {
  const ordinal = t.ordinal[chunk];
  const nrPages = t.nrPages[chunk];
  const base = chunk * t.pageWords;
  let populated = 0;
  let empty = 0;
  for (let page = 0; page < nrPages; page++) {
    const nrFree = bits.free[page];
    if (testBit(t.populated, base, page)) {
      populated++;
      if (nrFree === BITS_PER_BLOCK) empty++;
    } else expectEqual(out, "a page with a used bit is populated", ordinal, page, BITS_PER_BLOCK, nrFree);
  }
  const is = (rule: string, expected: number, found: number) =>
    expectEqual(out, rule, ordinal, NO_PAGE, expected, found);
  is("nrPopulated counts the populated pages", populated, t.nrPopulated[chunk]);
  is("nrEmptyPopPages counts the empty populated pages", empty, t.nrEmptyPopPages[chunk]);
  is("freeBytes is 4 times the free bits", bits.nrFree * MIN_ALLOC_BYTES, t.freeBytes[chunk]);
  expectAtLeast(
    out,
    "no area is larger than maxAllocBytes",
    ordinal,
    NO_PAGE,
    bits.maxAreaBytes,
    t.maxAllocBytes[chunk],
  );
  if (t.immutable[chunk] !== 0) {
    is("an immutable chunk is fully populated", nrPages, populated);
    is(
      "an immutable chunk is not marked, isolated or sidelined",
      0,
      t.marked[chunk] + t.isolated[chunk] + t.sidelined[chunk],
    );
  } else sums.nrPopulated += populated;
  if (chunk !== t.reservedChunk) {
    sums.nrChunks++;
    const counted = t.isolated[chunk] === 0 || t.policy.isolatedPagesCount;
    if (counted) sums.emptyPop[t.emptyCount === "perkind" && t.kind[chunk] === 1 ? 1 : 0] += empty;
  }
  if (t.marked[chunk] !== 0) sums.nrMarked++;
  sums.nrAlloc += bits.nrAreas;
  if (t.kind[chunk] === 1) sums.chargedBytes += bits.areaBytes * t.geometry.nrCpus;
  if (bits.nrAreas > 0 && bits.minAreaBytes < sums.minAllocBytes) sums.minAllocBytes = bits.minAreaBytes;
  if (t.maxAllocBytes[chunk] > sums.maxAllocBytes) sums.maxAllocBytes = t.maxAllocBytes[chunk];
}

function verifyTable(t: Percpu, sums: Sums, out: Violation[]): void {
  const { geometry: g, globals, totals } = t;
  const is = (rule: string, expected: number, found: number) =>
    expectEqual(out, rule, NO_ORDINAL, NO_PAGE, expected, found);
  const atLeast = (rule: string, bound: number, found: number) =>
    expectAtLeast(out, rule, NO_ORDINAL, NO_PAGE, bound, found);
  const bootPages = Math.floor((g.staticBytes + g.reservedBytes + g.dynamicBytes) / PAGE_BYTES);
  is("EMPTY_POP sums the empty pages that count", sums.emptyPop[0], globals[EMPTY_POP]);
  is("EMPTY_POP of kind 1 sums those of its chunks", sums.emptyPop[1], globals[EMPTY_POP + 1]);
  is("NR_POPULATED is the boot pages and those of later chunks", bootPages + sums.nrPopulated, globals[NR_POPULATED]);
  is("NR_CHUNKS counts the chunks without the reserved one", sums.nrChunks, globals[NR_CHUNKS]);
  is("NR_MARKED counts the marked chunks", sums.nrMarked, globals[NR_MARKED]);
  atLeast("NR_MAX_CHUNKS is the most there were", sums.nrChunks, globals[NR_MAX_CHUNKS]);
  atLeast("NEXT_ORDINAL is the number of chunks ever", globals[NR_MAX_CHUNKS], globals[NEXT_ORDINAL]);
  is("NR_CUR_ALLOC counts the areas of all chunks", sums.nrAlloc, globals[NR_CUR_ALLOC]);
  atLeast("NR_ALLOC is at least the most there were", globals[NR_MAX_ALLOC], totals[NR_ALLOC]);
  atLeast("NR_MAX_ALLOC is the most there were", sums.nrAlloc, globals[NR_MAX_ALLOC]);
  atLeast("MAX_ALLOC_SIZE is the largest served", sums.maxAllocBytes, globals[MAX_ALLOC_SIZE]);
  expectAtMost(
    out,
    "MIN_ALLOC_SIZE is the smallest served",
    NO_ORDINAL,
    NO_PAGE,
    sums.minAllocBytes,
    globals[MIN_ALLOC_SIZE],
  );
  is("CHARGED_BYTES is the areas of kind 1 times the CPUs", sums.chargedBytes, totals[CHARGED_BYTES]);
  is("the first chunk is row 0", 0, t.ordinal[0]);
  if (t.reservedChunk !== NO_CHUNK) is("the reserved chunk has no ordinal", NO_CHUNK, t.ordinal[t.reservedChunk]);
}

function roundUp(x: number, multiple: number): number {
  return Math.ceil(x / multiple) * multiple;
}
