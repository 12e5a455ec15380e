/** What the views show as tables for other programs: RFC 4180, a row of names first, units in the names. */

import { type AreaColumns, type InstantView, NO_HOLDER, type TimelineCurves } from "@ebb/lab/timeline-view";
import { holderName } from "../map/holder-filter.ts";
import { chunkName, chunkState, pageClassWord } from "../map/page-words.ts";

type Cell = string | number | undefined;

/** A row for each page of each chunk, in the order of the map. */
export function pagesCsv({ chunks, holders }: InstantView): string {
  const head = ["chunk", "slot", "state", "page", "class", "used_bytes", "areas", "holder", "oldest_ns"];
  const rows: (readonly Cell[])[] = [head];
  for (let chunk = 0; chunk < chunks.nrChunks; chunk++) {
    const name = chunkName(chunks, chunk);
    const state = chunkState(chunks, chunk);
    for (let page = 0; page < (chunks.nrPages[chunk] ?? 0); page++) {
      const cell = chunk * chunks.pagesPerRow + page;
      rows.push([
        name,
        chunks.slot[chunk],
        state,
        page,
        pageClassWord(chunks.pageClass[cell] ?? -1),
        chunks.usedBytes[cell],
        chunks.nrAreas[cell],
        holderName(holders, chunks.holder[cell] ?? NO_HOLDER),
        chunks.oldestNs[cell],
      ]);
    }
  }
  return csvOf(rows);
}

/** A row for each area of one chunk, by offset. */
export function areasCsv({ holders }: InstantView, areas: AreaColumns): string {
  const rows: (readonly Cell[])[] = [["off_bytes", "size_bytes", "holder", "born_ns"]];
  for (let area = 0; area < areas.nrAreas; area++) {
    const holder = holderName(holders, areas.holder[area] ?? NO_HOLDER);
    rows.push([areas.offBytes[area], areas.sizeBytes[area], holder, areas.bornNs[area]]);
  }
  return csvOf(rows);
}

/** A row for each holder: its own areas, bytes of one unit. */
export function holdersCsv({ holders }: InstantView): string {
  const head = ["holder", "kind", "areas", "unit_bytes", "pinned_unit_bytes", "dying_since_ns"];
  const rows: (readonly Cell[])[] = [head];
  for (let holder = 0; holder < holders.nrHolders; holder++) {
    rows.push([
      holderName(holders, holder),
      holders.kind[holder],
      holders.nrAreas[holder],
      holders.bytes[holder],
      holders.pinnedBytes[holder],
      holders.dyingSinceNs[holder],
    ]);
  }
  return csvOf(rows);
}

/** A row for each sample of the timeline; every sample, not only those a plot draws. */
export function curvesCsv({ timeNs, position, series }: TimelineCurves): string {
  const names = series.map(({ name, unit }) => (unit === "" ? name : `${name} (${unit})`));
  const rows: (readonly Cell[])[] = [["time_ns", "events", ...names]];
  for (let i = 0; i < timeNs.length; i++) {
    rows.push([timeNs[i], position[i], ...series.map(({ values }) => values[i])]);
  }
  return csvOf(rows);
}

/** Figures of one or two policies. */
export function figuresCsv(views: readonly InstantView[], sideNames: readonly string[]): string {
  const names = [...new Set(views.flatMap(({ figures }) => figures.map(({ name }) => name)))];
  const rows = names.map((name) => {
    const found = views.map(({ figures }) => figures.find((figure) => figure.name === name));
    return [name, found.find((figure) => figure !== undefined)?.unit, ...found.map((figure) => figure?.value)];
  });
  return csvOf([["figure", "unit", ...sideNames.slice(0, views.length)], ...rows]);
}

function csvOf(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(cellText).join(",")}\r\n`).join("");
}

function cellText(cell: Cell): string {
  if (cell === undefined || Number.isNaN(cell)) return "";
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
