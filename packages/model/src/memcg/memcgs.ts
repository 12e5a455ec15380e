/**
 * Memory cgroups as the memory controller sees them: one row per memcg, row 0 the root's.
 *
 *   mkdir -> online --rmdir--> killed -> offline (dying) --last reference--> released -> freed, its row free again
 *
 * A memcg goes only when nothing refers to it any more. Its references are counted by kind in `pins`: that is the answer
 * to "why is it still there?". Usage is counted in pages and includes everything below. Who changes what: birth and
 * death machine/, usage and stock charge.ts, lists lru.ts.
 *
 * Source: spec/memcg-slab.md A.1 to A.3.
 */

import { NO_MEMCG } from "../none.ts";
import { createTable, dropRow, NO_ROW, type Table, type TableShape, takeRow } from "../table.ts";

export const ROOT_MEMCG = 0;
export { NO_MEMCG } from "../none.ts";

/** Values of `state`. */
export const FREE_MEMCG = 0;
export const ONLINE_MEMCG = 1;
/** Removed; its reference count is being killed. */
export const KILLED_MEMCG = 2;
/** Offline: only what refers to it keeps it. This is what "dying" means. */
export const OFFLINE_MEMCG = 3;
/** The last reference is gone; the memory follows a grace period later. */
export const RELEASED_MEMCG = 4;

/** Kinds of references, the index into a memcg's `pins`. Pages count one for each base page. */
export const PIN_ANON = 0;
export const PIN_FILE = 1;
export const PIN_SHMEM = 2;
export const PIN_SWAP = 3;
export const PIN_SLAB_PAGE = 4;
export const PIN_CACHE_COPY = 5;
export const PIN_KERNEL_PAGE = 6;
export const PIN_SOCKET = 7;
export const PIN_WRITEBACK = 8;
export const PIN_STOCK = 9;
export const PIN_WORK = 10;
export const PIN_CHILD = 11;
export const NR_PINS = 12;

/** The kinds in words, by index. */
export const PIN_NAMES: readonly string[] = [
  "anonymous pages",
  "page cache",
  "shmem pages",
  "swap slots",
  "slab pages",
  "cache copies",
  "kernel pages",
  "sockets",
  "writeback structures",
  "charge stock",
  "deferred work",
  "child memcgs",
];

/** "No limit" of a counter, pages. */
export const NO_PAGE_LIMIT = 0x7fffffff;
/** Largest id of a memcg; 0 is none. */
export const MAX_MEMCG_ID = 65535;

/** Lists of pages, the index into a memcg's heads for one node. */
export const INACTIVE_ANON = 0;
export const ACTIVE_ANON = 1;
export const INACTIVE_FILE = 2;
export const ACTIVE_FILE = 3;
export const UNEVICTABLE = 4;
export const NR_LRU_LISTS = 5;

const FIELDS = [
  "state",
  "cgroup",
  "parent",
  "firstChild",
  "lastChild",
  "nextSibling",
  "previousSibling",
  /** 1..65535 while it has one, else 0. */
  "id",
  /** Swap slots that hold the id. */
  "idRefs",
  "pins",
  /** Sum of `pins`. */
  "nrRefs",
  "usagePages",
  /** The most `usagePages` has been. */
  "peakPages",
  "swapPages",
  "kmemPages",
  "minPages",
  "lowPages",
  "highPages",
  "maxPages",
  "swapMaxPages",
  "kmemMaxPages",
  /** Soft limit (v1): kept, and nothing follows from it. */
  "softPages",
  "nrLowEvents",
  "nrHighEvents",
  "nrMaxEvents",
  "nrOomEvents",
  "nrOomKills",
  /** Whole pages of what it is charged for by bytes, and the bytes of the last one that are not used, as 0 or below. */
  "ownedPages",
  "ownedRestBytes",
  /** Kernel stacks and page tables charged to it that pin nothing. */
  "ownedKernelPages",
  /** 1 once kernel memory is accounted to it. */
  "kmemActive",
  /** First cache copy, writeback structure. */
  "copies",
  /** Its object cgroup while it is online, and the first of all that it pays for. */
  "objcg",
  "firstObjcg",
  "writebacks",
  /** 1 while its per-CPU statistics are there. */
  "statsLive",
  /** 1 when nothing referred to it as it went offline: it is freed together with the rest of its cgroup. */
  "freedWithCgroup",
  "lruHead",
  "lruTail",
  "lruPages",
  "areas",
  /** Slab objects in the order of the plan, NO_ROW in place of those that are freed. */
  "objects",
] as const;

type MemcgField = (typeof FIELDS)[number];

export type Memcgs = Table<MemcgField> & {
  readonly areasPerMemcg: number;
  readonly objectsPerMemcg: number;
  readonly nrNodes: number;
  /** 1 for ids in use, by id. */
  readonly idUsed: Uint8Array;
  /** Where the search for a free id goes on. */
  nextId: number;
  nrIds: number;
};

