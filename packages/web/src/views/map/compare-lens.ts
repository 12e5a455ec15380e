/**
 * One policy's pages against the other's at the same instant: page by page of the chunk with the same ordinal. The same
 * requests were made of both, so where they differ the policies decided otherwise.
 */

import {
  CHUNK_RESERVED,
  type ChunkColumns,
  type InstantView,
  PAGE_ABSENT,
  PAGE_EMPTY,
  PAGE_UNPOPULATED,
} from "@ebb/lab/timeline-view";
import type { Palette } from "../theme/colours.ts";
import { AREA_AS_PAGE, classifyPages, type LensPicture } from "./lens-picture.ts";
import { hasFlag } from "./page-words.ts";

const SAME_UNPOPULATED = 0;
const SAME = 1;
const OTHER_BYTES = 2;
const POPULATED_HERE = 3;
const POPULATED_THERE = 4;
const NO_CHUNK_THERE = 5;

export function compareLens({ chunks }: InstantView, other: InstantView, palette: Palette): LensPicture {
  const there = rowsByOrdinal(other.chunks);
  const classOf = (cell: number, chunk: number) => {
    const row = there.get(keyOf(chunks, chunk));
    if (row === undefined) return NO_CHUNK_THERE;
    const page = cell - chunk * chunks.pagesPerRow;
    const otherCell = row * other.chunks.pagesPerRow + page;
    const otherClass = page < other.chunks.pagesPerRow ? other.chunks.pageClass[otherCell] : PAGE_ABSENT;
    const isHere = isPopulated(chunks.pageClass[cell]);
    const isThere = isPopulated(otherClass);
    if (isHere !== isThere) return isHere ? POPULATED_HERE : POPULATED_THERE;
    if (!isHere) return SAME_UNPOPULATED;
    return chunks.usedBytes[cell] === other.chunks.usedBytes[otherCell] ? SAME : OTHER_BYTES;
  };
  return {
    lens: "compare",
    caption: "Pages against the same chunk's under the other policy",
    legend: [
      { label: "unpopulated in both", colour: palette.unpopulated },
      { label: "the same in both", colour: palette.alive[1] },
      { label: "populated in both, other bytes used", colour: palette.usedOtherwise },
      { label: "populated only here", colour: palette.onlyHere },
      { label: "populated only there", colour: palette.onlyThere },
      { label: "no such chunk there", colour: palette.boot },
    ],
    classes: classifyPages(chunks, classOf),
    freeClass: SAME_UNPOPULATED,
    classOfArea: () => AREA_AS_PAGE,
  };
}

function isPopulated(pageClass: number | undefined): boolean {
  return (
    pageClass !== undefined && pageClass >= PAGE_EMPTY && pageClass !== PAGE_ABSENT && pageClass !== PAGE_UNPOPULATED
  );
}

function keyOf(chunks: ChunkColumns, chunk: number): number {
  return hasFlag(chunks.flags[chunk], CHUNK_RESERVED) ? -1 : (chunks.ordinal[chunk] ?? 0);
}

function rowsByOrdinal(chunks: ChunkColumns): ReadonlyMap<number, number> {
  const rows = new Map<number, number>();
  for (let chunk = 0; chunk < chunks.nrChunks; chunk++) rows.set(keyOf(chunks, chunk), chunk);
  return rows;
}
