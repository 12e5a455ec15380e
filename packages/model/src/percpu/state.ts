/**
 * The percpu allocator's state: flat typed arrays, so that a snapshot is a copy and a hash is a fold.
 *
 *   chunk (a row)       unit of CPU 0            unit of CPU 1        …
 *                     |page|page|page|…|      |page|page|page|…|
 *                        |
 *                        one block of 1024 bits (4 bytes each): allocation map, bound map, one hint record
 *
 * A chunk is a row number. Rows of destroyed chunks are used again (last freed first); the *ordinal* is the chunk's
 * creation number and is never used again. All offsets and hints count bits of 4 bytes inside one unit, sizes with
 * `Bytes` in their name count bytes, pages are pages of one unit.
 *
 * A hint record is eight words of `hints`; the records of a chunk's blocks lie side by side, its own (the *chunk
 * hint*) behind them. `CONTIG_HINT` is the size of the largest known hole and `CONTIG_START` where it begins;
 * `SCAN_HINT`/`SCAN_START` describe the largest hole known in front of it; `FIRST_FREE` is the lowest position that
 * may be free; `LEFT_FREE`/`RIGHT_FREE` count free bits at the two ends. Fields are cleared only where a rule says
 * so: leftovers are part of the behaviour.
 *
 * Who may change what: `hints*.ts` the hint records, `area.ts` the two maps, `pages.ts` populated pages and the counts
 * of empty ones, `lists.ts` the lists, `balance*.ts` the work words. `verify.ts` recomputes all of it.
 *
 * Source: spec/percpu.md 1, 4; spec/percpu-kinds.md 3. Decision: docs/decisions/0002-flat-state.md.
 */

import { assert } from "../assert.ts";
import { bitLength, shiftRight, wordsFor } from "../bits.ts";
import { BITS_PER_BLOCK, MIN_ALLOC_BYTES, NO_CHUNK, PAGE_BYTES } from "./constants.ts";
import type { Geometry } from "./geometry.ts";
import type { PercpuPolicy } from "./policy.ts";
import { EMPTY_POP, FREE_ROW, HINT_WORDS, MIN_ALLOC_SIZE, NR_GLOBALS, NR_ROWS, NR_TOTALS } from "./words.ts";

export type EmptyCount = "global" | "perkind";

/** What happens to chunks and pages, for whoever wants to print it. Not part of the state. */
export interface PercpuEvents {
  chunkCreated(ordinal: number, kind: number): void;
  chunkDestroyed(ordinal: number): void;
  pagesPopulated(ordinal: number, from: number, end: number): void;
  pagesDepopulated(ordinal: number, from: number, end: number): void;
  balanceWorkPending(): void;
  /** An area was given out, anywhere but at the ends that a first chunk hides. */
  areaTaken?(area: number): void;
}

export interface Percpu {
  readonly geometry: Geometry;
  readonly policy: PercpuPolicy;
  /** 1, or 2 for kernels 5.9-5.13: ordinary and memcg-aware chunks, each kind with its own lists. */
  readonly nrKinds: number;
  readonly emptyCount: EmptyCount;
  /** From one kind's count of empty populated pages to the next: 0 when there is one count for both. */
  readonly emptyCountStride: number;

  readonly unitBytes: number;
  readonly pagesPerUnit: number;
  readonly bitsPerUnit: number;
  /** An area's number is its chunk's row times 2^areaShift plus its bit offset. */
  readonly areaShift: number;
  /** Slots of one kind, and the special ones among them (`NO_CHUNK` where the policy has none). */
  readonly nrSlots: number;
  readonly freeSlot: number;
  readonly sidelinedSlot: number;
  readonly toDepopulateSlot: number;
  /** Lists of one kind: its slots, then pseudo slots the policy asks for. */
  readonly listsPerKind: number;
  /** Private list of the balance work: chunks it has chosen and not yet dealt with. */
  readonly workList: number;
  /** Words of a chunk's row in `allocMap` and `boundMap`, `hints`, `populated`. */
  readonly allocMapWords: number;
  readonly hintWords: number;
  readonly pageWords: number;
  /** Row of the reserved chunk, `NO_CHUNK` without one. */
  readonly reservedChunk: number;

  readonly globals: Int32Array;
  readonly totals: Float64Array;
  /** Derived: a bit for each list that holds a chunk, by list number: one word per kind. */
  readonly usedLists: Int32Array;
  readonly listHead: Int32Array;
  readonly listTail: Int32Array;

