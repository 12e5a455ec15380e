/**
 * Keeps the images behind a map's canvas and redraws it, at most once a frame. What is drawn is handed over whole with
 * `show`; the pixel-a-page image is made anew only when the instant, the lens, the colours or the filter changed.
 */

import type { AreaColumns, InstantView } from "@ebb/lab/timeline-view";
import type { Palette } from "../theme/colours.ts";
import { type AreaLabel, areaLabels } from "./area-labels.ts";
import { paintAreaStrip } from "./area-strip.ts";
import { AXIS_HEIGHT_PX, drawMap, type PlaceOnMap } from "./draw-map.ts";
import type { LensPicture } from "./lens-picture.ts";
import { type ClassPixels, classPixels, paintPages } from "./map-pixels.ts";
import { PAGE_BYTES } from "./page-words.ts";
import { cellWidthPx, type MapShape, type MapViewport, showsAreas, visibleRows } from "./viewport.ts";

interface MapContent {
  readonly view: InstantView;
  readonly picture: LensPicture;
  readonly palette: Palette;
  readonly shape: MapShape;
  readonly gutterPx: number;
  /** By the allocator's row. */
  readonly areas: ReadonlyMap<number, AreaColumns>;
  /** The chosen holder and those below it, by row, and the pages they hold; undefined without a choice. */
  readonly within: Uint8Array | undefined;
  readonly held: Uint8Array | undefined;
  readonly selected: PlaceOnMap | undefined;
  readonly cursor: PlaceOnMap | undefined;
  readonly hovered: PlaceOnMap | undefined;
}

interface AreaPicture {
  readonly strip: OffscreenCanvas | undefined;
  readonly labels: readonly AreaLabel[];
}

const WITHOUT_AREAS: AreaPicture = { strip: undefined, labels: [] };

export class MapPainter {
  readonly #canvas: HTMLCanvasElement;
  readonly #ctx: CanvasRenderingContext2D;
  readonly #pages = new OffscreenCanvas(1, 1);
  readonly #strip = new OffscreenCanvas(1, 1);
  readonly #viewport: () => MapViewport;
  readonly #needAreas: (chunkRow: number) => void;
  #content: MapContent | undefined = undefined;
  #pixels: ClassPixels | undefined = undefined;
  #frame = 0;

  /** @param needAreas called for each chunk on the screen whose areas are to be drawn and not known */
  constructor(
    canvas: HTMLCanvasElement,
    ctx: CanvasRenderingContext2D,
    viewport: () => MapViewport,
    needAreas: (chunkRow: number) => void,
  ) {
    this.#canvas = canvas;
    this.#ctx = ctx;
    this.#viewport = viewport;
    this.#needAreas = needAreas;
  }

  show(content: MapContent): void {
    const before = this.#content;
    this.#content = content;
    const isSame =
      before !== undefined &&
      before.picture === content.picture &&
      before.palette === content.palette &&
      before.held === content.held;
    if (!isSame) this.#makePages(content);
    this.redraw();
  }

  /** Draws at the next frame. */
  redraw(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  #makePages({ picture, palette, view: { chunks }, held }: MapContent): void {
    this.#pixels = classPixels(picture, palette);
    if (picture.classes.length === 0) return;
    this.#pages.width = chunks.pagesPerRow;
    this.#pages.height = chunks.nrChunks;
    const image = new ImageData(chunks.pagesPerRow, chunks.nrChunks);
    paintPages(new Uint32Array(image.data.buffer), picture, this.#pixels, held);
    this.#pages.getContext("2d")?.putImageData(image, 0, 0);
  }

  #draw(): void {
    const content = this.#content;
    if (content === undefined) return;
    const { shape, gutterPx, palette, view, selected, cursor, hovered } = content;
    const viewport = this.#viewport();
    const ratio = window.devicePixelRatio;
    const { widthPx, heightPx } = canvasSizePx(shape, gutterPx);
    if (this.#canvas.width !== Math.round(widthPx * ratio) || this.#canvas.height !== Math.round(heightPx * ratio)) {
      this.#canvas.width = Math.round(widthPx * ratio);
      this.#canvas.height = Math.round(heightPx * ratio);
    }
    this.#ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    const { strip, labels } = showsAreas(shape, viewport.zoom) ? this.#makeStrip(content, viewport) : WITHOUT_AREAS;
    drawMap(this.#ctx, {
      shape,
      viewport,
      gutterPx,
      palette,
      chunks: view.chunks,
      pages: this.#pages,
      strip,
      labels,
      selected,
      cursor,
      hovered,
    });
  }

  #makeStrip(content: MapContent, viewport: MapViewport): AreaPicture {
    const { shape, view, picture, areas, within } = content;
    const rows = visibleRows(shape, viewport);
    const widthPx = Math.floor(shape.widthPx);
    const nrRows = rows.end - rows.start;
    if (this.#pixels === undefined || nrRows <= 0 || widthPx <= 0) return WITHOUT_AREAS;
    for (let chunk = rows.start; chunk < rows.end; chunk++) {
      const row = view.chunks.row[chunk] ?? -1;
      if (!areas.has(row)) this.#needAreas(row);
    }
    const pxPerByte = cellWidthPx(shape, viewport.zoom) / PAGE_BYTES;
    const image = new ImageData(widthPx, nrRows);
    const pixels = new Uint32Array(image.data.buffer).fill(this.#pixels.background);
    const window = { widthPx, startBytes: viewport.page * PAGE_BYTES, pxPerByte };
    paintAreaStrip(pixels, window, { ...rows, areas }, view.chunks, picture, this.#pixels, within);
    if (this.#strip.width !== widthPx || this.#strip.height !== nrRows) {
      this.#strip.width = widthPx;
      this.#strip.height = nrRows;
    }
    this.#strip.getContext("2d")?.putImageData(image, 0, 0);
    return { strip: this.#strip, labels: areaLabels(window, { ...rows, areas }, view.chunks, picture) };
  }
}

/** Room of the whole canvas. */
export function canvasSizePx(
  shape: MapShape,
  gutterPx: number,
): { readonly widthPx: number; readonly heightPx: number } {
  return { widthPx: shape.widthPx + gutterPx, heightPx: shape.heightPx + AXIS_HEIGHT_PX };
}
