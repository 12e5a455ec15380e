/** All chunks at one instant as columns, and what each holder has in them. */

import { areaAt, forEachArea, forEachChunk, PAGE_BYTES, type Percpu } from "@ebb/model";
import { chunkFlags, pageClass } from "./page-class.ts";
import { type AreaColumns, type ChunkColumns, type HolderColumns, NO_HOLDER, PAGE_ABSENT } from "./view.ts";

/** Whose an area is, and since when. */
export interface AreaOwners {
  readonly nrHolders: number;
  /** Row of the area's holder, or NO_HOLDER. */
  holderOf(area: number): number;
  /** ns; NaN where it is not known. */
  bornNs(area: number): number;
}

/** What the holders have, by row. */
type HeldColumns = Pick<HolderColumns, "nrAreas" | "bytes" | "pinnedBytes">;

/** Chunks in the allocator's order, and the sums of the holders. */
export function chunkColumns(
  t: Percpu,
  owners: AreaOwners,
): { readonly chunks: ChunkColumns; readonly held: HeldColumns } {
  const order: number[] = [];
  const slots: number[] = [];
  forEachChunk(t, true, (chunk, slot) => {
    order.push(chunk);
    slots.push(slot);
  });
  const pagesPerRow = order.reduce((most, chunk) => Math.max(most, t.nrPages[chunk] ?? 0), 0);
  const nrCells = order.length * pagesPerRow;
  const chunks = {
    nrChunks: order.length,
    pagesPerRow,
    row: Int32Array.from(order),
    ordinal: Int32Array.from(order, (chunk) => t.ordinal[chunk] ?? 0),
    slot: Int32Array.from(slots),
    flags: Uint8Array.from(order, (chunk, i) => chunkFlags(t, chunk, slots[i] ?? 0)),
    nrPages: Int32Array.from(order, (chunk) => t.nrPages[chunk] ?? 0),
    pageClass: new Uint8Array(nrCells).fill(PAGE_ABSENT),
    usedBytes: new Uint16Array(nrCells),
    nrAreas: new Uint16Array(nrCells),
    holder: new Int32Array(nrCells).fill(NO_HOLDER),
    oldestNs: new Float64Array(nrCells).fill(Number.NaN),
  };
  const sums = new HolderSums(owners, chunks);
  order.forEach((chunk, i) => {
    const first = i * pagesPerRow;
    for (let page = 0; page < (t.nrPages[chunk] ?? 0); page++)
      chunks.pageClass[first + page] = pageClass(t, chunk, page);
    sums.addChunk(t, chunk, first);
  });
  return { chunks, held: { nrAreas: sums.nrAreas, bytes: sums.bytes, pinnedBytes: sums.pinnedBytes } };
}

/** Live areas of one chunk. */
export function areaColumns(t: Percpu, chunk: number, owners: AreaOwners): AreaColumns {
  const offs: number[] = [];
  const sizes: number[] = [];
  if (chunk >= 0 && chunk < t.ordinal.length) {
    forEachArea(t, chunk, (offBytes, sizeBytes) => {
      offs.push(offBytes);
      sizes.push(sizeBytes);
    });
  }
  const areas = offs.map((offBytes) => areaAt(t, chunk, offBytes));
  return {
    nrAreas: offs.length,
    offBytes: Int32Array.from(offs),
    sizeBytes: Int32Array.from(sizes),
    holder: Int32Array.from(areas, (area) => owners.holderOf(area)),
    bornNs: Float64Array.from(areas, (area) => owners.bornNs(area)),
  };
}

type PageColumns = Pick<ChunkColumns, "usedBytes" | "nrAreas" | "holder" | "oldestNs">;

/** Sums by page and by holder, area by area in the order of their places. */
class HolderSums implements HeldColumns {
  readonly nrAreas: Int32Array;
  readonly bytes: Float64Array;
  readonly pinnedBytes: Float64Array;
  private readonly owners: AreaOwners;
  private readonly pages: PageColumns;
  /** The page being summed up: its cell, what each holder has there, and which have something. */
  private cell = -1;
  private isPinned = false;
  private readonly bytesHere: Int32Array;
  private readonly here: number[] = [];

  constructor(owners: AreaOwners, pages: PageColumns) {
    this.owners = owners;
    this.pages = pages;
    this.nrAreas = new Int32Array(owners.nrHolders);
    this.bytes = new Float64Array(owners.nrHolders);
    this.pinnedBytes = new Float64Array(owners.nrHolders);
    this.bytesHere = new Int32Array(owners.nrHolders);
  }

  /** Pages of the chunks of the boot never come back: nobody pins them. */
  addChunk(t: Percpu, chunk: number, firstCell: number): void {
    this.isPinned = t.immutable[chunk] === 0;
    forEachArea(t, chunk, (offBytes, sizeBytes) => {
      const area = areaAt(t, chunk, offBytes);
      this.addArea(area, firstCell, offBytes, sizeBytes);
    });
    this.endPage();
  }

  private addArea(area: number, firstCell: number, offBytes: number, sizeBytes: number): void {
    const holder = this.owners.holderOf(area);
    const bornNs = this.owners.bornNs(area);
    if (holder !== NO_HOLDER) {
      this.nrAreas[holder] = (this.nrAreas[holder] ?? 0) + 1;
      this.bytes[holder] = (this.bytes[holder] ?? 0) + sizeBytes;
    }
    const end = offBytes + sizeBytes;
    for (let from = offBytes; from < end; ) {
      const page = Math.floor(from / PAGE_BYTES);
      const to = Math.min(end, (page + 1) * PAGE_BYTES);
      this.addPiece(firstCell + page, holder, to - from, bornNs);
      from = to;
    }
  }

  private addPiece(cell: number, holder: number, bytes: number, bornNs: number): void {
    if (cell !== this.cell) {
      this.endPage();
      this.cell = cell;
    }
    const { pages } = this;
    pages.usedBytes[cell] = (pages.usedBytes[cell] ?? 0) + bytes;
    pages.nrAreas[cell] = (pages.nrAreas[cell] ?? 0) + 1;
    const oldest = pages.oldestNs[cell] ?? Number.NaN;
    if (!(oldest <= bornNs)) pages.oldestNs[cell] = bornNs;
    if (holder === NO_HOLDER) return;
    const before = this.bytesHere[holder] ?? 0;
    if (before === 0) this.here.push(holder);
    this.bytesHere[holder] = before + bytes;
  }

  /** The page's areas have all been added. */
  private endPage(): void {
    const { here, bytesHere, cell, pages } = this;
    if (cell < 0) return;
    let most = 0;
    let sum = 0;
    for (const holder of here) {
      const bytes = bytesHere[holder] ?? 0;
      sum += bytes;
      if (bytes > most) {
        most = bytes;
        pages.holder[cell] = holder;
      }
      bytesHere[holder] = 0;
    }
    const [only] = here;
    const isAlone = here.length === 1 && sum === pages.usedBytes[cell];
    if (only !== undefined && isAlone && this.isPinned) {
      this.pinnedBytes[only] = (this.pinnedBytes[only] ?? 0) + PAGE_BYTES - sum;
    }
    here.length = 0;
    this.cell = -1;
  }
}
