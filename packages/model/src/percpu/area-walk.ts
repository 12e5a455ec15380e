/** The live areas of a chunk, one after the other. */

import { findNextSet, quarter } from "../bits.ts";
import { areaEnd } from "./area.ts";
import { BITS_PER_BLOCK, MIN_ALLOC_BYTES } from "./constants.ts";
import type { Percpu } from "./state.ts";

/**
 * Calls `visit` for each live area by ascending offset, bytes of one unit. What is hidden at the ends of the first and the
 * reserved chunk is none.
 */
export function forEachArea(t: Percpu, chunk: number, visit: (offBytes: number, sizeBytes: number) => void): void {
  const base = chunk * t.allocMapWords;
  const end = t.nrPages[chunk] * BITS_PER_BLOCK - quarter(t.endOffBytes[chunk]);
  const first = quarter(t.startOffBytes[chunk]);
  for (let off = findNextSet(t.boundMap, base, first, end); off < end; ) {
    const areaEnds = areaEnd(t, chunk, off);
    visit(off * MIN_ALLOC_BYTES, (areaEnds - off) * MIN_ALLOC_BYTES);
    off = findNextSet(t.boundMap, base, areaEnds, end);
  }
}
