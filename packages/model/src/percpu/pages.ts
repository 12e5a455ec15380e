/**
 * Populated pages and the counts of empty ones. A page is empty when it is populated and its block wholly free; the
 * counts say how many pages could serve an atomic request. Source: spec/percpu.md 13.
 */

import { clearRange, setRange } from "../bits.ts";
import { emptyPopIndex, type Percpu } from "./state.ts";
import { NR_POPULATED } from "./words.ts";

/** A chunk's empty pages count as available, or not: never the reserved chunk's, an isolated chunk's by policy. */
function emptyPagesCount(t: Percpu, chunk: number): boolean {
  return chunk !== t.reservedChunk && (t.isolated[chunk] === 0 || t.policy.isolatedPagesCount);
}

/** Changes the chunk's number of empty populated pages, and the count they belong to. */
export function addEmptyPopPages(t: Percpu, chunk: number, nrPages: number): void {
  t.nrEmptyPopPages[chunk] += nrPages;
  if (emptyPagesCount(t, chunk)) t.globals[emptyPopIndex(t, t.kind[chunk])] += nrPages;
}

/**
 * Pages `[from, end)` of `chunk` have memory now.
 *
 * @kernel mm/percpu.c pcpu_chunk_populated(), v6.1
 */
export function chunkPopulated(t: Percpu, chunk: number, from: number, end: number): void {
  setRange(t.populated, chunk * t.pageWords, from, end);
  t.nrPopulated[chunk] += end - from;
  t.globals[NR_POPULATED] += end - from;
  addEmptyPopPages(t, chunk, end - from);
  t.events?.pagesPopulated(t.ordinal[chunk], from, end);
}

/**
 * Pages `[from, end)` of `chunk`, all of them empty, gave their memory back.
 *
 * @kernel mm/percpu.c pcpu_chunk_depopulated(), v6.1
 */
export function chunkDepopulated(t: Percpu, chunk: number, from: number, end: number): void {
  clearRange(t.populated, chunk * t.pageWords, from, end);
  t.nrPopulated[chunk] -= end - from;
  t.globals[NR_POPULATED] -= end - from;
  addEmptyPopPages(t, chunk, from - end);
  t.events?.pagesDepopulated(t.ordinal[chunk], from, end);
}
