import { describe, expect, it } from "vitest";
import { areaColumns, SMALL_AREAS, SMALL_VIEW } from "../testing/small-view.ts";
import { paletteOf, pixelOf } from "../theme/colours.ts";
import { firstAreaFrom, paintAreaStrip } from "./area-strip.ts";
import { lensPicture } from "./lenses.ts";
import { classPixels, paintPages } from "./map-pixels.ts";

const LIGHT = paletteOf("light");
const PICTURE = lensPicture("use", SMALL_VIEW, LIGHT, undefined);
const PIXELS = classPixels(PICTURE, LIGHT);

describe("paintPages", () => {
  it("gives each page the colour of its class, and the background where there is none", () => {
    const pixels = new Uint32Array(6);
    paintPages(pixels, PICTURE, PIXELS, undefined);
    const colours = [LIGHT.full, LIGHT.partly[4], LIGHT.ui.background, LIGHT.unpopulated, LIGHT.partly[0], LIGHT.empty];
    expect([...pixels]).toEqual(colours.map((colour) => pixelOf(colour ?? "")));
  });

  it("dims what the chosen holder does not hold", () => {
    const pixels = new Uint32Array(6);
    paintPages(pixels, PICTURE, PIXELS, Uint8Array.of(1, 0, 0, 0, 0, 0));
    expect(pixels[0]).toBe(pixelOf(LIGHT.full));
    expect(pixels[4]).not.toBe(pixelOf(LIGHT.partly[0] ?? ""));
  });
});

describe("paintAreaStrip", () => {
  /** A pixel for 64 B over the sidelined chunk's three pages. */
  const paint = (within?: Uint8Array, areas = SMALL_AREAS) => {
    const pixels = new Uint32Array(192);
    const window = { widthPx: 192, startBytes: 0, pxPerByte: 1 / 64 };
    const rows = { start: 1, end: 2, areas: new Map([[3, areas]]) };
    paintAreaStrip(pixels, window, rows, SMALL_VIEW.chunks, PICTURE, PIXELS, within);
    return pixels;
  };

  it("draws the area where it lies and what is free around it", () => {
    const pixels = paint();
    expect(pixels[10]).toBe(pixelOf(LIGHT.unpopulated));
    expect(pixels[79]).toBe(pixelOf(LIGHT.empty));
    expect([pixels[80], pixels[81]]).toEqual([pixelOf(LIGHT.full), pixelOf(LIGHT.full)]);
    expect(pixels[82]).toBe(pixelOf(LIGHT.empty));
    expect(pixels[150]).toBe(pixelOf(LIGHT.empty));
  });

  it("sets a wide area off from its neighbour", () => {
    const areas = areaColumns([
      [4096, 1024, 3, 0],
      [5120, 1024, 3, 0],
    ]);
    const pixels = paint(undefined, areas);
    expect(pixels[80]).toBe(pixelOf(LIGHT.ui.background));
    expect(pixels[81]).not.toBe(pixels[80]);
  });

  it("shows the page as a whole until its areas are known", () => {
    const pixels = new Uint32Array(192);
    const window = { widthPx: 192, startBytes: 0, pxPerByte: 1 / 64 };
    paintAreaStrip(
      pixels,
      window,
      { start: 1, end: 2, areas: new Map() },
      SMALL_VIEW.chunks,
      PICTURE,
      PIXELS,
      undefined,
    );
    expect(pixels[81]).toBe(pixelOf(LIGHT.partly[0] ?? ""));
  });

  it("dims areas of others", () => {
    expect(paint(Uint8Array.of(0, 0, 0, 1))[80]).toBe(pixelOf(LIGHT.full));
    expect(paint(Uint8Array.of(0, 1, 0, 0))[80]).not.toBe(pixelOf(LIGHT.full));
  });
});

describe("firstAreaFrom", () => {
  const areas = areaColumns([
    [0, 100, 0, 0],
    [100, 50, 0, 0],
    [400, 8, 0, 0],
  ]);

  it.each([
    [0, 0],
    [99, 0],
    [100, 1],
    [150, 2],
    [408, 3],
  ])("at %d", (bytes, expected) => {
    expect(firstAreaFrom(areas, bytes)).toBe(expected);
  });
});