  /** Per chunk; replaced by larger arrays when the table grows. */
  ordinal: Int32Array;
  kind: Int32Array;
  nrPages: Int32Array;
  freeBytes: Int32Array;
  nrPopulated: Int32Array;
  nrEmptyPopPages: Int32Array;
  isolated: Int32Array;
  sidelined: Int32Array;
  marked: Int32Array;
  /** 1 for the first and the reserved chunk: never populated, depopulated or destroyed. */
  immutable: Int32Array;
  startOffBytes: Int32Array;
  endOffBytes: Int32Array;
  /** List the chunk is on, `NO_CHUNK` for none. */
  list: Int32Array;
  next: Int32Array;
  prev: Int32Array;
  maxAllocBytes: Int32Array;

  hints: Int32Array;
  allocMap: Int32Array;
  /** A bit for each position where a live area begins; it ends at the next such bit or at a free one. */
  boundMap: Int32Array;
  populated: Int32Array;
  /** Derived: a bit for each block without a used bit. */
  freeBlocks: Int32Array;
  /** Derived: largest hole each block's record tells of, side by side: searches pass over small ones quickly. */
  largestHole: Int32Array;
  /** Derived: areas that begin in each block. */
  areasInBlock: Int32Array;

  events: PercpuEvents | undefined;
  /** Length of the window the last search found, in bits; the piece the last scan passed over. Not part of the state. */
  windowBits: number;
  /** 1 when that window is free from its aligned start on. */
  windowExact: number;
  readonly skipped: Int32Array;
}

/** Names of the arrays with one word per chunk: all primary or counted, so the state's hash covers them. */
export const CHUNK_FIELDS = [
  "ordinal",
  "kind",
  "nrPages",
  "freeBytes",
  "nrPopulated",
  "nrEmptyPopPages",
  "isolated",
  "sidelined",
  "marked",
  "immutable",
  "startOffBytes",
  "endOffBytes",
  "list",
  "next",
  "prev",
  "maxAllocBytes",
] as const;

/** Names of the arrays with a row per chunk. */
export const ROW_FIELDS = [
  "hints",
  "allocMap",
  "boundMap",
  "populated",
  "freeBlocks",
  "largestHole",
  "areasInBlock",
] as const;

/** List numbers from one kind to the next: as many as a word has bits. */
const LIST_STRIDE = 32;
const INITIAL_ROWS = 16;
const MAX_AREA_NUMBER = 0x7fffffff;

export interface PercpuConfig {
  readonly geometry: Geometry;
  readonly policy: PercpuPolicy;
  readonly nrKinds: number;
  readonly emptyCount: EmptyCount;
}

/** An allocator without any chunk; `allocator.ts` gives it the first one. */
export function emptyPercpu(config: PercpuConfig): Percpu {
  const { geometry, policy, nrKinds } = config;
  const pagesPerUnit = geometry.unitBytes / PAGE_BYTES;
  const topSlot = Math.max(bitLength(geometry.unitBytes) - 3, 1);
  const inSlots = policy.lists === "slots";
  const nrSlots = topSlot + (inSlots ? 4 : 2);
  const pseudoSlots = policy.lists === "separate" || policy.lists === "shared" ? 2 : 0;
  const listsPerKind = nrSlots + pseudoSlots;
  assert(listsPerKind <= LIST_STRIDE, "the lists of a kind have a word of bits");
  const nrLists = nrKinds * LIST_STRIDE + 1;
  return {
    geometry,
    policy,
    nrKinds,
    emptyCount: config.emptyCount,
    emptyCountStride: config.emptyCount === "perkind" ? 1 : 0,
    unitBytes: geometry.unitBytes,
    pagesPerUnit,
    bitsPerUnit: geometry.unitBytes / MIN_ALLOC_BYTES,
    areaShift: bitLength(geometry.unitBytes / MIN_ALLOC_BYTES - 1),
    nrSlots,
    freeSlot: inSlots ? topSlot + 2 : topSlot + 1,
    sidelinedSlot: inSlots ? topSlot + 1 : pseudoSlots > 0 ? nrSlots : NO_CHUNK,
    toDepopulateSlot: inSlots ? topSlot + 3 : pseudoSlots > 0 ? nrSlots + 1 : NO_CHUNK,
    listsPerKind,
    workList: nrLists - 1,
    allocMapWords: wordsFor(pagesPerUnit * BITS_PER_BLOCK),
    hintWords: (pagesPerUnit + 1) * HINT_WORDS,
    pageWords: wordsFor(pagesPerUnit),
    reservedChunk: geometry.reservedBytes > 0 ? 1 : NO_CHUNK,
    globals: initialGlobals(geometry),
    totals: new Float64Array(NR_TOTALS),
    usedLists: new Int32Array(nrKinds + 1),
    listHead: new Int32Array(nrLists).fill(NO_CHUNK),
    listTail: new Int32Array(nrLists).fill(NO_CHUNK),
    ...emptyRows(),
    events: undefined,
    windowBits: 0,
    windowExact: 0,
    skipped: new Int32Array(2),
  };
}

