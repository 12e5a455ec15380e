/** Pages on which areas live, by recorded place: the least that must be populated. */

import { PAGE_BYTES } from "@ebb/model";

/** More than any chunk has. */
const PAGES_OF_CHUNK = 2 ** 20;

export class UsedPages {
  /** Areas on each page, by chunk and page; and in each chunk. Only those with any. */
  private readonly onPage = new Map<number, number>();
  private readonly inChunk = new Map<number, number>();

  /** Pages with an area. */
  get nrPages(): number {
    return this.onPage.size;
  }

  /** Chunks with an area. */
  get nrChunks(): number {
    return this.inChunk.size;
  }

  /** @param by 1 when the area is taken, -1 when it is given back */
  change(chunk: number, offBytes: number, sizeBytes: number, by: 1 | -1): void {
    add(this.inChunk, chunk, by);
    const end = Math.ceil((offBytes + sizeBytes) / PAGE_BYTES);
    for (let page = Math.floor(offBytes / PAGE_BYTES); page < end; page++) {
      add(this.onPage, chunk * PAGES_OF_CHUNK + page, by);
    }
  }

  nrAreasIn(chunk: number): number {
    return this.inChunk.get(chunk) ?? 0;
  }

  /** Chunks with areas, and on how many of their pages these lie. */
  byChunk(): ReadonlyMap<number, number> {
    const pages = new Map<number, number>();
    for (const key of this.onPage.keys()) add(pages, Math.floor(key / PAGES_OF_CHUNK), 1);
    return pages;
  }
}

/** Adds to a count that is there only while it is not 0. */
function add(counts: Map<number, number>, key: number, by: 1 | -1): void {
  const sum = (counts.get(key) ?? 0) + by;
  if (sum === 0) counts.delete(key);
  else counts.set(key, sum);
}
