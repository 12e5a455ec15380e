/** The map as an image with a pixel for each page, which is then drawn as large as the zoom asks. */

import { mixed, type Palette, pixelOf } from "../theme/colours.ts";
import { CLASS_ABSENT, type LensPicture } from "./lens-picture.ts";

/** How far what does not belong to the chosen holder goes into the background. */
const DIMMED_SHARE = 0.78;

/** Pixel of each class, as it is and dimmed. */
export interface ClassPixels {
  readonly bright: Uint32Array;
  readonly dimmed: Uint32Array;
  readonly background: number;
}

export function classPixels({ legend }: LensPicture, { ui }: Palette): ClassPixels {
  const background = pixelOf(ui.background);
  const bright = new Uint32Array(CLASS_ABSENT + 1).fill(background);
  const dimmed = new Uint32Array(CLASS_ABSENT + 1).fill(background);
  for (const [i, { colour }] of legend.entries()) {
    bright[i] = pixelOf(colour);
    dimmed[i] = pixelOf(mixed(colour, ui.background, DIMMED_SHARE));
  }
  return { bright, dimmed, background };
}

/**
 * Fills an image's pixels, one for each page.
 *
 * @param held 1 for the pages that stay bright; undefined when all do
 */
export function paintPages(
  pixels: Uint32Array,
  { classes }: LensPicture,
  { bright, dimmed }: ClassPixels,
  held: Uint8Array | undefined,
): void {
  for (let cell = 0; cell < classes.length; cell++) {
    const table = held === undefined || held[cell] === 1 ? bright : dimmed;
    pixels[cell] = table[classes[cell] ?? CLASS_ABSENT] ?? 0;
  }
}
