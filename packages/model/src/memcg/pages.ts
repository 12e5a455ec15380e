/**
 * Pages that are charged to memcgs: page cache, shmem and anonymous memory.
 *
 * A row is one page of a file, or a run of anonymous pages that one task touched at once (`nrPages`). Each is on one list
 * of its owner, or in swap and on none; and in the chain of its holder, the file or the task.
 *
 *   memcg -- lists per node: inactive/active anon, inactive/active file, unevictable --> pages, newest at the head
 *   file or task -- chain, oldest first --> pages
 *
 * Source: spec/memcg-slab.md A.2 (2), A.3.
 */

import { NO_ROW, type Table, type TableShape } from "../table.ts";

export const NO_PAGE_ROW = NO_ROW;

/** Values of `kind`. */
export const FREE_PAGE = 0;
export const ANON_PAGE = 1;
export const FILE_PAGE = 2;
/** A page of a file that lives in memory alone; its place on the lists is among the anonymous ones. */
export const SHMEM_PAGE = 3;

/** Value of `list` while the page is on none. */
export const NO_LIST = -1;

const FIELDS = [
  "kind",
  /** Memcg it is charged to; while in swap, the one whose id the slot names. */
  "owner",
  "nrPages",
  /** File row, or pid for anonymous pages. */
  "holder",
  /** Page number in the file. */
  "index",
  "nextInHolder",
  "previousInHolder",
  "lruNext",
  "lruPrevious",
  "list",
  "node",
  "dirty",
  "referenced",
  /** Tasks that locked it in memory. */
  "nrLocks",
  "inSwap",
] as const;

type PageField = (typeof FIELDS)[number];

export type Pages = Table<PageField>;

export const PAGE_SHAPE: TableShape<PageField> = { fields: FIELDS, widths: {} };
