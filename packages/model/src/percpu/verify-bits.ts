/**
 * What the maps of one chunk say, for `verify`: free bits of each block and of the chunk, and the areas. Read bit by
 * bit, but for words that are wholly free or wholly used.
 */

import { testBit } from "../bits.ts";
import { expectEqual, NO_PAGE, type Violation } from "../violation.ts";
import { BITS_PER_BLOCK, MIN_ALLOC_BYTES } from "./constants.ts";
import type { Percpu } from "./state.ts";

/** A local name: test runners look imported names up anew at each call, which counts here. */
const readBit = testBit;

const BITS_PER_WORD = 32;
const ALL_USED = -1;
const NOT_IN_AREA = -1;

/** One chunk's maps, summed up; blocks by number, positions and counts in bits. */
export interface ChunkBits {
  readonly free: Int32Array;
  readonly longestRun: Int32Array;
  /** Free bits at the start and at the end of the block. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** First free bit, `BITS_PER_BLOCK` when there is none. */
  readonly firstFree: Int32Array;
  nrFree: number;
  /** Longest run of free bits, over block borders. */
  longestChunkRun: number;
  /** Longest run of wholly free blocks, in bits. */
  longestBlockRun: number;
  firstFreeBit: number;
  nrAreas: number;
  areaBytes: number;
  minAreaBytes: number;
  maxAreaBytes: number;
}

export function newChunkBits(nrBlocks: number): ChunkBits {
  return {
    free: new Int32Array(nrBlocks),
    longestRun: new Int32Array(nrBlocks),
    left: new Int32Array(nrBlocks),
    right: new Int32Array(nrBlocks),
    firstFree: new Int32Array(nrBlocks),
    nrFree: 0,
    longestChunkRun: 0,
    longestBlockRun: 0,
    firstFreeBit: 0,
    nrAreas: 0,
    areaBytes: 0,
    minAreaBytes: 0,
    maxAreaBytes: 0,
  };
}

/** Fills in all about free bits. */
export function readBlocks(t: Percpu, chunk: number, bits: ChunkBits): void {
  const nrPages = t.nrPages[chunk];
  bits.nrFree = 0;
  bits.longestChunkRun = 0;
  bits.longestBlockRun = 0;
  bits.firstFreeBit = nrPages * BITS_PER_BLOCK;
  let run = 0;
  let freeBlocks = 0;
  for (let block = 0; block < nrPages; block++) {
    readBlock(t, chunk, block, bits);
    bits.nrFree += bits.free[block];
    if (bits.free[block] > 0 && bits.firstFreeBit === nrPages * BITS_PER_BLOCK) {
      bits.firstFreeBit = block * BITS_PER_BLOCK + bits.firstFree[block];
    }
    const whole = bits.free[block] === BITS_PER_BLOCK;
    run = whole ? run + BITS_PER_BLOCK : run + bits.left[block];
    freeBlocks = whole ? freeBlocks + 1 : 0;
    bits.longestChunkRun = Math.max(bits.longestChunkRun, run, bits.longestRun[block]);
    bits.longestBlockRun = Math.max(bits.longestBlockRun, freeBlocks * BITS_PER_BLOCK);
    if (!whole) run = bits.right[block];
  }
}

function readBlock(t: Percpu, chunk: number, block: number, bits: ChunkBits): void {
  const map = t.allocMap;
  const firstBit = block * BITS_PER_BLOCK;
  const base = chunk * t.allocMapWords;
  let run = 0;
  let longest = 0;
  let free = 0;
  let left = BITS_PER_BLOCK;
  let firstFree = BITS_PER_BLOCK;
  for (let at = 0; at < BITS_PER_BLOCK; at += BITS_PER_WORD) {
    const word = map[base + (firstBit + at) / BITS_PER_WORD];
    if (word === 0) {
      if (free === 0) firstFree = at;
      run += BITS_PER_WORD;
      free += BITS_PER_WORD;
      continue;
    }
    for (let bit = at; bit < at + BITS_PER_WORD; bit++) {
      if (readBit(map, base, firstBit + bit)) {
        if (left === BITS_PER_BLOCK) left = bit;
        if (run > longest) longest = run;
        run = 0;
      } else {
        if (free === 0) firstFree = bit;
        free++;
        run++;
      }
    }
  }
  bits.free[block] = free;
  bits.longestRun[block] = run > longest ? run : longest;
  bits.left[block] = left;
  bits.right[block] = run;
  bits.firstFree[block] = firstFree;
}

