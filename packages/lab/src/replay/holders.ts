/**
 * Who holds the memory of an allocator at one moment: the bytes of each chunk by owner, and the pages that would be empty
 * but for one area, or for areas of one owner.
 */

import { PAGE_BYTES } from "@ebb/model";
import type { LiveAreas } from "./live-areas.ts";

/** Where an area lies: in which of the chunks looked at, and where there. */
export interface AreaPlace {
  /** Of the table of live areas. */
  readonly slot: number;
  readonly chunk: number;
  readonly offBytes: number;
}

/** A chunk looked at. */
export interface ChunkShape {
  /** Of its areas' places. */
  readonly chunk: number;
  /** What it is called. */
  readonly ordinal: number;
  readonly nrPopulated: number;
}

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
/** More than any chunk has. */
const PAGES_OF_CHUNK = 2 ** 20;

interface PlacedArea extends AreaPlace {
  readonly firstPage: number;
  readonly endPage: number;
}

/** @param chunks those looked at; others hold nothing */
export function holdersOf(places: readonly AreaPlace[], chunks: readonly ChunkShape[], live: LiveAreas): Holders {
  const placed = places.map((place) => {
    const end = place.offBytes + (live.sizeBytes[place.slot] ?? 0);
    return { ...place, firstPage: Math.floor(place.offBytes / PAGE_BYTES), endPage: Math.ceil(end / PAGE_BYTES) };
  });
  const pages = new PageOwners(placed, live);
  const ordinals = new Map(chunks.map(({ chunk, ordinal }) => [chunk, ordinal]));
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
    const ordinal = ordinals.get(area.chunk) ?? 0;
    if (nrPages > 0) areas.push({ ordinal, offBytes: area.offBytes, sizeBytes, owner, bornNs, nrPages });
  }
  for (const owner of pages.ownersOfPages()) {
    const sum = owners.get(owner);
    if (sum !== undefined) sum.nrPages++;
  }
  areas.sort(
    (a, b) => b.nrPages - a.nrPages || a.sizeBytes - b.sizeBytes || a.ordinal - b.ordinal || a.offBytes - b.offBytes,
  );
  return {
    chunks: chunkHolders(chunks, placed, live),
    owners: [...owners]
      .map(([owner, sum]) => ({ owner, ...sum }))
      .sort((a, b) => b.nrPages - a.nrPages || b.bytes - a.bytes || a.owner - b.owner),
    areas: areas.slice(0, MAX_AREAS),
  };
}

/** Of each page that an area touches: how many do, and whose they are. */
class PageOwners {
  private readonly nrAreas = new Map<number, number>();
  private readonly owner = new Map<number, number>();

  constructor(placed: readonly PlacedArea[], live: LiveAreas) {
    for (const area of placed) {
      const owner = live.owner[area.slot] ?? NO_OWNER;
      for (let page = area.firstPage; page < area.endPage; page++) {
        const key = area.chunk * PAGES_OF_CHUNK + page;
        const nrAreas = this.nrAreas.get(key) ?? 0;
        this.nrAreas.set(key, nrAreas + 1);
        this.owner.set(key, nrAreas === 0 || this.owner.get(key) === owner ? owner : SEVERAL);
      }
    }
  }

  /** Pages that no other area touches. */
  nrAlone({ chunk, firstPage, endPage }: PlacedArea): number {
    let nr = 0;
    for (let page = firstPage; page < endPage; page++) if (this.nrAreas.get(chunk * PAGES_OF_CHUNK + page) === 1) nr++;
    return nr;
  }

  /** The owner of each page that has only one. */
  *ownersOfPages(): Generator<number> {
    for (const owner of this.owner.values()) if (owner >= 0) yield owner;
  }
}

function chunkHolders(
  shapes: readonly ChunkShape[],
  placed: readonly PlacedArea[],
  live: LiveAreas,
): readonly ChunkHolders[] {
  const byChunk = new Map<number, Map<number, { nrAreas: number; bytes: number }>>();
  for (const { chunk, slot } of placed) {
    const owners = byChunk.get(chunk) ?? new Map<number, { nrAreas: number; bytes: number }>();
    byChunk.set(chunk, owners);
    const owner = live.owner[slot] ?? NO_OWNER;
    const share = owners.get(owner) ?? { nrAreas: 0, bytes: 0 };
    share.nrAreas++;
    share.bytes += live.sizeBytes[slot] ?? 0;
    owners.set(owner, share);
  }
  const chunks = shapes.map(({ chunk, ordinal, nrPopulated }) => {
    const owners = [...(byChunk.get(chunk) ?? [])]
      .map(([owner, share]) => ({ owner, ...share }))
      .sort((a, b) => b.bytes - a.bytes || a.owner - b.owner);
    const usedBytes = owners.reduce((sum, { bytes }) => sum + bytes, 0);
    return { ordinal, nrPopulated, usedBytes, owners };
  });
  return chunks.sort((a, b) => a.ordinal - b.ordinal);
}
