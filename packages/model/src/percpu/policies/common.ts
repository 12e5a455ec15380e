/** Questions that more than one policy asks. */

import { quarter } from "../../bits.ts";
import { EMPTY_POP_PAGES_HIGH } from "../constants.ts";
import { holdsAnother } from "../lists.ts";
import type { PercpuView } from "../policy.ts";
import { emptyPopPages, listOf } from "../state.ts";
import { ATOMIC_FAILED } from "../words.ts";

/** No area lives in the chunk. */
export function isWhollyFree(view: PercpuView, chunk: number): boolean {
  return view.freeBytes[chunk] === view.geometry.unitBytes;
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
export function mustPopulate(view: PercpuView, kind: number): boolean {
  return view.globals[ATOMIC_FAILED] !== 0 || emptyPopPages(view, kind) < EMPTY_POP_PAGES_HIGH;
}