/**
 * Fills in all about areas. Each run of used bits must be divided into areas by the bound map, with a bound at its start, the
 * hidden ends of the first chunks being areas of their own. There are no bounds at free bits.
 */
export function readAreas(t: Percpu, chunk: number, bits: ChunkBits, out: Violation[]): void {
  bits.nrAreas = 0;
  bits.areaBytes = 0;
  bits.minAreaBytes = t.unitBytes;
  bits.maxAreaBytes = 0;
  const nrBits = t.nrPages[chunk] * BITS_PER_BLOCK;
  const hiddenEnd = t.startOffBytes[chunk] / MIN_ALLOC_BYTES;
  const hiddenStart = nrBits - t.endOffBytes[chunk] / MIN_ALLOC_BYTES;
  let nrHidden = 0;
  let nrUnbound = 0;
  let nrLoose = 0;
  const base = chunk * t.allocMapWords;
  let areaStart = NOT_IN_AREA;
  for (let bit = 0; bit <= nrBits; bit++) {
    if (bit % BITS_PER_WORD === 0 && bit < nrBits && isPlainWord(t, base, bit, areaStart)) {
      bit += BITS_PER_WORD - 1;
      continue;
    }
    const used = bit < nrBits && readBit(t.allocMap, base, bit);
    const bound = bit < nrBits && readBit(t.boundMap, base, bit);
    if (!used && bound) nrLoose++;
    if (used ? !bound && areaStart !== NOT_IN_AREA : areaStart === NOT_IN_AREA) continue;
    if (used && !bound) nrUnbound++;
    if (areaStart !== NOT_IN_AREA) {
      if ((areaStart === 0 && bit === hiddenEnd) || (areaStart === hiddenStart && bit === nrBits)) nrHidden++;
      else noteArea(bits, (bit - areaStart) * MIN_ALLOC_BYTES);
    }
    areaStart = used ? bit : NOT_IN_AREA;
  }
  const expectedHidden = (hiddenEnd > 0 ? 1 : 0) + (hiddenStart < nrBits ? 1 : 0);
  const ordinal = t.ordinal[chunk];
  expectEqual(out, "a run of used bits begins at a bound", ordinal, NO_PAGE, 0, nrUnbound);
  expectEqual(out, "a bound is the begin of an area", ordinal, NO_PAGE, 0, nrLoose);
  expectEqual(out, "the hidden ends are used and bounded", ordinal, NO_PAGE, expectedHidden, nrHidden);
}

/** No area begins or ends at the word's bits: all free outside an area, or all used without a bound inside one. */
function isPlainWord(t: Percpu, base: number, bit: number, areaStart: number): boolean {
  if (t.boundMap[base + bit / BITS_PER_WORD] !== 0) return false;
  return t.allocMap[base + bit / BITS_PER_WORD] === (areaStart === NOT_IN_AREA ? 0 : ALL_USED);
}

function noteArea(bits: ChunkBits, bytes: number): void {
  bits.nrAreas++;
  bits.areaBytes += bytes;
  if (bytes < bits.minAreaBytes) bits.minAreaBytes = bytes;
  if (bytes > bits.maxAreaBytes) bits.maxAreaBytes = bytes;
}

/** `[from, end)` of the chunk has no used bit. */
export function isFreeRange(t: Percpu, chunk: number, from: number, end: number): boolean {
  const base = chunk * t.allocMapWords;
  for (let bit = from; bit < end; bit++) {
    if (bit % BITS_PER_WORD === 0 && end - bit >= BITS_PER_WORD && t.allocMap[base + bit / BITS_PER_WORD] === 0) {
      bit += BITS_PER_WORD - 1;
    } else if (readBit(t.allocMap, base, bit)) return false;
  }
  return true;
}
