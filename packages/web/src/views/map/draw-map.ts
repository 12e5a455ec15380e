/**
 * Draws the map on a canvas:
 *
 *     gutter            axis: page 0, 16, 32 ...
 *     c3 slot 7         cells, one a page
 *     c2 sidelined |    cells
 *
 * The cells come from an image with a pixel a page, drawn as large as needed; never one call for each.
 */

import { CHUNK_ISOLATED, CHUNK_SIDELINED, type ChunkColumns } from "@ebb/lab/timeline-view";
import { type Palette, textColourOn } from "../theme/colours.ts";
import type { AreaLabel } from "./area-labels.ts";
import { chunkName, chunkState, hasFlag, isImmutable } from "./page-words.ts";
import { cellWidthPx, type MapShape, type MapViewport, rowHeightPx, visibleRows } from "./viewport.ts";

export const AXIS_HEIGHT_PX = 20;
const FONT = '11px ui-sans-serif, system-ui, "Segoe UI", sans-serif';
const ROW_LABEL_DISTANCE_PX = 14;
const AXIS_LABEL_DISTANCE_PX = 52;
const STATE_BAR_WIDTH_PX = 4;
const GAP_MIN_PX = 6;
const TICK_STEPS: readonly number[] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

export interface PlaceOnMap {
  readonly chunk: number;
  readonly page: number;
}

interface MapScene {
  readonly shape: MapShape;
  readonly viewport: MapViewport;
  readonly gutterPx: number;
  readonly chunks: ChunkColumns;
  readonly palette: Palette;
  /** A pixel a page. */
  readonly pages: CanvasImageSource;
  /** A pixel a row in height, as wide as the plot; undefined at a zoom where pages are whole. */
  readonly strip: CanvasImageSource | undefined;
  /** Sizes of areas, at that zoom. */
  readonly labels: readonly AreaLabel[];
  readonly selected: PlaceOnMap | undefined;
  /** The keyboard's place, while the map has the focus. */
  readonly cursor: PlaceOnMap | undefined;
  readonly hovered: PlaceOnMap | undefined;
}

export function drawMap(ctx: CanvasRenderingContext2D, scene: MapScene): void {
  const { shape, gutterPx, palette } = scene;
  ctx.fillStyle = palette.ui.background;
  ctx.fillRect(0, 0, gutterPx + shape.widthPx, AXIS_HEIGHT_PX + shape.heightPx);
  ctx.save();
  ctx.beginPath();
  ctx.rect(gutterPx, AXIS_HEIGHT_PX, shape.widthPx, shape.heightPx);
  ctx.clip();
  drawCells(ctx, scene);
  drawGaps(ctx, scene);
  drawLabels(ctx, scene);
  outline(ctx, scene, scene.hovered, palette.ui.muted, 1);
  outline(ctx, scene, scene.selected, palette.ui.text, 2);
  outline(ctx, scene, scene.cursor, palette.ui.focus, 3);
  ctx.restore();
  ctx.font = FONT;
  ctx.textBaseline = "middle";
  drawAxis(ctx, scene);
  drawGutter(ctx, scene);
}

function drawCells(ctx: CanvasRenderingContext2D, scene: MapScene): void {
  const { shape, viewport, gutterPx, chunks, pages, strip } = scene;
  const cellPx = cellWidthPx(shape, viewport.zoom);
  const rowPx = rowHeightPx(shape, viewport.zoom);
  const rows = visibleRows(shape, viewport);
  const top = AXIS_HEIGHT_PX - (viewport.row - rows.start) * rowPx;
  const nrRows = rows.end - rows.start;
  if (nrRows <= 0) return;
  if (strip !== undefined) {
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(strip, 0, 0, shape.widthPx, nrRows, gutterPx, top, shape.widthPx, nrRows * rowPx);
    return;
  }
  const firstPage = Math.floor(viewport.page);
  const nrPages = Math.min(chunks.pagesPerRow - firstPage, Math.ceil(shape.widthPx / cellPx) + 1);
  const left = gutterPx - (viewport.page - firstPage) * cellPx;
  // Smaller than a pixel, pages are averaged rather than left out.
  ctx.imageSmoothingEnabled = rowPx < 1 || cellPx < 1;
  ctx.imageSmoothingQuality = "low";
  ctx.drawImage(pages, firstPage, rows.start, nrPages, nrRows, left, top, nrPages * cellPx, nrRows * rowPx);
}

/** Lines of background between rows and between pages, where there is room for them. */
function drawGaps(ctx: CanvasRenderingContext2D, { shape, viewport, gutterPx, palette, chunks }: MapScene): void {
  const cellPx = cellWidthPx(shape, viewport.zoom);
  const rowPx = rowHeightPx(shape, viewport.zoom);
  const rows = visibleRows(shape, viewport);
  ctx.fillStyle = palette.ui.background;
  if (rowPx >= GAP_MIN_PX) {
    for (let row = rows.start; row <= rows.end; row++) {
      ctx.fillRect(
        gutterPx,
        Math.round(AXIS_HEIGHT_PX + (row - viewport.row) * rowPx) - 1,
        shape.widthPx,
        rowPx > 14 ? 2 : 1,
      );
    }
  }
  if (cellPx < GAP_MIN_PX) return;
  const lastPage = Math.min(chunks.pagesPerRow, viewport.page + shape.widthPx / cellPx);
  const widthPx = cellPx > 40 ? 2 : 1;
  for (let page = Math.ceil(viewport.page); page <= lastPage; page++) {
    ctx.fillRect(Math.round(gutterPx + (page - viewport.page) * cellPx) - 1, AXIS_HEIGHT_PX, widthPx, shape.heightPx);
  }
}

