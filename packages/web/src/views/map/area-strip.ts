/**
 * Single areas, when the zoom is high: an image as wide as the plot with one pixel in height for each row on the screen,
 * which is drawn as high as the rows are. So thousands of areas cost as many runs of pixels and one draw.
 *
 *     page        |          4096 B           |
 *     areas       [1024][96][96]     [ 512 ]        what is between them is free
 */

import type { AreaColumns, ChunkColumns } from "@ebb/lab/timeline-view";
import { AREA_AS_PAGE, CLASS_ABSENT, type LensPicture } from "./lens-picture.ts";
import type { ClassPixels } from "./map-pixels.ts";
import { PAGE_BYTES } from "./page-words.ts";

/** An area narrower than this is not set off from its neighbour. */
const SEPARATED_WIDTH_MIN_PX = 3;

export interface StripWindow {
  /** Width of the image, px. */
  readonly widthPx: number;
  /** Bytes of a unit at its left edge, with a fraction. */
  readonly startBytes: number;
  readonly pxPerByte: number;
}

/** Rows of the columns to draw, half-open, and the areas of those whose areas are known, by the allocator's row. */
export interface StripRows {
  readonly start: number;
  readonly end: number;
  readonly areas: ReadonlyMap<number, AreaColumns>;
}

/**
 * @param pixels `widthPx` times the number of rows
 * @param within 1 for the holders that stay bright; undefined when all do
 */
export function paintAreaStrip(
  pixels: Uint32Array,
  window: StripWindow,
  rows: StripRows,
  chunks: ChunkColumns,
  picture: LensPicture,
  colours: ClassPixels,
  within: Uint8Array | undefined,
): void {
  for (let chunk = rows.start; chunk < rows.end; chunk++) {
    const offset = (chunk - rows.start) * window.widthPx;
    const areas = rows.areas.get(chunks.row[chunk] ?? -1);
    paintBase(pixels, offset, window, chunk, chunks, picture, colours, areas !== undefined, within !== undefined);
    if (areas !== undefined) paintAreas(pixels, offset, window, chunk, chunks, picture, colours, areas, within);
  }
}

/** Pages without their areas: free where something lives in them, else as they are. */
function paintBase(
  pixels: Uint32Array,
  offset: number,
  window: StripWindow,
  chunk: number,
  chunks: ChunkColumns,
  picture: LensPicture,
  colours: ClassPixels,
  areasKnown: boolean,
  dim: boolean,
): void {
  const table = dim ? colours.dimmed : colours.bright;
  const firstPage = Math.max(0, Math.floor(window.startBytes / PAGE_BYTES));
  for (let page = firstPage; page < chunks.pagesPerRow; page++) {
    const from = pixelAt(window, page * PAGE_BYTES);
    const end = pixelAt(window, (page + 1) * PAGE_BYTES);
    if (from >= window.widthPx) break;
    const cell = chunk * chunks.pagesPerRow + page;
    const own = picture.classes[cell] ?? CLASS_ABSENT;
    const shown = areasKnown && (chunks.nrAreas[cell] ?? 0) > 0 ? picture.freeClass : own;
    pixels.fill(table[shown] ?? 0, offset + from, offset + end);
  }
}

function paintAreas(
  pixels: Uint32Array,
  offset: number,
  window: StripWindow,
  chunk: number,
  chunks: ChunkColumns,
  picture: LensPicture,
  colours: ClassPixels,
  areas: AreaColumns,
  within: Uint8Array | undefined,
): void {
  const rowStart = chunk * chunks.pagesPerRow;
  for (let area = firstAreaFrom(areas, window.startBytes); area < areas.nrAreas; area++) {
    const offBytes = areas.offBytes[area] ?? 0;
    const endBytes = offBytes + (areas.sizeBytes[area] ?? 0);
    const from = pixelAt(window, offBytes);
    if (from >= window.widthPx) break;
    const end = Math.max(from + 1, pixelAt(window, endBytes));
    const own = picture.classOfArea(areas, area);
    const shown =
      own === AREA_AS_PAGE ? (picture.classes[rowStart + Math.floor(offBytes / PAGE_BYTES)] ?? CLASS_ABSENT) : own;
    const isBright = within === undefined || within[areas.holder[area] ?? -1] === 1;
    pixels.fill((isBright ? colours.bright : colours.dimmed)[shown] ?? 0, offset + from, offset + end);
    const isSetOff = (offBytes - window.startBytes) * window.pxPerByte >= 0 && end - from >= SEPARATED_WIDTH_MIN_PX;
    if (isSetOff) pixels[offset + from] = colours.background;
  }
}

function pixelAt({ widthPx, startBytes, pxPerByte }: StripWindow, bytes: number): number {
  return Math.max(0, Math.min(widthPx, Math.round((bytes - startBytes) * pxPerByte)));
}

/** First area that ends behind the place. */
export function firstAreaFrom(areas: AreaColumns, bytes: number): number {
  let low = 0;
  let high = areas.nrAreas;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((areas.offBytes[middle] ?? 0) + (areas.sizeBytes[middle] ?? 0) <= bytes) low = middle + 1;
    else high = middle;
  }
  return low;
}
