/**
 * A lens: what the colours of the map mean. It gives each page a class, and each class a colour and its words in the
 * legend; the same picture is drawn on the screen, printed as SVG and read out as text.
 */

import type { AreaColumns, ChunkColumns } from "@ebb/lab/timeline-view";

export type LensName = "use" | "owner" | "age" | "pins" | "compare";

/** No page: the chunk is shorter. Drawn as the background. */
export const CLASS_ABSENT = 255;
/** Of an area: drawn like its page. */
export const AREA_AS_PAGE = -1;

export interface LegendEntry {
  readonly label: string;
  readonly colour: string;
  /** Entries of one ramp stand together as a strip under this name. */
  readonly ramp?: string;
}

export interface LensPicture {
  readonly lens: LensName;
  /** What the colours show, in a sentence with its unit. */
  readonly caption: string;
  /** One for each class, in the order of the classes. */
  readonly legend: readonly LegendEntry[];
  /** Class of each page, like the columns of the chunks. */
  readonly classes: Uint8Array;
  /** Class of the part of a page in which nothing lives. */
  readonly freeClass: number;
  /** Class of one area, or AREA_AS_PAGE. */
  readonly classOfArea: (areas: AreaColumns, area: number) => number;
}

/** A class for each page, from its index in the columns; absent pages are left out. */
export function classifyPages(
  chunks: ChunkColumns,
  classOf: (cell: number, chunk: number) => number,
): Uint8Array<ArrayBuffer> {
  const classes = new Uint8Array(chunks.nrChunks * chunks.pagesPerRow).fill(CLASS_ABSENT);
  for (let chunk = 0; chunk < chunks.nrChunks; chunk++) {
    const first = chunk * chunks.pagesPerRow;
    const end = first + (chunks.nrPages[chunk] ?? 0);
    for (let cell = first; cell < end; cell++) classes[cell] = classOf(cell, chunk);
  }
  return classes;
}

/** How many pages have each class. */
export function countClasses(picture: LensPicture): readonly number[] {
  const counts = picture.legend.map(() => 0);
  for (const one of picture.classes) {
    if (one !== CLASS_ABSENT) counts[one] = (counts[one] ?? 0) + 1;
  }
  return counts;
}
