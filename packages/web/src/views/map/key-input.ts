/**
 * The map by keyboard: arrows move a cursor from page to page and the map with it, Shift with arrows pans, + and - zoom
 * at the cursor, 0 shows everything, Enter chooses, Escape lets go.
 */

import type { PlaceOnMap } from "./draw-map.ts";
import {
  cellWidthPx,
  type MapShape,
  type MapViewport,
  panBy,
  reveal,
  rowHeightPx,
  WHOLE_MAP,
  zoomAt,
} from "./viewport.ts";

const ZOOM_STEP = 1.5;
const NR_ROWS_JUMP = 10;
/** Of the plot's size. */
const PAN_SHARE = 0.25;

interface KeyState {
  readonly viewport: MapViewport;
  readonly cursor: PlaceOnMap;
}

/** Where the map and its cursor are after the key; undefined for a key that does neither. */
export function afterKey(
  { key, shiftKey }: Pick<KeyboardEvent, "key" | "shiftKey">,
  shape: MapShape,
  { viewport, cursor }: KeyState,
  nrPages: (chunk: number) => number,
): KeyState | undefined {
  const step = ARROWS.get(key);
  if (step !== undefined && shiftKey) {
    const dxPx = -step.page * shape.widthPx * PAN_SHARE;
    return { cursor, viewport: panBy(shape, viewport, dxPx, -step.chunk * shape.heightPx * PAN_SHARE) };
  }
  if (step !== undefined) return moved(shape, viewport, cursor.chunk + step.chunk, cursor.page + step.page, nrPages);
  switch (key) {
    case "PageUp":
      return moved(shape, viewport, cursor.chunk - NR_ROWS_JUMP, cursor.page, nrPages);
    case "PageDown":
      return moved(shape, viewport, cursor.chunk + NR_ROWS_JUMP, cursor.page, nrPages);
    case "Home":
      return moved(shape, viewport, cursor.chunk, 0, nrPages);
    case "End":
      return moved(shape, viewport, cursor.chunk, shape.pagesPerRow, nrPages);
    case "+":
    case "=":
      return { cursor, viewport: zoomAtCursor(shape, viewport, cursor, ZOOM_STEP) };
    case "-":
      return { cursor, viewport: zoomAtCursor(shape, viewport, cursor, 1 / ZOOM_STEP) };
    case "0":
      return { cursor, viewport: WHOLE_MAP };
    default:
      return undefined;
  }
}

const ARROWS: ReadonlyMap<string, PlaceOnMap> = new Map([
  ["ArrowLeft", { chunk: 0, page: -1 }],
  ["ArrowRight", { chunk: 0, page: 1 }],
  ["ArrowUp", { chunk: -1, page: 0 }],
  ["ArrowDown", { chunk: 1, page: 0 }],
]);

function moved(
  shape: MapShape,
  viewport: MapViewport,
  chunkWanted: number,
  pageWanted: number,
  nrPages: (chunk: number) => number,
): KeyState {
  const chunk = Math.max(0, Math.min(shape.nrRows - 1, chunkWanted));
  const page = Math.max(0, Math.min(nrPages(chunk) - 1, pageWanted));
  return { cursor: { chunk, page }, viewport: reveal(shape, viewport, chunk, page) };
}

function zoomAtCursor(shape: MapShape, viewport: MapViewport, cursor: PlaceOnMap, factor: number): MapViewport {
  const shown = reveal(shape, viewport, cursor.chunk, cursor.page);
  const xPx = (cursor.page + 0.5 - shown.page) * cellWidthPx(shape, shown.zoom);
  const yPx = (cursor.chunk + 0.5 - shown.row) * rowHeightPx(shape, shown.zoom);
  return zoomAt(shape, shown, factor, xPx, yPx);
}
