/**
 * Which part of the map is on the screen. Lengths are CSS pixels, places are pages and rows, both with fractions.
 *
 *     zoom 1     all chunks, all pages
 *     zoom z     a page is z times as wide, up to a pixel a byte; a row is as high, up to a readable height
 */

export interface MapShape {
  readonly nrRows: number;
  readonly pagesPerRow: number;
  /** Of the plot, without gutter and axis. */
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface MapViewport {
  readonly zoom: number;
  /** Page and row at the top left corner. */
  readonly page: number;
  readonly row: number;
}

/** Wide enough that a page splits into its areas. */
const AREAS_CELL_WIDTH_PX = 48;
const AREAS_ROW_HEIGHT_PX = 6;
const CELL_WIDTH_MAX_PX = 4096;
const FIT_CELL_WIDTH_MAX_PX = 32;
const FIT_ROW_HEIGHT_MAX_PX = 22;
const ROW_HEIGHT_MAX_PX = 34;

export const WHOLE_MAP: MapViewport = { zoom: 1, page: 0, row: 0 };

function fitCellWidthPx(shape: MapShape): number {
  return Math.min(FIT_CELL_WIDTH_MAX_PX, shape.widthPx / Math.max(1, shape.pagesPerRow));
}

function fitRowHeightPx(shape: MapShape): number {
  return Math.min(FIT_ROW_HEIGHT_MAX_PX, shape.heightPx / Math.max(1, shape.nrRows));
}

export function cellWidthPx(shape: MapShape, zoom: number): number {
  return fitCellWidthPx(shape) * zoom;
}

export function rowHeightPx(shape: MapShape, zoom: number): number {
  return Math.min(ROW_HEIGHT_MAX_PX, fitRowHeightPx(shape) * zoom);
}

function zoomMax(shape: MapShape): number {
  return CELL_WIDTH_MAX_PX / fitCellWidthPx(shape);
}

/** Pages are drawn as their areas. */
export function showsAreas(shape: MapShape, zoom: number): boolean {
  return cellWidthPx(shape, zoom) >= AREAS_CELL_WIDTH_PX && rowHeightPx(shape, zoom) >= AREAS_ROW_HEIGHT_PX;
}

/** The nearest viewport that shows no more than the map. */
export function clampViewport(shape: MapShape, { zoom, page, row }: MapViewport): MapViewport {
  const z = Math.max(1, Math.min(zoomMax(shape), zoom));
  const lastPage = shape.pagesPerRow - shape.widthPx / cellWidthPx(shape, z);
  const lastRow = shape.nrRows - shape.heightPx / rowHeightPx(shape, z);
  return {
    zoom: z,
    page: Math.max(0, Math.min(lastPage, page)),
    row: Math.max(0, Math.min(lastRow, row)),
  };
}

/** Zooms by `factor` with what lies at the place, in px of the plot, staying there. */
export function zoomAt(shape: MapShape, v: MapViewport, factor: number, xPx: number, yPx: number): MapViewport {
  const zoom = Math.max(1, Math.min(zoomMax(shape), v.zoom * factor));
  const page = v.page + xPx / cellWidthPx(shape, v.zoom) - xPx / cellWidthPx(shape, zoom);
  const row = v.row + yPx / rowHeightPx(shape, v.zoom) - yPx / rowHeightPx(shape, zoom);
  return clampViewport(shape, { zoom, page, row });
}

/** Moves the map under the window by so many px. */
export function panBy(shape: MapShape, v: MapViewport, dxPx: number, dyPx: number): MapViewport {
  const page = v.page - dxPx / cellWidthPx(shape, v.zoom);
  const row = v.row - dyPx / rowHeightPx(shape, v.zoom);
  return clampViewport(shape, { zoom: v.zoom, page, row });
}

/** Moves just so far that the page is wholly on the screen. */
export function reveal(shape: MapShape, v: MapViewport, chunk: number, page: number): MapViewport {
  const nrPages = shape.widthPx / cellWidthPx(shape, v.zoom);
  const nrRows = shape.heightPx / rowHeightPx(shape, v.zoom);
  const into = (at: number, start: number, length: number) => {
    if (length < 1 || at < start) return at;
    return at + 1 > start + length ? at + 1 - length : start;
  };
  return clampViewport(shape, { zoom: v.zoom, page: into(page, v.page, nrPages), row: into(chunk, v.row, nrRows) });
}

/** The page at a place of the plot, and the fraction of it left of there; undefined beside the map. */
export function placeAt(
  shape: MapShape,
  v: MapViewport,
  xPx: number,
  yPx: number,
): { readonly chunk: number; readonly page: number; readonly share: number } | undefined {
  const at = v.page + xPx / cellWidthPx(shape, v.zoom);
  const chunk = Math.floor(v.row + yPx / rowHeightPx(shape, v.zoom));
  const page = Math.floor(at);
  const inside = xPx >= 0 && yPx >= 0 && xPx < shape.widthPx && yPx < shape.heightPx;
  if (!inside || page >= shape.pagesPerRow || chunk >= shape.nrRows) return undefined;
  return { chunk, page, share: at - page };
}

/** Rows of which any part is on the screen, half-open. */
export function visibleRows(shape: MapShape, v: MapViewport): { readonly start: number; readonly end: number } {
  const nrRows = shape.heightPx / rowHeightPx(shape, v.zoom);
  return { start: Math.floor(v.row), end: Math.min(shape.nrRows, Math.ceil(v.row + nrRows)) };
}
