/** Age of the oldest area in each page, in tenths of the machine's time. */

import { type InstantView, PAGE_EMPTY, PAGE_UNPOPULATED } from "@ebb/lab/timeline-view";
import type { Palette } from "../theme/colours.ts";
import { timeText } from "../words.ts";
import { classifyPages, type LensPicture } from "./lens-picture.ts";
import { pageClassWord } from "./page-words.ts";

const UNPOPULATED = 0;
const EMPTY = 1;
const UNKNOWN = 2;
const FIRST_STEP = 3;

export function ageLens({ chunks, timeNs }: InstantView, palette: Palette): LensPicture {
  const nrSteps = palette.age.length;
  const stepOf = (bornNs: number) => {
    if (Number.isNaN(bornNs)) return UNKNOWN;
    const share = timeNs === 0 ? 0 : (timeNs - bornNs) / timeNs;
    return FIRST_STEP + Math.max(0, Math.min(nrSteps - 1, Math.floor(share * nrSteps)));
  };
  const edge = (step: number) => timeText((timeNs * step) / nrSteps);
  return {
    lens: "age",
    caption: "Age of the oldest area in each page, in the machine's time",
    legend: [
      { label: pageClassWord(PAGE_UNPOPULATED), colour: palette.unpopulated },
      { label: pageClassWord(PAGE_EMPTY), colour: palette.emptyQuiet },
      { label: "age not known", colour: palette.unknown },
      ...palette.age.map((colour, i) => ({ label: `${edge(i)} to ${edge(i + 1)}`, colour, ramp: "age" })),
    ],
    classes: classifyPages(chunks, (cell) => {
      if (chunks.pageClass[cell] === PAGE_UNPOPULATED) return UNPOPULATED;
      if (chunks.pageClass[cell] === PAGE_EMPTY) return EMPTY;
      return stepOf(chunks.oldestNs[cell] ?? Number.NaN);
    }),
    freeClass: EMPTY,
    classOfArea: (areas, area) => stepOf(areas.bornNs[area] ?? Number.NaN),
  };
}
