/** A canvas as a picture that explains itself: title above, legend below. */

import type { LegendEntry } from "../map/lens-picture.ts";
import type { Palette } from "../theme/colours.ts";

const MARGIN_PX = 16;
const TITLE_HEIGHT_PX = 30;
const LINE_HEIGHT_PX = 20;
const SWATCH_PX = 12;
const TITLE_FONT = "600 15px sans-serif";
const FONT = "12px sans-serif";

/** @returns undefined when the browser cannot make it: too large, or no memory */
export function canvasPng(
  source: HTMLCanvasElement,
  title: string,
  legend: readonly LegendEntry[],
  { ui }: Palette,
): Promise<Blob | undefined> {
  const ratio = window.devicePixelRatio;
  const canvas = document.createElement("canvas");
  const widthPx = source.width / ratio + 2 * MARGIN_PX;
  const heightPx = source.height / ratio + 2 * MARGIN_PX + TITLE_HEIGHT_PX + (legend.length + 1) * LINE_HEIGHT_PX;
  canvas.width = Math.round(widthPx * ratio);
  canvas.height = Math.round(heightPx * ratio);
  const ctx = canvas.getContext("2d", { alpha: false });
  if (ctx === null) return Promise.resolve(undefined);
  ctx.scale(ratio, ratio);
  ctx.fillStyle = ui.background;
  ctx.fillRect(0, 0, widthPx, heightPx);
  ctx.fillStyle = ui.text;
  ctx.font = TITLE_FONT;
  ctx.fillText(title, MARGIN_PX, MARGIN_PX + 14);
  const top = MARGIN_PX + TITLE_HEIGHT_PX;
  ctx.drawImage(source, MARGIN_PX, top, source.width / ratio, source.height / ratio);
  ctx.font = FONT;
  for (const [i, { label, colour, ramp }] of legend.entries()) {
    const y = top + source.height / ratio + (i + 1) * LINE_HEIGHT_PX;
    ctx.fillStyle = colour;
    ctx.fillRect(MARGIN_PX, y, SWATCH_PX, SWATCH_PX);
    ctx.fillStyle = ui.text;
    ctx.fillText(ramp === undefined || ramp === label ? label : `${ramp}: ${label}`, MARGIN_PX + 20, y + 10);
  }
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined), "image/png"));
}
