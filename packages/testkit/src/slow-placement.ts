/**
 * Where an allocation must go, worked out the long way: every chunk of every list, block by block and grain by grain,
 * from the hint records as they stand. Changes nothing. The allocator may search cleverly; it has to answer the same.
 *
 * Source: spec/percpu.md 4, 6, 7.5, 8, 9.
 */

import {
  CONTIG_HINT,
  CONTIG_START,
  FIRST_FREE,
  HINT_WORDS,
  LEFT_FREE,
  listOf,
  type Percpu,
  RIGHT_FREE,
  SCAN_HINT,
  SCAN_START,
  testBit,
} from "@ebb/model";

const NONE = -1;
const BLOCK_GRAINS = 1024;
const GRAIN_BYTES = 4;

/** The place of a legal request among the chunks in slots. */
export interface Place {
  readonly chunk: number;
  readonly firstGrain: number;
}

interface Request {
  readonly nrGrains: number;
  readonly alignGrains: number;
  readonly atomic: boolean;
}

/** The place of a legal request of `kind`; undefined when no chunk in a slot has one. */
export function slowPlace(
  t: Percpu,
  sizeBytes: number,
  alignBytes: number,
  atomic: boolean,
  kind: number,
): Place | undefined {
  const nrGrains = Math.ceil(sizeBytes / GRAIN_BYTES);
  const request = { nrGrains, alignGrains: Math.max(alignBytes, GRAIN_BYTES) / GRAIN_BYTES, atomic };
  for (let slot = slotOfBytes(t, nrGrains * GRAIN_BYTES); slot <= t.freeSlot; slot++) {
    let chunk = t.listHead[listOf(kind, slot)] ?? NONE;
    for (; chunk !== NONE; chunk = t.next[chunk] ?? NONE) {
      const start = searchChunk(t, chunk, request);
      const firstGrain = start === NONE ? NONE : scanFrom(t, chunk, start, request);
      if (firstGrain !== NONE) return { chunk, firstGrain };
    }
  }
  return undefined;
}

function slotOfBytes(t: Percpu, bytes: number): number {
  return bytes === t.geometry.unitBytes ? t.freeSlot : Math.max(bytes.toString(2).length - 3, 1);
}

function alignUp(x: number, align: number): number {
  return Math.ceil(x / align) * align;
}

/** Reads a field of the record of a block, or of the chunk for block `pagesPerUnit`. */
function field(t: Percpu, chunk: number, block: number, word: number): number {
  return t.hints[chunk * t.hintWords + block * HINT_WORDS + word] ?? 0;
}

function startPoint(t: Percpu, chunk: number, block: number, nrGrains: number): number {
  const scan = field(t, chunk, block, SCAN_HINT);
  const scanStart = field(t, chunk, block, SCAN_START);
  const behind = scan > 0 && field(t, chunk, block, CONTIG_START) > scanStart && nrGrains > scan;
  return behind ? scanStart + scan : field(t, chunk, block, FIRST_FREE);
}

/** Grain to begin scanning at, as spec 8 finds it. */
function searchChunk(t: Percpu, chunk: number, r: Request): number {
  const own = t.pagesPerUnit;
  const bestAt = field(t, chunk, own, CONTIG_START);
  if (alignUp(bestAt, r.alignGrains) - bestAt + r.nrGrains > field(t, chunk, own, CONTIG_HINT)) return NONE;
  let cursor = startPoint(t, chunk, own, r.nrGrains);
  for (;;) {
    const window = nextWindow(t, chunk, cursor, r);
    if (window === undefined || !r.atomic) return window?.start ?? NONE;
    const endPage = Math.ceil((window.start + window.length) / BLOCK_GRAINS);
    let page = Math.floor(window.start / BLOCK_GRAINS);
    while (page < endPage && isPopulated(t, chunk, page)) page++;
    if (page === endPage) return window.start;
    while (page < endPage && !isPopulated(t, chunk, page)) page++;
    cursor = page * BLOCK_GRAINS;
  }
}

function isPopulated(t: Percpu, chunk: number, page: number): boolean {
  return testBit(t.populated, chunk * t.pageWords, page);
}

function nextWindow(
  t: Percpu,
  chunk: number,
  cursor: number,
  r: Request,
): { start: number; length: number } | undefined {
  const nrBlocks = t.nrPages[chunk] ?? 0;
  const n = r.nrGrains;
  let from = cursor % BLOCK_GRAINS;
  let start = 0;
  let joined = 0;
  for (let block = Math.floor(cursor / BLOCK_GRAINS); block < nrBlocks; block++) {
    if (joined > 0) {
      const left = field(t, chunk, block, LEFT_FREE);
      joined += left;
      if (joined >= n) return { start, length: joined };
      if (left === BLOCK_GRAINS) continue;
    }
    const best = field(t, chunk, block, CONTIG_HINT);
    const bestAt = field(t, chunk, block, CONTIG_START);
    const pad = alignUp(bestAt, r.alignGrains) - bestAt;
    if (best > 0 && bestAt >= from && best >= pad + n) {
      const s = startPoint(t, chunk, block, n);
      return { start: block * BLOCK_GRAINS + s, length: bestAt + pad + n - s };
    }
    from = 0;
    const tail = alignUp(BLOCK_GRAINS - field(t, chunk, block, RIGHT_FREE), r.alignGrains);
    start = block * BLOCK_GRAINS + tail;
    joined = BLOCK_GRAINS - tail;
    if (joined >= n) return { start, length: joined };
  }
  return undefined;
}

/** First fit from `start` on, as spec 9 finds it. */
function scanFrom(t: Percpu, chunk: number, start: number, r: Request): number {
  const base = chunk * t.allocMapWords;
  const isUsed = (grain: number) => testBit(t.allocMap, base, grain);
  const limit = Math.min(start + r.nrGrains + BLOCK_GRAINS, (t.nrPages[chunk] ?? 0) * BLOCK_GRAINS);
  let from = start;
  for (;;) {
    while (from < limit && isUsed(from)) from++;
    const at = alignUp(from, r.alignGrains);
    if (from >= limit || at + r.nrGrains > limit) return NONE;
    let used = at;
    while (used < at + r.nrGrains && !isUsed(used)) used++;
    if (used === at + r.nrGrains) return at;
    from = used + 1;
  }
}
