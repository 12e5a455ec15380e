/** Chunks and pages of the map in the glossary's words. */

import {
  CHUNK_FIRST,
  CHUNK_ISOLATED,
  CHUNK_RESERVED,
  CHUNK_SIDELINED,
  type ChunkColumns,
  type HolderColumns,
  type InstantView,
  NO_HOLDER,
  PAGE_ABSENT,
  PAGE_EMPTY,
  PAGE_FULL,
  PAGE_PARTLY,
  PAGE_UNPOPULATED,
} from "@ebb/lab/timeline-view";
import { ageText, bytesText, countOf, countText } from "../words.ts";
import { holderName } from "./holder-filter.ts";

/** Bytes of a page of one unit. */
export const PAGE_BYTES = 4096;

const CLASS_WORDS: ReadonlyMap<number, string> = new Map([
  [PAGE_UNPOPULATED, "unpopulated"],
  [PAGE_EMPTY, "populated and empty"],
  [PAGE_PARTLY, "partly used"],
  [PAGE_FULL, "full"],
  [PAGE_ABSENT, "no page"],
]);

export function pageClassWord(pageClass: number): string {
  return CLASS_WORDS.get(pageClass) ?? "unknown";
}

export function hasFlag(flags: number | undefined, flag: number): boolean {
  return Math.floor((flags ?? 0) / flag) % 2 === 1;
}

/** Never given back, whatever it holds. */
export function isImmutable(flags: number | undefined): boolean {
  return hasFlag(flags, CHUNK_FIRST) || hasFlag(flags, CHUNK_RESERVED);
}

/** `c12`, `cR`: the chunk's short name. */
export function chunkName(chunks: ChunkColumns, chunk: number): string {
  return hasFlag(chunks.flags[chunk], CHUNK_RESERVED) ? "cR" : `c${chunks.ordinal[chunk] ?? 0}`;
}

/** `first`, `isolated sidelined`; "" of an ordinary active one. */
export function chunkState(chunks: ChunkColumns, chunk: number): string {
  const flags = chunks.flags[chunk];
  const words: string[] = [];
  if (hasFlag(flags, CHUNK_RESERVED)) words.push("reserved");
  if (hasFlag(flags, CHUNK_FIRST)) words.push("first");
  if (hasFlag(flags, CHUNK_ISOLATED)) words.push("isolated");
  if (hasFlag(flags, CHUNK_SIDELINED)) words.push("sidelined");
  return words.join(" ");
}

/** `c12 slot 17 isolated sidelined`. */
export function chunkTitle(chunks: ChunkColumns, chunk: number): string {
  const state = chunkState(chunks, chunk);
  const reserved = hasFlag(chunks.flags[chunk], CHUNK_RESERVED);
  const place = reserved ? "" : ` slot ${chunks.slot[chunk] ?? 0}`;
  return `${chunkName(chunks, chunk)}${place}${state === "" ? "" : ` ${state}`}`;
}

/** Name of a holder, with what became of it. */
export function holderText(holders: HolderColumns, holder: number, nowNs: number): string {
  if (holder === NO_HOLDER) return "held by nobody known";
  const since = holders.dyingSinceNs[holder] ?? Number.NaN;
  const dying = Number.isNaN(since) ? "" : `, dying, removed ${ageText(since, nowNs).replace(" old", " ago")}`;
  return `${holderName(holders, holder)}${dying}`;
}

/** A page in words, a line for each fact. */
export function pageLines(view: InstantView, chunk: number, page: number): readonly string[] {
  const { chunks, holders, timeNs } = view;
  const cell = chunk * chunks.pagesPerRow + page;
  const pageClass = chunks.pageClass[cell] ?? PAGE_ABSENT;
  const lines = [`${chunkTitle(chunks, chunk)}, page ${page}`];
  const nrAreas = chunks.nrAreas[cell] ?? 0;
  if (nrAreas === 0) return [...lines, pageClassWord(pageClass)];
  const used = chunks.usedBytes[cell] ?? 0;
  lines.push(
    `${pageClassWord(pageClass)}: ${countText(used)} of ${countText(PAGE_BYTES)} B in ${countOf(nrAreas, "area")}`,
  );
  const holder = chunks.holder[cell] ?? NO_HOLDER;
  if (holder !== NO_HOLDER) lines.push(`mostly ${holderText(holders, holder, timeNs)}`);
  lines.push(`oldest area: ${ageText(chunks.oldestNs[cell] ?? Number.NaN, timeNs)}`);
  return lines;
}

/** The whole map in two sentences, for those who do not see it. */
export function mapSummary({ chunks, nrUnits }: InstantView): string {
  const counts = [0, 0, 0, 0];
  for (const pageClass of chunks.pageClass) {
    if (pageClass !== PAGE_ABSENT) counts[pageClass] = (counts[pageClass] ?? 0) + 1;
  }
  const n = (pageClass: number) => counts[pageClass] ?? 0;
  let nrSidelined = 0;
  let nrIsolated = 0;
  for (let chunk = 0; chunk < chunks.nrChunks; chunk++) {
    if (hasFlag(chunks.flags[chunk], CHUNK_SIDELINED)) nrSidelined++;
    else if (hasFlag(chunks.flags[chunk], CHUNK_ISOLATED)) nrIsolated++;
  }
  const aside =
    nrSidelined + nrIsolated === 0 ? "" : ` (${countText(nrIsolated)} isolated, ${countText(nrSidelined)} sidelined)`;
  const emptyBytes = n(PAGE_EMPTY) * PAGE_BYTES * nrUnits;
  return (
    `${countOf(chunks.nrChunks, "chunk")}${aside}; pages of one unit: ${countText(n(PAGE_FULL))} full, ` +
    `${countText(n(PAGE_PARTLY))} partly used, ${countText(n(PAGE_EMPTY))} populated and empty ` +
    `(${bytesText(emptyBytes)} on ${countOf(nrUnits, "CPU")}), ${countText(n(PAGE_UNPOPULATED))} unpopulated.`
  );
}
