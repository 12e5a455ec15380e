/**
 * What pins a page: it cannot be given back while one area lives in it. The measure is how many free bytes of the page
 * each of its areas keeps:
 *
 *     (4096 - used bytes) / number of areas       one area of 96 B: 4000; forty areas of 96 B: 6
 *
 * The fewer and the smaller the areas, the stronger the colour. Pages of the first and the reserved chunk are kept
 * whatever they hold, so nothing pins them.
 */

import { type InstantView, PAGE_EMPTY, PAGE_FULL, PAGE_UNPOPULATED } from "@ebb/lab/timeline-view";
import type { Palette } from "../theme/colours.ts";
import { AREA_AS_PAGE, classifyPages, type LegendEntry, type LensPicture } from "./lens-picture.ts";
import { isImmutable, PAGE_BYTES, pageClassWord } from "./page-words.ts";

const UNPOPULATED = 0;
const EMPTY = 1;
const FULL = 2;
const IMMUTABLE = 3;
const FIRST_STEP = 4;
/** Lowest bytes kept by each area, of each step but the first. */
const STEP_BYTES: readonly number[] = [128, 256, 512, 1024, 2048];

export function pinsLens({ chunks }: InstantView, palette: Palette): LensPicture {
  const classOf = (cell: number, chunk: number) => {
    const pageClass = chunks.pageClass[cell];
    if (pageClass === PAGE_UNPOPULATED) return UNPOPULATED;
    if (isImmutable(chunks.flags[chunk])) return IMMUTABLE;
    if (pageClass === PAGE_EMPTY) return EMPTY;
    if (pageClass === PAGE_FULL) return FULL;
    return FIRST_STEP + stepOf(keptByEachArea(chunks.usedBytes[cell] ?? 0, chunks.nrAreas[cell] ?? 0));
  };
  return {
    lens: "pins",
    caption: "What pins each page: free bytes that each of its areas keeps, (4096 B − used) ÷ areas",
    legend: [
      { label: pageClassWord(PAGE_UNPOPULATED), colour: palette.unpopulated },
      { label: "empty: nothing pins it", colour: palette.emptyUnpinned },
      { label: "full: nothing wasted", colour: palette.full },
      { label: "first or reserved chunk: always kept", colour: palette.immutable },
      ...palette.pins.map((colour, i) => stepEntry(colour, i)),
    ],
    classes: classifyPages(chunks, classOf),
    freeClass: UNPOPULATED,
    classOfArea: () => AREA_AS_PAGE,
  };
}

/** Free bytes of a page for each area in it. */
export function keptByEachArea(usedBytes: number, nrAreas: number): number {
  return nrAreas === 0 ? 0 : (PAGE_BYTES - usedBytes) / nrAreas;
}

function stepOf(bytes: number): number {
  let step = 0;
  while (step < STEP_BYTES.length && bytes >= (STEP_BYTES[step] ?? 0)) step++;
  return step;
}

function stepEntry(colour: string, i: number): LegendEntry {
  const from = i === 0 ? 0 : (STEP_BYTES[i - 1] ?? 0);
  const end = STEP_BYTES[i];
  return {
    label: end === undefined ? `${from} B and more` : `${from} to ${end - 1} B`,
    colour,
    ramp: "kept by each area",
  };
}
