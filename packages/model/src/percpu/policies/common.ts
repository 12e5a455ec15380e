/** Questions that more than one policy asks. */

import { quarter } from "../../bits.ts";
import { EMPTY_POP_PAGES_HIGH, NO_CHUNK } from "../constants.ts";
import { holdsAnother } from "../lists.ts";
import {
  GO_ON,
  type PercpuView,
  STAGE_DESTROY_FREE,
  STAGE_END,
  STAGE_POPULATE,
  STAGE_RECLAIM,
  STAGE_START,
  STOP_DONE,
  STOP_WATER_MARK,
} from "../policy.ts";
import { emptyPopPages, listOf } from "../state.ts";
import { ATOMIC_FAILED } from "../words.ts";

/** No area lives in the chunk. */
export function isWhollyFree(view: PercpuView, chunk: number): boolean {
  return view.freeBytes[chunk] === view.unitBytes;
}

/** A chunk other than `chunk` waits on the free list of its kind. */
export function anotherChunkIsFree(view: PercpuView, chunk: number): boolean {
  return holdsAnother(view, listOf(view.kind[chunk], view.freeSlot), chunk);
}

/** More empty populated pages than the high mark would be left without those of `chunk`. */
export function surplusWithout(view: PercpuView, chunk: number): boolean {
  return emptyPopPages(view, view.kind[chunk]) > EMPTY_POP_PAGES_HIGH + view.nrEmptyPopPages[chunk];
}

export function quarterOfPages(view: PercpuView, chunk: number): number {
  return quarter(view.nrPages[chunk]);
}

/** An atomic request failed, or fewer empty pages than the high mark are left for `kind`. */
function mustPopulate(view: PercpuView, kind: number): boolean {
  return view.globals[ATOMIC_FAILED] !== 0 || emptyPopPages(view, kind) < EMPTY_POP_PAGES_HIGH;
}

/** Before a page is looked at: stop when the chunk has no empty page left, or too few are left for `kind`. */
export function goOnAboveHighMark(view: PercpuView, chunk: number, kind: number): number {
  if (view.nrEmptyPopPages[chunk] === 0) return STOP_DONE;
  return emptyPopPages(view, kind) < EMPTY_POP_PAGES_HIGH ? STOP_WATER_MARK : GO_ON;
}

/** The stages of the postings: destroy, then either top up or, with `candidates`, shrink. */
export function destroyThenTopUpOrShrink(view: PercpuView, kind: number, stage: number, candidates: boolean): number {
  if (stage === STAGE_START) return STAGE_DESTROY_FREE;
  if (stage !== STAGE_DESTROY_FREE) return STAGE_END;
  if (mustPopulate(view, kind)) return STAGE_POPULATE;
  return candidates ? STAGE_RECLAIM : STAGE_END;
}

/** A chunk waits to be depopulated in the turn of `kind`. */
export function isAwaited(view: PercpuView, kind: number): boolean {
  return view.listHead[listOf(kind, view.toDepopulateSlot)] !== NO_CHUNK;
}
