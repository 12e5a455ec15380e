/** How full each page is: unpopulated, populated and empty, partly used by its share, full. */

import { type InstantView, PAGE_EMPTY, PAGE_FULL, PAGE_UNPOPULATED } from "@ebb/lab/timeline-view";
import type { Palette } from "../theme/colours.ts";
import { classifyPages, type LegendEntry, type LensPicture } from "./lens-picture.ts";
import { PAGE_BYTES, pageClassWord } from "./page-words.ts";

const UNPOPULATED = 0;
const EMPTY = 1;
const FIRST_SHADE = 2;

export function useLens({ chunks }: InstantView, palette: Palette): LensPicture {
  const nrShades = palette.partly.length;
  const full = FIRST_SHADE + nrShades;
  const classOf = (cell: number) => {
    const pageClass = chunks.pageClass[cell];
    if (pageClass === PAGE_UNPOPULATED) return UNPOPULATED;
    if (pageClass === PAGE_EMPTY) return EMPTY;
    if (pageClass === PAGE_FULL) return full;
    const shade = Math.floor(((chunks.usedBytes[cell] ?? 0) * nrShades) / PAGE_BYTES);
    return FIRST_SHADE + Math.min(nrShades - 1, shade);
  };
  return {
    lens: "use",
    caption: "How much of each page of one unit is in live areas, in % of 4096 B",
    legend: [
      { label: pageClassWord(PAGE_UNPOPULATED), colour: palette.unpopulated },
      { label: pageClassWord(PAGE_EMPTY), colour: palette.empty },
      ...palette.partly.map((colour, i) => shadeEntry(colour, i, nrShades)),
      { label: pageClassWord(PAGE_FULL), colour: palette.full },
    ],
    classes: classifyPages(chunks, classOf),
    freeClass: EMPTY,
    classOfArea: (_areas, area) => (area % 2 === 0 ? full : full - 2),
  };
}

function shadeEntry(colour: string, i: number, nrShades: number): LegendEntry {
  const edge = (n: number) => Math.round((n * 100) / nrShades);
  return { label: `${i === 0 ? "above 0" : edge(i)} to ${edge(i + 1)} %`, colour, ramp: "partly used" };
}
