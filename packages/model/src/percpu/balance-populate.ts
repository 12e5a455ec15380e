/**
 * Balance work, stage "populate": keeps a few empty pages ready for atomic requests. Source: spec/percpu.md 14.2.
 */

import { findNextClear, findNextSet } from "../bits.ts";
import { createChunk } from "./chunk.ts";
import { EMPTY_POP_PAGES_HIGH, NO_CHUNK, PAGE_BYTES } from "./constants.ts";
import { sizeToSlot } from "./lists.ts";
import { chunkPopulated } from "./pages.ts";
import { emptyPopPages, listOf, type Percpu } from "./state.ts";
import { ATOMIC_FAILED, WORK_CHUNK, WORK_KIND, WORK_PAGE, WORK_SLOT, WORK_TARGET } from "./words.ts";

/**
 * Each step populates one run of pages, or passes to the next slot, or creates a chunk. Of each slot only the first
 * chunk that has an unpopulated page is used.
 */
export function populateStep(t: Percpu, begin: boolean): boolean {
  const w = t.globals;
  if (begin) computeTarget(t);
  else if (w[WORK_CHUNK] !== NO_CHUNK) populateRun(t, w[WORK_CHUNK]);
  while (w[WORK_CHUNK] === NO_CHUNK && w[WORK_TARGET] > 0 && w[WORK_SLOT] <= t.freeSlot) {
    w[WORK_CHUNK] = firstNotFullyPopulated(t, listOf(w[WORK_KIND], w[WORK_SLOT]));
    w[WORK_PAGE] = 0;
    w[WORK_SLOT]++;
  }
  if (w[WORK_TARGET] <= 0) return false;
  if (w[WORK_CHUNK] === NO_CHUNK) {
    createChunk(t, w[WORK_KIND]);
    if (t.policy.keepsTarget) restartSlots(t);
    else computeTarget(t);
  }
  return w[WORK_TARGET] > 0;
}

function computeTarget(t: Percpu): void {
  const w = t.globals;
  w[WORK_TARGET] = targetPages(t, w[WORK_KIND]);
  w[ATOMIC_FAILED] = 0;
  restartSlots(t);
}

/** Pages that topping up would ask for, begun now. */
function targetPages(t: Percpu, kind: number): number {
  if (t.globals[ATOMIC_FAILED] !== 0) return EMPTY_POP_PAGES_HIGH;
  return Math.min(Math.max(EMPTY_POP_PAGES_HIGH - emptyPopPages(t, kind), 0), EMPTY_POP_PAGES_HIGH);
}

/** Unpopulated pages of the chunks that topping up would use, from slot `slot` on. */
function pagesWithinReach(t: Percpu, kind: number, slot: number): number {
  let nrPages = 0;
  for (let s = slot; s <= t.freeSlot; s++) {
    const chunk = firstNotFullyPopulated(t, listOf(kind, s));
    if (chunk !== NO_CHUNK) nrPages += t.nrPages[chunk] - t.nrPopulated[chunk];
  }
  return nrPages;
}

/** Topping up, begun now, would have to create a chunk. */
export function populateWouldCreate(t: Percpu, kind: number): boolean {
  const target = targetPages(t, kind);
  return target > 0 && pagesWithinReach(t, kind, sizeToSlot(t, PAGE_BYTES)) < target;
}

/** The next step of topping up changes pages or chunks; `begin` as for `populateStep`. */
export function populateStepShows(t: Percpu, begin: boolean): boolean {
  const w = t.globals;
  if (!begin && w[WORK_CHUNK] !== NO_CHUNK) return true;
  const slot = begin ? sizeToSlot(t, PAGE_BYTES) : w[WORK_SLOT];
  const target = begin ? targetPages(t, w[WORK_KIND]) : w[WORK_TARGET];
  return target > 0 && pagesWithinReach(t, w[WORK_KIND], slot) === 0;
}

function restartSlots(t: Percpu): void {
  t.globals[WORK_SLOT] = sizeToSlot(t, PAGE_BYTES);
  t.globals[WORK_CHUNK] = NO_CHUNK;
}

function firstNotFullyPopulated(t: Percpu, list: number): number {
  let chunk = t.listHead[list];
  while (chunk !== NO_CHUNK && t.nrPopulated[chunk] === t.nrPages[chunk]) chunk = t.next[chunk];
  return chunk;
}

/** Populates the chunk's next unpopulated run as far as the target asks; leaves the chunk when there is none. */
function populateRun(t: Percpu, chunk: number): void {
  const w = t.globals;
  const base = chunk * t.pageWords;
  const nrPages = t.nrPages[chunk];
  const from = findNextClear(t.populated, base, w[WORK_PAGE], nrPages);
  const runEnd = findNextSet(t.populated, base, from, nrPages);
  const end = Math.min(runEnd, from + w[WORK_TARGET]);
  if (from < end) chunkPopulated(t, chunk, from, end);
  w[WORK_TARGET] -= end - from;
  w[WORK_PAGE] = runEnd;
  if (w[WORK_TARGET] <= 0 || findNextClear(t.populated, base, runEnd, nrPages) >= nrPages) w[WORK_CHUNK] = NO_CHUNK;
}
