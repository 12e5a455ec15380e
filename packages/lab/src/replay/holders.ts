/**
 * Who holds the memory of an allocator at one moment: the bytes of each chunk by owner, and the pages that would be empty
 * but for one area, or for areas of one owner.
 */

import { areaChunk, areaOffBytes, forEachChunk, PAGE_BYTES, type Percpu } from "@ebb/model";
import type { LiveAreas } from "./live-areas.ts";
import type { PolicyRun } from "./policy-run.ts";

interface OwnerShare {
  readonly owner: number;
  readonly nrAreas: number;
  readonly bytes: number;
}

interface ChunkHolders {
  /** Creation number; negative for the reserved chunk. */
  readonly ordinal: number;
  readonly nrPopulated: number;
  readonly usedBytes: number;
  /** By bytes, most first. */
  readonly owners: readonly OwnerShare[];
}

interface OwnerPins {
  readonly owner: number;
  readonly nrAreas: number;
  readonly bytes: number;
  /** Pages on which only areas of this owner live. */
  readonly nrPages: number;
}

interface AreaPins {
  readonly ordinal: number;
  readonly offBytes: number;
  readonly sizeBytes: number;
  readonly owner: number;
  /** Since the trace's first event. */
  readonly bornNs: number;
  /** Pages on which nothing else lives. */
  readonly nrPages: number;
}

export interface Holders {
  readonly chunks: readonly ChunkHolders[];
  /** By pages pinned, most first. */
  readonly owners: readonly OwnerPins[];
  readonly areas: readonly AreaPins[];
}

/** Areas listed. */
const MAX_AREAS = 50;
const NO_OWNER = -1;
const SEVERAL = -2;

interface PlacedArea {
  readonly slot: number;
  readonly row: number;
  readonly offBytes: number;
  readonly firstPage: number;
  readonly endPage: number;
}

export function holdersOf(run: PolicyRun, live: LiveAreas): Holders {
  const { t } = run;
  const placed = placedAreas(run, live);
  const pages = new PageOwners(t, placed, live);
  const owners = new Map<number, { nrAreas: number; bytes: number; nrPages: number }>();
  const areas: AreaPins[] = [];
  for (const area of placed) {
    const owner = live.owner[area.slot] ?? NO_OWNER;
    const sizeBytes = live.sizeBytes[area.slot] ?? 0;
    const sum = owners.get(owner) ?? { nrAreas: 0, bytes: 0, nrPages: 0 };
    sum.nrAreas++;
    sum.bytes += sizeBytes;
    owners.set(owner, sum);
    const nrPages = pages.nrAlone(area);
    const bornNs = live.bornNs[area.slot] ?? 0;
    if (nrPages > 0) {
      areas.push({ ordinal: t.ordinal[area.row] ?? 0, offBytes: area.offBytes, sizeBytes, owner, bornNs, nrPages });
    }
  }
  for (const owner of pages.ownersOfPages()) {
    const sum = owners.get(owner);
    if (sum !== undefined) sum.nrPages++;
  }
  areas.sort(
    (a, b) => b.nrPages - a.nrPages || a.sizeBytes - b.sizeBytes || a.ordinal - b.ordinal || a.offBytes - b.offBytes,
  );
  return {
    chunks: chunkHolders(t, placed, live),
    owners: [...owners]
      .map(([owner, sum]) => ({ owner, ...sum }))
      .sort((a, b) => b.nrPages - a.nrPages || b.bytes - a.bytes || a.owner - b.owner),
    areas: areas.slice(0, MAX_AREAS),
  };
}

function placedAreas(run: PolicyRun, live: LiveAreas): readonly PlacedArea[] {
  const placed: PlacedArea[] = [];
  for (const slot of live.slots()) {
    const area = run.areaOf(slot);
    if (area < 0) continue;
    const offBytes = areaOffBytes(run.t, area);
    const end = offBytes + (live.sizeBytes[slot] ?? 0);
    const firstPage = Math.floor(offBytes / PAGE_BYTES);
    placed.push({ slot, row: areaChunk(run.t, area), offBytes, firstPage, endPage: Math.ceil(end / PAGE_BYTES) });
  }
  return placed;
}

/** Of each page: how many areas touch it, and whose they are. */
class PageOwners {
  private readonly nrAreas: Int32Array;
  private readonly owner: Int32Array;
  private readonly pagesPerUnit: number;

  constructor(t: Percpu, placed: readonly PlacedArea[], live: LiveAreas) {
    this.pagesPerUnit = t.pagesPerUnit;
    const nrRows = placed.reduce((most, { row }) => Math.max(most, row + 1), 0);
    this.nrAreas = new Int32Array(nrRows * t.pagesPerUnit);
    this.owner = new Int32Array(nrRows * t.pagesPerUnit).fill(NO_OWNER);
    for (const area of placed) {
      const owner = live.owner[area.slot] ?? NO_OWNER;
      for (let page = area.firstPage; page < area.endPage; page++) {
        const i = area.row * this.pagesPerUnit + page;
        this.nrAreas[i] = (this.nrAreas[i] ?? 0) + 1;
        this.owner[i] = this.nrAreas[i] === 1 || this.owner[i] === owner ? owner : SEVERAL;
      }
    }
  }

  /** Pages that no other area touches. */
  nrAlone({ row, firstPage, endPage }: PlacedArea): number {
    let nr = 0;
    for (let page = firstPage; page < endPage; page++) if (this.nrAreas[row * this.pagesPerUnit + page] === 1) nr++;
    return nr;
  }

  /** The owner of each page that has only one. */
  *ownersOfPages(): Generator<number> {
    for (const owner of this.owner) if (owner >= 0) yield owner;
  }
}

function chunkHolders(t: Percpu, placed: readonly PlacedArea[], live: LiveAreas): readonly ChunkHolders[] {
  const byRow = new Map<number, Map<number, { nrAreas: number; bytes: number }>>();
  for (const { row, slot } of placed) {
    const owners = byRow.get(row) ?? new Map<number, { nrAreas: number; bytes: number }>();
    byRow.set(row, owners);
    const owner = live.owner[slot] ?? NO_OWNER;
    const share = owners.get(owner) ?? { nrAreas: 0, bytes: 0 };
    share.nrAreas++;
    share.bytes += live.sizeBytes[slot] ?? 0;
    owners.set(owner, share);
  }
  const chunks: ChunkHolders[] = [];
  forEachChunk(t, true, (row) => {
    const owners = [...(byRow.get(row) ?? [])]
      .map(([owner, share]) => ({ owner, ...share }))
      .sort((a, b) => b.bytes - a.bytes || a.owner - b.owner);
    const usedBytes = owners.reduce((sum, { bytes }) => sum + bytes, 0);
    chunks.push({ ordinal: t.ordinal[row] ?? 0, nrPopulated: t.nrPopulated[row] ?? 0, usedBytes, owners });
  });
  return chunks.sort((a, b) => a.ordinal - b.ordinal);
}
