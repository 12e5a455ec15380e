/**
 * Finds the page of a file by its number: a hash table of page rows with linear probing, in one flat column.
 *
 * It follows from the pages and is rebuilt, not copied, when a snapshot is restored.
 */

import { foldHash, lowBits } from "../bits.ts";
import { FILE_PAGE, NO_PAGE_ROW, type Pages, SHMEM_PAGE } from "./pages.ts";

export interface PageIndex {
  /** Page rows; NO_PAGE_ROW in a place that is free. */
  places: Int32Array;
  /** log2 of the number of places. */
  log: number;
  nrPages: number;
}

const INITIAL_LOG = 6;

export function createPageIndex(): PageIndex {
  return { places: new Int32Array(2 ** INITIAL_LOG).fill(NO_PAGE_ROW), log: INITIAL_LOG, nrPages: 0 };
}

function homeOf(t: PageIndex, file: number, index: number): number {
  return lowBits(foldHash(foldHash(0, file), index), t.log);
}

/** Row of page `index` of `file`; NO_PAGE_ROW when it is not in memory. */
export function findPage(t: PageIndex, pages: Pages, file: number, index: number): number {
  const end = t.places.length;
  let at = homeOf(t, file, index);
  for (;;) {
    const page = t.places[at];
    if (page === NO_PAGE_ROW || (pages.holder[page] === file && pages.index[page] === index)) return page;
    at = at + 1 < end ? at + 1 : 0;
  }
}

export function addToIndex(t: PageIndex, pages: Pages, page: number): void {
  if ((t.nrPages + 1) * 2 > t.places.length) growIndex(t, pages);
  place(t, pages, page);
  t.nrPages++;
}

function place(t: PageIndex, pages: Pages, page: number): void {
  const end = t.places.length;
  let at = homeOf(t, pages.holder[page], pages.index[page]);
  while (t.places[at] !== NO_PAGE_ROW) at = at + 1 < end ? at + 1 : 0;
  t.places[at] = page;
}

function growIndex(t: PageIndex, pages: Pages): void {
  const old = t.places;
  t.log++;
  t.places = new Int32Array(old.length * 2).fill(NO_PAGE_ROW);
  for (const page of old) if (page !== NO_PAGE_ROW) place(t, pages, page);
}

/** Takes `page` out; those behind it that would not be found any more move up. */
export function dropFromIndex(t: PageIndex, pages: Pages, page: number): void {
  const end = t.places.length;
  let hole = homeOf(t, pages.holder[page], pages.index[page]);
  while (t.places[hole] !== page) hole = hole + 1 < end ? hole + 1 : 0;
  let at = hole;
  for (;;) {
    at = at + 1 < end ? at + 1 : 0;
    const next = t.places[at];
    if (next === NO_PAGE_ROW) break;
    const home = homeOf(t, pages.holder[next], pages.index[next]);
    const distance = at >= home ? at - home : at + end - home;
    const toHole = at >= hole ? at - hole : at + end - hole;
    if (distance >= toHole) {
      t.places[hole] = next;
      hole = at;
    }
  }
  t.places[hole] = NO_PAGE_ROW;
  t.nrPages--;
}

/** An index of all file pages of the table. */
export function rebuildIndex(t: PageIndex, pages: Pages): void {
  t.log = INITIAL_LOG;
  t.places = new Int32Array(2 ** INITIAL_LOG).fill(NO_PAGE_ROW);
  t.nrPages = 0;
  for (let page = 0; page < pages.nrRows; page++) {
    if (pages.kind[page] === FILE_PAGE || pages.kind[page] === SHMEM_PAGE) addToIndex(t, pages, page);
  }
}