/** A table that holds the root memcg. */
export function createMemcgs(areasPerMemcg: number, objectsPerMemcg: number, nrNodes: number): Memcgs {
  const lists = nrNodes * NR_LRU_LISTS;
  const shape: TableShape<MemcgField> = {
    fields: FIELDS,
    widths: {
      pins: NR_PINS,
      lruHead: lists,
      lruTail: lists,
      lruPages: lists,
      areas: areasPerMemcg,
      objects: objectsPerMemcg,
    },
  };
  const t: Memcgs = {
    ...createTable(shape),
    areasPerMemcg,
    objectsPerMemcg,
    nrNodes,
    idUsed: new Uint8Array(MAX_MEMCG_ID + 1),
    nextId: 1,
    nrIds: 0,
  };
  addMemcg(t, NO_MEMCG, 0);
  return t;
}

/** True when every id is taken. */
export function idsExhausted(t: Memcgs): boolean {
  return t.nrIds >= MAX_MEMCG_ID;
}

/**
 * Adds an online memcg below `parent`.
 *
 * @pre an id is free
 */
export function addMemcg(t: Memcgs, parent: number, cgroup: number): number {
  const row = takeRow(t);
  t.state[row] = ONLINE_MEMCG;
  t.cgroup[row] = cgroup;
  t.parent[row] = parent;
  t.firstChild[row] = NO_MEMCG;
  t.lastChild[row] = NO_MEMCG;
  t.nextSibling[row] = NO_MEMCG;
  t.previousSibling[row] = NO_MEMCG;
  t.highPages[row] = NO_PAGE_LIMIT;
  t.maxPages[row] = NO_PAGE_LIMIT;
  t.swapMaxPages[row] = NO_PAGE_LIMIT;
  t.kmemMaxPages[row] = NO_PAGE_LIMIT;
  t.softPages[row] = NO_PAGE_LIMIT;
  t.copies[row] = NO_ROW;
  t.objcg[row] = NO_ROW;
  t.firstObjcg[row] = NO_ROW;
  t.writebacks[row] = NO_ROW;
  t.statsLive[row] = 1;
  const lists = t.nrNodes * NR_LRU_LISTS;
  t.lruHead.fill(NO_ROW, row * lists, (row + 1) * lists);
  t.lruTail.fill(NO_ROW, row * lists, (row + 1) * lists);
  t.areas.fill(NO_ROW, row * t.areasPerMemcg, (row + 1) * t.areasPerMemcg);
  t.objects.fill(NO_ROW, row * t.objectsPerMemcg, (row + 1) * t.objectsPerMemcg);
  t.id[row] = takeId(t);
  if (parent !== NO_MEMCG) linkChild(t, parent, row);
  return row;
}

/** Gives the row of a memcg back that nothing refers to. */
export function removeMemcg(t: Memcgs, row: number): void {
  if (t.id[row] !== 0) dropId(t, row);
  unlinkChild(t, row);
  t.state[row] = FREE_MEMCG;
  dropRow(t, row);
}

function takeId(t: Memcgs): number {
  let id = t.nextId;
  while (t.idUsed[id] !== 0) id = id < MAX_MEMCG_ID ? id + 1 : 1;
  t.idUsed[id] = 1;
  t.nrIds++;
  t.nextId = id < MAX_MEMCG_ID ? id + 1 : 1;
  return id;
}

/** The memcg's id can be given to another. */
export function dropId(t: Memcgs, row: number): void {
  t.idUsed[t.id[row]] = 0;
  t.nrIds--;
  t.id[row] = 0;
}

function linkChild(t: Memcgs, parent: number, row: number): void {
  const last = t.lastChild[parent];
  t.previousSibling[row] = last;
  if (last === NO_MEMCG) t.firstChild[parent] = row;
  else t.nextSibling[last] = row;
  t.lastChild[parent] = row;
}

function unlinkChild(t: Memcgs, row: number): void {
  const parent = t.parent[row];
  const next = t.nextSibling[row];
  const previous = t.previousSibling[row];
  if (previous === NO_MEMCG) t.firstChild[parent] = next;
  else t.nextSibling[previous] = next;
  if (next === NO_MEMCG) t.lastChild[parent] = previous;
  else t.previousSibling[next] = previous;
}

/** The memcg after `row` in a walk of the subtree of `top`, parents first; NO_MEMCG at the end. */
export function nextMemcg(t: Memcgs, top: number, row: number): number {
  if (t.firstChild[row] !== NO_MEMCG) return t.firstChild[row];
  let at = row;
  while (at !== top) {
    if (t.nextSibling[at] !== NO_MEMCG) return t.nextSibling[at];
    at = t.parent[at];
  }
  return NO_MEMCG;
}

/** True when `row` is `top` or below it. */
export function isMemcgBelow(t: Memcgs, row: number, top: number): boolean {
  let at = row;
  while (at !== NO_MEMCG && at !== top) at = t.parent[at];
  return at === top;
}

/** Counts `n` references of `kind` more; negative `n` fewer. The root's are counted too and hold nothing. */
export function countPins(t: Memcgs, row: number, kind: number, n: number): void {
  t.pins[row * NR_PINS + kind] += n;
  t.nrRefs[row] += n;
}

/** The closest memcg that is online: `row` itself or an ancestor. */
export function onlineAncestor(t: Memcgs, row: number): number {
  let at = row;
  while (t.state[at] !== ONLINE_MEMCG) at = t.parent[at];
  return at;
}
