/** Sizes written into the areas that have room for it. */

import type { AreaColumns, ChunkColumns } from "@ebb/lab/timeline-view";
import { bytesText } from "../words.ts";
import { firstAreaFrom, type StripRows, type StripWindow } from "./area-strip.ts";
import { AREA_AS_PAGE, CLASS_ABSENT, type LensPicture } from "./lens-picture.ts";
import { PAGE_BYTES } from "./page-words.ts";

export interface AreaLabel {
  readonly chunk: number;
  /** Left edge and width in the plot, px. */
  readonly xPx: number;
  readonly widthPx: number;
  readonly text: string;
  /** Colour it stands on. */
  readonly behind: string;
}

const WIDTH_MIN_PX = 46;

/** Labels of the rows' areas that are wide enough, clipped to the window. */
export function areaLabels(
  window: StripWindow,
  rows: StripRows,
  chunks: ChunkColumns,
  picture: LensPicture,
): readonly AreaLabel[] {
  const labels: AreaLabel[] = [];
  for (let chunk = rows.start; chunk < rows.end; chunk++) {
    const areas = rows.areas.get(chunks.row[chunk] ?? -1);
    if (areas !== undefined) addRow(labels, window, chunk, chunks, picture, areas);
  }
  return labels;
}

function addRow(
  labels: AreaLabel[],
  { widthPx, startBytes, pxPerByte }: StripWindow,
  chunk: number,
  chunks: ChunkColumns,
  picture: LensPicture,
  areas: AreaColumns,
): void {
  for (let area = firstAreaFrom(areas, startBytes); area < areas.nrAreas; area++) {
    const offBytes = areas.offBytes[area] ?? 0;
    const sizeBytes = areas.sizeBytes[area] ?? 0;
    const from = Math.max(0, (offBytes - startBytes) * pxPerByte);
    const end = Math.min(widthPx, (offBytes + sizeBytes - startBytes) * pxPerByte);
    if (from >= widthPx) break;
    if (end - from < WIDTH_MIN_PX) continue;
    const own = picture.classOfArea(areas, area);
    const page = picture.classes[chunk * chunks.pagesPerRow + Math.floor(offBytes / PAGE_BYTES)] ?? CLASS_ABSENT;
    const behind = picture.legend[own === AREA_AS_PAGE ? page : own]?.colour;
    if (behind !== undefined)
      labels.push({ chunk, xPx: from, widthPx: end - from, text: bytesText(sizeBytes), behind });
  }
}
