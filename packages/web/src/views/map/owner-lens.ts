/**
 * Who holds most of each page. Those with much have a colour of their own; the others share two tones, one for the
 * living and one for the dying, each in two shades so that neighbours are told apart.
 */

import { type HolderColumns, type InstantView, NO_HOLDER, PAGE_EMPTY, PAGE_UNPOPULATED } from "@ebb/lab/timeline-view";
import type { Palette } from "../theme/colours.ts";
import { holderName } from "./holder-filter.ts";
import { classifyPages, type LegendEntry, type LensPicture } from "./lens-picture.ts";
import { pageClassWord } from "./page-words.ts";

const UNPOPULATED = 0;
const EMPTY = 1;
const BOOT = 2;
const UNKNOWN = 3;
const ALIVE = 4;
const DYING = 6;
const FIRST_NAMED = 8;
/** A holder of less has no colour of its own: there would be too many alike. */
const SHARE_MIN = 0.02;

export function ownerLens({ chunks, holders }: InstantView, palette: Palette): LensPicture {
  const named = largestHolders(holders, palette.holders.length);
  const classOfHolder = new Uint8Array(holders.nrHolders);
  for (let holder = 0; holder < holders.nrHolders; holder++) classOfHolder[holder] = commonClass(holders, holder);
  for (const [i, holder] of named.entries()) classOfHolder[holder] = FIRST_NAMED + i;
  const classOf = (holder: number) => (holder === NO_HOLDER ? UNKNOWN : (classOfHolder[holder] ?? UNKNOWN));
  return {
    lens: "owner",
    caption: "Who holds most bytes of each page",
    legend: [...commonLegend(palette), ...named.map((holder, i) => namedEntry(holders, holder, palette.holders[i]))],
    classes: classifyPages(chunks, (cell) => {
      if (chunks.pageClass[cell] === PAGE_UNPOPULATED) return UNPOPULATED;
      if (chunks.pageClass[cell] === PAGE_EMPTY) return EMPTY;
      return classOf(chunks.holder[cell] ?? NO_HOLDER);
    }),
    freeClass: EMPTY,
    classOfArea: (areas, area) => classOf(areas.holder[area] ?? NO_HOLDER),
  };
}

function commonLegend(palette: Palette): readonly LegendEntry[] {
  const alive = "another that is alive";
  const dying = "a dying cgroup";
  return [
    { label: pageClassWord(PAGE_UNPOPULATED), colour: palette.unpopulated },
    { label: pageClassWord(PAGE_EMPTY), colour: palette.emptyQuiet },
    { label: "since boot", colour: palette.boot },
    { label: "not known", colour: palette.unknown },
    { label: alive, colour: palette.alive[0], ramp: alive },
    { label: alive, colour: palette.alive[1], ramp: alive },
    { label: dying, colour: palette.dying[0], ramp: dying },
    { label: dying, colour: palette.dying[1], ramp: dying },
  ];
}

function namedEntry(holders: HolderColumns, holder: number, colour = "#000000"): LegendEntry {
  return { label: holderName(holders, holder), colour };
}

function commonClass(holders: HolderColumns, holder: number): number {
  const kind = holders.kind[holder];
  if (kind === "boot") return BOOT;
  if (kind === "unknown") return UNKNOWN;
  const isAlive = Number.isNaN(holders.dyingSinceNs[holder] ?? Number.NaN);
  return (isAlive ? ALIVE : DYING) + (holder % 2);
}

/** Rows of the living that hold a good share of all bytes, the largest first. */
function largestHolders(holders: HolderColumns, nrMost: number): readonly number[] {
  const total = holders.bytes.reduce((sum, bytes) => sum + bytes, 0);
  const rows: number[] = [];
  for (let holder = 0; holder < holders.nrHolders; holder++) {
    const isCommon = commonClass(holders, holder) < ALIVE || commonClass(holders, holder) >= DYING;
    const bytes = holders.bytes[holder] ?? 0;
    if (!isCommon && bytes > 0 && bytes >= total * SHARE_MIN) rows.push(holder);
  }
  return rows.sort((a, b) => (holders.bytes[b] ?? 0) - (holders.bytes[a] ?? 0) || a - b).slice(0, nrMost);
}