function drawLabels(ctx: CanvasRenderingContext2D, { shape, viewport, gutterPx, palette, labels }: MapScene): void {
  const rowPx = rowHeightPx(shape, viewport.zoom);
  if (rowPx < ROW_LABEL_DISTANCE_PX) return;
  ctx.font = FONT;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  for (const { chunk, xPx, widthPx, text, behind } of labels) {
    ctx.fillStyle = textColourOn(behind, palette);
    ctx.fillText(
      text,
      gutterPx + xPx + widthPx / 2,
      AXIS_HEIGHT_PX + (chunk + 0.5 - viewport.row) * rowPx,
      widthPx - 6,
    );
  }
}

function outline(
  ctx: CanvasRenderingContext2D,
  { shape, viewport, gutterPx, palette }: MapScene,
  place: PlaceOnMap | undefined,
  colour: string,
  widthPx: number,
): void {
  if (place === undefined) return;
  const cellPx = Math.max(4, cellWidthPx(shape, viewport.zoom));
  const rowPx = Math.max(4, rowHeightPx(shape, viewport.zoom));
  const x = gutterPx + (place.page - viewport.page) * cellWidthPx(shape, viewport.zoom);
  const y = AXIS_HEIGHT_PX + (place.chunk - viewport.row) * rowHeightPx(shape, viewport.zoom);
  ctx.strokeStyle = palette.ui.background;
  ctx.lineWidth = widthPx + 2;
  ctx.strokeRect(x, y, cellPx - 1, rowPx - 1);
  ctx.strokeStyle = colour;
  ctx.lineWidth = widthPx;
  ctx.strokeRect(x, y, cellPx - 1, rowPx - 1);
}

function drawAxis(ctx: CanvasRenderingContext2D, { shape, viewport, gutterPx, palette, chunks }: MapScene): void {
  const cellPx = cellWidthPx(shape, viewport.zoom);
  const step = TICK_STEPS.find((pages) => pages * cellPx >= AXIS_LABEL_DISTANCE_PX) ?? 1024;
  const lastPage = Math.min(chunks.pagesPerRow, viewport.page + shape.widthPx / cellPx);
  ctx.fillStyle = palette.ui.muted;
  ctx.textAlign = "left";
  ctx.fillText("page of one unit", 0, AXIS_HEIGHT_PX / 2, gutterPx - 8);
  for (let page = Math.ceil(viewport.page / step) * step; page < lastPage; page += step) {
    const x = gutterPx + (page - viewport.page) * cellPx;
    ctx.fillRect(Math.round(x), AXIS_HEIGHT_PX - 4, 1, 4);
    ctx.fillText(String(page), x + 3, AXIS_HEIGHT_PX / 2);
  }
}

function drawGutter(ctx: CanvasRenderingContext2D, scene: MapScene): void {
  const { shape, viewport, gutterPx, palette, chunks } = scene;
  const rowPx = rowHeightPx(shape, viewport.zoom);
  const rows = visibleRows(shape, viewport);
  const step = Math.max(1, Math.ceil(ROW_LABEL_DISTANCE_PX / rowPx));
  ctx.textAlign = "left";
  for (let chunk = rows.start; chunk < rows.end; chunk++) {
    const y = AXIS_HEIGHT_PX + (chunk - viewport.row) * rowPx;
    const bar = stateColour(chunks.flags[chunk], palette);
    if (bar !== undefined) {
      ctx.fillStyle = bar;
      const top = Math.max(AXIS_HEIGHT_PX, y);
      ctx.fillRect(
        gutterPx - STATE_BAR_WIDTH_PX - 3,
        top,
        STATE_BAR_WIDTH_PX,
        Math.max(1, y + rowPx - (rowPx > GAP_MIN_PX ? 1 : 0) - top),
      );
    }
    const middle = y + Math.max(rowPx, ROW_LABEL_DISTANCE_PX) / 2;
    if (chunk % step !== 0 || middle < AXIS_HEIGHT_PX + 5) continue;
    drawRowLabel(ctx, scene, chunk, middle);
  }
}

/** `c12 slot 17 sidelined`, or less where the gutter is narrow. */
function drawRowLabel(ctx: CanvasRenderingContext2D, scene: MapScene, chunk: number, y: number): void {
  const { gutterPx, palette, chunks } = scene;
  const isNarrow = gutterPx < 120;
  ctx.fillStyle = palette.ui.text;
  ctx.fillText(chunkName(chunks, chunk), 0, y);
  const state = chunkState(chunks, chunk).replace("isolated sidelined", "sidelined");
  const slot = `${isNarrow ? "" : "slot "}${chunks.slot[chunk] ?? 0}`;
  const words = state === "reserved" ? state : isNarrow ? state || slot : `${slot} ${state}`;
  ctx.fillStyle = palette.ui.muted;
  ctx.fillText(words, isNarrow ? 28 : 34, y, gutterPx - (isNarrow ? 38 : 44));
}

/** Colour of the bar beside a chunk that is not an ordinary active one. */
export function stateColour(flags: number | undefined, palette: Palette): string | undefined {
  if (hasFlag(flags, CHUNK_SIDELINED)) return palette.sidelined;
  if (hasFlag(flags, CHUNK_ISOLATED)) return palette.isolated;
  return isImmutable(flags) ? palette.immutable : undefined;
}
