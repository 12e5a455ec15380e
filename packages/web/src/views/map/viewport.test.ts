import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { afterKey } from "./key-input.ts";
import {
  cellWidthPx,
  clampViewport,
  type MapShape,
  panBy,
  placeAt,
  reveal,
  rowHeightPx,
  showsAreas,
  visibleRows,
  WHOLE_MAP,
  zoomAt,
} from "./viewport.ts";

const BIG: MapShape = { nrRows: 1000, pagesPerRow: 256, widthPx: 1024, heightPx: 500 };
const SMALL: MapShape = { nrRows: 7, pagesPerRow: 64, widthPx: 1024, heightPx: 154 };

const anyShape = fc.record({
  nrRows: fc.integer({ min: 1, max: 2000 }),
  pagesPerRow: fc.integer({ min: 1, max: 600 }),
  widthPx: fc.integer({ min: 100, max: 2000 }),
  heightPx: fc.integer({ min: 100, max: 900 }),
});
const anyPlace = fc.record({
  x: fc.double({ min: 0, max: 1, noNaN: true }),
  y: fc.double({ min: 0, max: 1, noNaN: true }),
});

describe("the whole map", () => {
  it("shows every row and page", () => {
    expect(visibleRows(BIG, WHOLE_MAP)).toEqual({ start: 0, end: 1000 });
    expect(cellWidthPx(BIG, 1)).toBe(4);
    expect(rowHeightPx(BIG, 1)).toBe(0.5);
    expect(showsAreas(BIG, 1)).toBe(false);
  });

  it("does not blow a small map up", () => {
    expect(cellWidthPx({ ...SMALL, pagesPerRow: 4 }, 1)).toBe(32);
    expect(rowHeightPx(SMALL, 1)).toBe(22);
  });
});

describe("zoom", () => {
  it("reaches a pixel a byte, and areas long before", () => {
    const most = zoomAt(BIG, WHOLE_MAP, 1e9, 0, 0);
    expect(cellWidthPx(BIG, most.zoom)).toBe(4096);
    expect(showsAreas(BIG, 16)).toBe(true);
  });

  it("keeps what is under the pointer there, unless an edge is nearer", () => {
    const before = clampViewport(BIG, { zoom: 8, page: 100, row: 400 });
    const after = zoomAt(BIG, before, 2, 512, 250);
    expect(placeAt(BIG, after, 512, 250)).toEqual(placeAt(BIG, before, 512, 250));
  });

  it("never leaves the map", () => {
    fc.assert(
      fc.property(anyShape, anyPlace, fc.double({ min: 0.01, max: 100, noNaN: true }), (shape, { x, y }, factor) => {
        const v = panBy(
          shape,
          zoomAt(shape, WHOLE_MAP, factor, x * shape.widthPx, y * shape.heightPx),
          -x * 500,
          -y * 500,
        );
        expect(v.zoom).toBeGreaterThanOrEqual(1);
        expect(v.page).toBeGreaterThanOrEqual(0);
        expect(v.row).toBeGreaterThanOrEqual(0);
        const shownPages = Math.min(shape.pagesPerRow, shape.widthPx / cellWidthPx(shape, v.zoom));
        expect(v.page + shownPages).toBeLessThanOrEqual(shape.pagesPerRow + 1e-6);
      }),
    );
  });
});

describe("placeAt", () => {
  it("finds page, row and share of the page", () => {
    expect(placeAt(SMALL, WHOLE_MAP, 24, 23)).toEqual({ chunk: 1, page: 1, share: 0.5 });
    expect(placeAt(SMALL, WHOLE_MAP, -1, 23)).toBeUndefined();
    expect(placeAt({ ...SMALL, heightPx: 400 }, WHOLE_MAP, 24, 300)).toBeUndefined();
  });

  it("finds a page that was revealed on the screen", () => {
    fc.assert(
      fc.property(anyShape, fc.nat(1999), fc.nat(599), (shape, row, column) => {
        const chunk = row % shape.nrRows;
        const page = column % shape.pagesPerRow;
        const v = reveal(shape, { zoom: 6, page: 0, row: 0 }, chunk, page);
        const xPx = (page + 0.5 - v.page) * cellWidthPx(shape, v.zoom);
        const yPx = (chunk + 0.5 - v.row) * rowHeightPx(shape, v.zoom);
        expect(placeAt(shape, v, xPx, yPx)).toMatchObject({ chunk, page });
      }),
    );
  });
});

describe("afterKey", () => {
  const nrPages = (chunk: number) => (chunk === 0 ? 4 : 64);
  const press = (key: string, chunk: number, page: number, shiftKey = false) =>
    afterKey({ key, shiftKey }, SMALL, { viewport: WHOLE_MAP, cursor: { chunk, page } }, nrPages);

  it.each([
    ["ArrowRight", 1, 3, { chunk: 1, page: 4 }],
    ["ArrowUp", 1, 30, { chunk: 0, page: 3 }],
    ["ArrowLeft", 1, 0, { chunk: 1, page: 0 }],
    ["PageDown", 1, 5, { chunk: 6, page: 5 }],
    ["End", 0, 1, { chunk: 0, page: 3 }],
    ["Home", 2, 9, { chunk: 2, page: 0 }],
  ])("%s moves the cursor", (key, chunk, page, cursor) => {
    expect(press(key, chunk, page)?.cursor).toEqual(cursor);
  });

  it("zooms at the cursor and back", () => {
    const zoomed = press("+", 3, 32);
    expect(zoomed?.viewport.zoom).toBe(1.5);
    expect(zoomed?.viewport.page).toBeGreaterThan(0);
    expect(press("0", 3, 32)?.viewport).toBe(WHOLE_MAP);
  });

  it("pans with Shift and leaves the cursor", () => {
    const zoomed = zoomAt(SMALL, WHOLE_MAP, 4, 0, 0);
    const state = { viewport: zoomed, cursor: { chunk: 1, page: 1 } };
    const after = afterKey({ key: "ArrowRight", shiftKey: true }, SMALL, state, nrPages);
    expect(after?.cursor).toEqual({ chunk: 1, page: 1 });
    expect(after?.viewport.page).toBe(4);
  });

  it("leaves other keys to the page", () => {
    expect(press("Tab", 0, 0)).toBeUndefined();
  });
});
