/** What a page of a chunk is and what state a chunk is in: for the map as text and for the page's. */

import { blockHint, CONTIG_HINT, isFreeBlock, isPopulated, NO_CHUNK, type Percpu } from "@ebb/model";
import {
  CHUNK_FIRST,
  CHUNK_ISOLATED,
  CHUNK_RESERVED,
  CHUNK_SIDELINED,
  PAGE_EMPTY,
  PAGE_FULL,
  PAGE_PARTLY,
  PAGE_UNPOPULATED,
} from "./view.ts";

/** PAGE_... of a page that the chunk has. */
export function pageClass(t: Percpu, chunk: number, page: number): number {
  if (!isPopulated(t, chunk, page)) return PAGE_UNPOPULATED;
  if (isFreeBlock(t, chunk, page)) return PAGE_EMPTY;
  return t.hints[blockHint(t, chunk, page) + CONTIG_HINT] === 0 ? PAGE_FULL : PAGE_PARTLY;
}

/** CHUNK_... of a chunk met in `slot`. */
export function chunkFlags(t: Percpu, chunk: number, slot: number): number {
  let flags = 0;
  if (chunk === t.reservedChunk) flags += CHUNK_RESERVED;
  else if (t.immutable[chunk] !== 0) flags += CHUNK_FIRST;
  if (t.isolated[chunk] !== 0) flags += CHUNK_ISOLATED;
  if (t.sidelined[chunk] !== 0 || (slot !== NO_CHUNK && slot === t.sidelinedSlot)) flags += CHUNK_SIDELINED;
  return flags;
}

/** The chunk has the flag. */
export function hasFlag(flags: number, flag: number): boolean {
  return Math.floor(flags / flag) % 2 === 1;
}
