/** Birth and death of chunks. Source: spec/percpu.md 2.3, 3, 6. */

import { quarter, setRange } from "../bits.ts";
import { noteAreaStart } from "./area.ts";
import { noteBlockFreed } from "./block-class.ts";
import { BITS_PER_BLOCK, MIN_ALLOC_BYTES, NO_CHUNK, PAGE_BYTES } from "./constants.ts";
import { alignUp } from "./geometry.ts";
import { initHint } from "./hints.ts";
import { updateHintsAfterAlloc } from "./hints-alloc.ts";
import { relocate, unlink } from "./lists.ts";
import { blockHint, chunkHint, emptyPopIndex, listOf, type Percpu, releaseRow, takeRow } from "./state.ts";
import { FIRST_FREE, NEXT_ORDINAL, NR_CHUNKS, NR_MAX_CHUNKS, NR_POPULATED } from "./words.ts";

/** Printed in place of an ordinal for the reserved chunk. */
const RESERVED_ORDINAL = -1;

function initRow(t: Percpu, chunk: number, ordinal: number, kind: number, nrPages: number): void {
  t.ordinal[chunk] = ordinal;
  t.kind[chunk] = kind;
  t.nrPages[chunk] = nrPages;
  t.list[chunk] = NO_CHUNK;
  t.next[chunk] = NO_CHUNK;
  t.prev[chunk] = NO_CHUNK;
  for (let block = 0; block < nrPages; block++) {
    initHint(t.hints, blockHint(t, chunk, block), BITS_PER_BLOCK);
    noteBlockFreed(t, chunk, block);
  }
  initHint(t.hints, chunkHint(t, chunk), nrPages * BITS_PER_BLOCK);
}

/**
 * Makes a chunk of `kind` without a page and files it at the head of the free slot.
 *
 * @kernel mm/percpu.c pcpu_create_chunk(), v6.1
 */
export function createChunk(t: Percpu, kind: number): number {
  const chunk = takeRow(t);
  initRow(t, chunk, t.globals[NEXT_ORDINAL]++, kind, t.pagesPerUnit);
  t.freeBytes[chunk] = t.unitBytes;
  t.globals[NR_CHUNKS]++;
  if (t.globals[NR_CHUNKS] > t.globals[NR_MAX_CHUNKS]) t.globals[NR_MAX_CHUNKS] = t.globals[NR_CHUNKS];
  t.events?.chunkCreated(t.ordinal[chunk], kind);
  relocate(t, chunk, NO_CHUNK);
  return chunk;
}

/** Ends a chunk that has no area and no page. */
export function destroyChunk(t: Percpu, chunk: number): void {
  t.events?.chunkDestroyed(t.ordinal[chunk]);
  unlink(t, chunk);
  t.globals[NR_CHUNKS]--;
  releaseRow(t, chunk);
}

/**
 * Builds the first chunk (row 0) and, if the geometry has one, the reserved chunk (row 1), as they are at boot.
 *
 * @kernel mm/percpu.c pcpu_setup_first_chunk(), v6.1
 */
export function setupFirstChunks(t: Percpu): void {
  const g = t.geometry;
  const staticBytes = alignUp(g.staticBytes, MIN_ALLOC_BYTES);
  const dynamicBytes = g.dynamicBytes - (staticBytes - g.staticBytes);
  const first = takeRow(t);
  if (g.reservedBytes > 0) buildImmutable(t, takeRow(t), RESERVED_ORDINAL, staticBytes, g.reservedBytes);
  buildImmutable(t, first, t.globals[NEXT_ORDINAL]++, staticBytes + g.reservedBytes, dynamicBytes);
  t.globals[emptyPopIndex(t, 0)] = t.nrEmptyPopPages[first];
  t.globals[NR_POPULATED] = Math.floor((g.staticBytes + g.reservedBytes + g.dynamicBytes) / PAGE_BYTES);
  t.globals[NR_CHUNKS] = 1;
  t.globals[NR_MAX_CHUNKS] = 1;
  relocate(t, first, NO_CHUNK);
}

/** A chunk over `[fromBytes, fromBytes + bytes)` of the first units; what its pages hold besides is hidden. */
function buildImmutable(t: Percpu, chunk: number, ordinal: number, fromBytes: number, bytes: number): void {
  const startOff = fromBytes % PAGE_BYTES;
  const nrPages = Math.ceil((startOff + bytes) / PAGE_BYTES);
  const endOff = nrPages * PAGE_BYTES - startOff - bytes;
  initRow(t, chunk, ordinal, 0, nrPages);
  t.immutable[chunk] = 1;
  t.startOffBytes[chunk] = startOff;
  t.endOffBytes[chunk] = endOff;
  t.freeBytes[chunk] = bytes;
  setRange(t.populated, chunk * t.pageWords, 0, nrPages);
  t.nrPopulated[chunk] = nrPages;
  t.nrEmptyPopPages[chunk] = nrPages;
  if (startOff > 0) {
    const hiddenEnd = quarter(startOff);
    t.hints[chunkHint(t, chunk) + FIRST_FREE] = hiddenEnd;
    hide(t, chunk, 0, hiddenEnd);
  }
  if (endOff > 0) {
    const nrBits = nrPages * BITS_PER_BLOCK;
    hide(t, chunk, nrBits - quarter(endOff), nrBits);
  }
}

function hide(t: Percpu, chunk: number, start: number, end: number): void {
  if (start === end) return;
  setRange(t.allocMap, chunk * t.allocMapWords, start, end);
  noteAreaStart(t, chunk, start);
  updateHintsAfterAlloc(t, chunk, start, end);
}

/** The list a chunk of `kind` that is to be depopulated waits on; one list may serve both kinds. */
export function toDepopulateList(t: Percpu, kind: number): number {
  return listOf(t.policy.lists === "shared" ? 0 : kind, t.toDepopulateSlot);
}
