import { beforeEach, describe, expect, it } from "vitest";
import { PointerInput } from "./pointer-input.ts";
import { cellWidthPx, type MapShape, type MapViewport, placeAt, WHOLE_MAP } from "./viewport.ts";

const SHAPE: MapShape = { nrRows: 1000, pagesPerRow: 256, widthPx: 1024, heightPx: 500 };

let viewport: MapViewport = WHOLE_MAP;
let clicks: { readonly xPx: number; readonly yPx: number }[] = [];

function makeInput(): PointerInput {
  return new PointerInput({
    shape: () => SHAPE,
    viewport: () => viewport,
    setViewport: (next) => {
      viewport = next;
    },
    placeOf: ({ clientX, clientY }) => ({ xPx: clientX, yPx: clientY }),
    click: (place) => clicks.push(place),
  });
}

const at = (pointerId: number, clientX: number, clientY: number) => ({ pointerId, clientX, clientY });

/** Whether the page was kept from scrolling. */
function turnWheel(
  input: PointerInput,
  deltaY: number,
  more: { deltaX?: number; shiftKey?: boolean; deltaMode?: number } = {},
) {
  let isPrevented = false;
  const preventDefault = () => {
    isPrevented = true;
  };
  const event = { deltaX: 0, deltaMode: 0, shiftKey: false, ctrlKey: false, clientX: 512, clientY: 250, ...more };
  input.wheel({ ...event, deltaY, preventDefault });
  return isPrevented;
}

beforeEach(() => {
  viewport = WHOLE_MAP;
  clicks = [];
});

describe("a wheel", () => {
  it("zooms at the pointer and back", () => {
    const input = makeInput();
    const before = placeAt(SHAPE, viewport, 512, 250);
    expect(turnWheel(input, -500)).toBe(true);
    expect(viewport.zoom).toBeGreaterThan(2.9);
    expect(placeAt(SHAPE, viewport, 512, 250)).toMatchObject({ chunk: before?.chunk, page: before?.page });
    turnWheel(input, 500);
    expect(viewport.zoom).toBeCloseTo(1);
  });

  it("scrolls the page when there is nothing to zoom out of", () => {
    expect(turnWheel(makeInput(), 100)).toBe(false);
    expect(viewport).toEqual(WHOLE_MAP);
  });

  it("with Shift, or sideways, pans", () => {
    const input = makeInput();
    turnWheel(input, -500);
    const { page, zoom } = viewport;
    turnWheel(input, 40, { shiftKey: true });
    turnWheel(input, 0, { deltaX: 40 });
    expect(viewport.zoom).toBe(zoom);
    expect(viewport.page).toBeCloseTo(page + 80 / cellWidthPx(SHAPE, zoom));
  });

  it("that counts in lines goes as far", () => {
    turnWheel(makeInput(), -10, { deltaMode: 1 });
    const inLines = viewport.zoom;
    viewport = WHOLE_MAP;
    turnWheel(makeInput(), -160);
    expect(inLines).toBeCloseTo(viewport.zoom);
  });
});

describe("a pointer", () => {
  it("that hardly moves clicks", () => {
    const input = makeInput();
    input.down(at(1, 100, 100));
    input.move(at(1, 102, 101));
    input.up(at(1, 102, 101));
    expect(clicks).toEqual([{ xPx: 102, yPx: 101 }]);
  });

  it("that moves drags, and does not click", () => {
    const input = makeInput();
    turnWheel(input, -500);
    const { page, zoom } = viewport;
    input.down(at(1, 500, 100));
    input.move(at(1, 460, 100));
    input.up(at(1, 460, 100));
    expect(clicks).toEqual([]);
    expect(viewport.page).toBeCloseTo(page + 40 / cellWidthPx(SHAPE, zoom));
  });

  it("with another pinches around the middle of both", () => {
    const input = makeInput();
    input.down(at(1, 400, 250));
    input.down(at(2, 600, 250));
    input.move(at(2, 700, 250));
    input.move(at(1, 300, 250));
    expect(viewport.zoom).toBeCloseTo(2);
    expect(placeAt(SHAPE, viewport, 500, 250)).toMatchObject({ page: 125 });
    input.up(at(1, 300, 250));
    input.up(at(2, 700, 250));
    expect(clicks).toEqual([]);
  });

  it("that is taken away by the system leaves nothing behind", () => {
    const input = makeInput();
    input.down(at(1, 400, 250));
    input.cancel(at(1, 400, 250));
    input.move(at(1, 900, 250));
    expect(viewport).toEqual(WHOLE_MAP);
    expect(clicks).toEqual([]);
  });
});
