/**
 * The map as a drawing: one path for each colour with a rectangle for each run of like pages, so that a map of a
 * thousand chunks stays a small file; names of the chunks beside it, the legend below.
 */

import type { ChunkColumns } from "@ebb/lab/timeline-view";
import { CLASS_ABSENT, type LegendEntry, type LensPicture } from "../map/lens-picture.ts";
import { chunkTitle } from "../map/page-words.ts";
import type { Palette } from "../theme/colours.ts";

const CELL_WIDTH = 10;
const ROW_HEIGHT = 14;
const GAP = 2;
const GUTTER = 190;
const MARGIN = 16;
const TITLE_HEIGHT = 26;
const LEGEND_LINE = 18;

export function mapSvg(title: string, chunks: ChunkColumns, picture: LensPicture, { ui }: Palette): string {
  const width = MARGIN * 2 + GUTTER + chunks.pagesPerRow * CELL_WIDTH;
  const top = MARGIN + TITLE_HEIGHT;
  const legendTop = top + chunks.nrChunks * ROW_HEIGHT + LEGEND_LINE;
  const height = legendTop + (picture.legend.length + 1) * LEGEND_LINE + MARGIN;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
      `font-family="sans-serif" font-size="11" fill="${ui.text}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${ui.background}"/>`,
    `<text x="${MARGIN}" y="${MARGIN + 12}" font-size="14" font-weight="600">${escaped(title)}</text>`,
    ...chunkTexts(chunks, top),
    ...classPaths(chunks, picture, top),
    `<text x="${MARGIN}" y="${legendTop}">${escaped(picture.caption)}</text>`,
    ...picture.legend.map((entry, i) => legendLine(entry, legendTop + (i + 1) * LEGEND_LINE)),
    "</svg>",
  ];
  return `${parts.join("\n")}\n`;
}

function chunkTexts(chunks: ChunkColumns, top: number): readonly string[] {
  return Array.from({ length: chunks.nrChunks }, (_, chunk) => {
    const y = top + chunk * ROW_HEIGHT + ROW_HEIGHT - 3;
    return `<text x="${MARGIN}" y="${y}">${escaped(chunkTitle(chunks, chunk))}</text>`;
  });
}

/** A path for each class that occurs. */
function classPaths(chunks: ChunkColumns, { classes, legend }: LensPicture, top: number): readonly string[] {
  const paths = legend.map(() => "");
  const { pagesPerRow } = chunks;
  for (let chunk = 0; chunk < chunks.nrChunks; chunk++) {
    const y = top + chunk * ROW_HEIGHT;
    for (let page = 0; page < pagesPerRow; ) {
      const first = page;
      const own = classes[chunk * pagesPerRow + page] ?? CLASS_ABSENT;
      while (page < pagesPerRow && classes[chunk * pagesPerRow + page] === own) page++;
      if (own === CLASS_ABSENT) continue;
      const width = (page - first) * CELL_WIDTH;
      paths[own] += `M${MARGIN + GUTTER + first * CELL_WIDTH} ${y}h${width}v${ROW_HEIGHT - GAP}h-${width}z`;
    }
  }
  return paths.flatMap((path, i) =>
    path === "" ? [] : [`<path fill="${legend[i]?.colour}" shape-rendering="crispEdges" d="${path}"/>`],
  );
}

function legendLine({ label, colour, ramp }: LegendEntry, y: number): string {
  const words = ramp === undefined || ramp === label ? label : `${ramp}: ${label}`;
  return (
    `<rect x="${MARGIN}" y="${y - 10}" width="14" height="12" fill="${colour}"/>` +
    `<text x="${MARGIN + 20}" y="${y}">${escaped(words)}</text>`
  );
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