function initialGlobals(geometry: Geometry): Int32Array {
  const globals = new Int32Array(NR_GLOBALS);
  globals[MIN_ALLOC_SIZE] = geometry.unitBytes;
  globals[FREE_ROW] = NO_CHUNK;
  return globals;
}

function emptyRows() {
  const none = () => new Int32Array(0);
  return {
    ordinal: none(),
    kind: none(),
    nrPages: none(),
    freeBytes: none(),
    nrPopulated: none(),
    nrEmptyPopPages: none(),
    isolated: none(),
    sidelined: none(),
    marked: none(),
    immutable: none(),
    startOffBytes: none(),
    endOffBytes: none(),
    list: none(),
    next: none(),
    prev: none(),
    maxAllocBytes: none(),
    hints: none(),
    allocMap: none(),
    boundMap: none(),
    populated: none(),
    freeBlocks: none(),
    largestHole: none(),
    areasInBlock: none(),
  };
}

/** Words of one row of a row field. */
export function rowWords(t: Percpu, field: (typeof ROW_FIELDS)[number]): number {
  if (field === "hints") return t.hintWords;
  if (field === "allocMap" || field === "boundMap") return t.allocMapWords;
  if (field === "largestHole" || field === "areasInBlock") return t.pagesPerUnit;
  return t.pageWords;
}

/** A row for a new chunk, its words 0; the table doubles when it is full. */
export function takeRow(t: Percpu): number {
  const reused = t.globals[FREE_ROW];
  if (reused !== NO_CHUNK) {
    t.globals[FREE_ROW] = t.next[reused];
    clearRow(t, reused);
    return reused;
  }
  const row = t.globals[NR_ROWS]++;
  assert(row < shiftRight(MAX_AREA_NUMBER, t.areaShift), "no more chunks than area numbers can name");
  if (row >= t.ordinal.length) growTable(t, Math.max(INITIAL_ROWS, row * 2));
  return row;
}

/** Gives the row of a destroyed chunk back. */
export function releaseRow(t: Percpu, chunk: number): void {
  clearRow(t, chunk);
  t.ordinal[chunk] = NO_CHUNK;
  t.list[chunk] = NO_CHUNK;
  t.next[chunk] = t.globals[FREE_ROW];
  t.globals[FREE_ROW] = chunk;
}

function clearRow(t: Percpu, chunk: number): void {
  for (const field of CHUNK_FIELDS) t[field][chunk] = 0;
  for (const field of ROW_FIELDS) {
    const words = rowWords(t, field);
    t[field].fill(0, chunk * words, (chunk + 1) * words);
  }
}

function growTable(t: Percpu, rows: number): void {
  for (const field of CHUNK_FIELDS) t[field] = grown(t[field], rows);
  for (const field of ROW_FIELDS) t[field] = grown(t[field], rows * rowWords(t, field));
}

function grown(old: Int32Array, words: number): Int32Array {
  const larger = new Int32Array(words);
  larger.set(old);
  return larger;
}

/** First word of the hint record of block `block` of `chunk`. */
export function blockHint(t: Percpu, chunk: number, block: number): number {
  return chunk * t.hintWords + block * HINT_WORDS;
}

/** First word of the hint record of the chunk itself. */
export function chunkHint(t: Percpu, chunk: number): number {
  return chunk * t.hintWords + t.pagesPerUnit * HINT_WORDS;
}

/** List number of slot `slot` of `kind`. */
export function listOf(kind: number, slot: number): number {
  return kind * LIST_STRIDE + slot;
}

/** Index in `globals` of the count of empty populated pages that holds for `kind`. */
export function emptyPopIndex(t: Percpu, kind: number): number {
  return EMPTY_POP + kind * t.emptyCountStride;
}

/** Empty populated pages that count for `kind`. */
export function emptyPopPages(t: Percpu, kind: number): number {
  return t.globals[emptyPopIndex(t, kind)];
}

/** Empty populated pages that count, of all kinds. */
export function totalEmptyPopPages(t: Percpu): number {
  return t.globals[EMPTY_POP] + t.globals[EMPTY_POP + 1];
}

/** Bytes of all typed arrays of the state, room for further chunks included. */
export function percpuStateBytes(t: Percpu): number {
  let bytes = t.globals.byteLength + t.totals.byteLength + t.listHead.byteLength + t.listTail.byteLength;
  for (const field of CHUNK_FIELDS) bytes += t[field].byteLength;
  for (const field of ROW_FIELDS) bytes += t[field].byteLength;
  return bytes;
}
