/**
 * Slabs and the objects in them: what both slab allocators hand out.
 *
 *   cache (a row of the allocator's) --> slabs (rows here) --> objects (numbers), `objectsPerSlab` side by side
 *
 * An object is an integer: the number of its slab's first object and its place in the slab. A slab's free objects are
 * linked through `nextFree`, in the order the allocator links them. Which list a slab is on, and what a CPU keeps, is the
 * allocator's; a page is gained when a slab is made and released when it is dropped, and those are the only two calls a
 * memcg copy can count by.
 *
 * The numbers of a slab that is dropped wait for the next slab of as many objects, last in, first out: `spareHead` has
 * the first number of the last such slab by its count of objects, and `nextFree` of that number the one before it.
 *
 * Source: spec/memcg-slab.md D.2, E.2.
 */

import { assert } from "../assert.ts";
import { COPY, type Cut } from "../cut.ts";
import {
  createTable,
  dropRow,
  foldTable,
  NO_ROW,
  restoreTable,
  snapshotTable,
  type Table,
  type TableSnapshot,
  takeRow,
} from "../table.ts";

export const NO_SLAB = NO_ROW;
export const NO_OBJECT = -1;

const FIELDS = [
  /** 1 while the row is a slab. */
  "used",
  "cache",
  "node",
  "nrObjects",
  "nrPages",
  /** Number of its first object. */
  "firstObject",
  /** Objects handed out of the slab: allocated, or kept in an array of a CPU. */
  "nrInUse",
  /** Head of its free objects. */
  "freeHead",
  /** List it is on, as the allocator numbers them; NO_LIST on none. */
  "list",
  "next",
  "previous",
  /** SLUB: what a CPU's partial chain weighs down from this slab. */
  "chainWeight",
] as const;

export type SlabField = (typeof FIELDS)[number];

export interface SlabPool {
  readonly slabs: Table<SlabField>;
  /** By object: the next free one of its slab. */
  nextFree: Int32Array;
  /** By object: its slab. */
  slabOf: Int32Array;
  /** By object: 1 while a caller holds it. */
  isAllocated: Uint8Array;
  nrObjectNumbers: number;
  /** By count of objects: first number that a slab of so many left. */
  spareHead: Int32Array;
}

const INITIAL_OBJECTS = 1024;
/** Objects of 8 bytes in a page. */
const INITIAL_COUNTS = 513;
/** In a fold, in place of what follows an object in its slab's list. */
const HELD = -2;
export const NO_LIST = -1;

export function createSlabPool(): SlabPool {
  return {
    slabs: createTable({ fields: FIELDS, widths: {} }),
    nextFree: new Int32Array(INITIAL_OBJECTS).fill(NO_OBJECT),
    slabOf: new Int32Array(INITIAL_OBJECTS).fill(NO_SLAB),
    isAllocated: new Uint8Array(INITIAL_OBJECTS),
    nrObjectNumbers: 0,
    spareHead: new Int32Array(INITIAL_COUNTS).fill(NO_OBJECT),
  };
}

/** A new slab, all its objects free and linked in ascending order, on no list. */
export function makeSlab(p: SlabPool, cache: number, node: number, nrObjects: number, nrPages: number): number {
  const slab = takeRow(p.slabs);
  const first = takeNumbers(p, nrObjects);
  const { slabs } = p;
  slabs.used[slab] = 1;
  slabs.cache[slab] = cache;
  slabs.node[slab] = node;
  slabs.nrObjects[slab] = nrObjects;
  slabs.nrPages[slab] = nrPages;
  slabs.firstObject[slab] = first;
  slabs.freeHead[slab] = first;
  slabs.list[slab] = NO_LIST;
  slabs.next[slab] = NO_SLAB;
  slabs.previous[slab] = NO_SLAB;
  for (let object = first; object < first + nrObjects; object++) {
    p.slabOf[object] = slab;
    p.nextFree[object] = object + 1;
    p.isAllocated[object] = 0;
  }
  p.nextFree[first + nrObjects - 1] = NO_OBJECT;
  return slab;
}

/** Gives a slab back whose objects are all free. */
export function dropSlab(p: SlabPool, slab: number): void {
  const { slabs } = p;
  assert(slabs.nrInUse[slab] === 0, "a slab that is given back has no object in use");
  assert(slabs.list[slab] === NO_LIST, "a slab that is given back is on no list");
  const nrObjects = slabs.nrObjects[slab];
  const first = slabs.firstObject[slab];
  for (let object = first; object < first + nrObjects; object++) p.slabOf[object] = NO_SLAB;
  if (nrObjects >= p.spareHead.length) growSpare(p, nrObjects * 2);
  p.nextFree[first] = p.spareHead[nrObjects];
  p.spareHead[nrObjects] = first;
  slabs.used[slab] = 0;
  dropRow(slabs, slab);
}

/** @public What `snapshotSlabPool` returns. */
export interface SlabPoolSnapshot {
  readonly slabs: TableSnapshot;
  readonly nextFree: Int32Array;
  readonly slabOf: Int32Array;
  readonly isAllocated: Uint8Array;
  readonly spareHead: Int32Array;
}

export function snapshotSlabPool(p: SlabPool, cut: Cut = COPY): SlabPoolSnapshot {
  const n = p.nrObjectNumbers;
  return {
    slabs: snapshotTable(p.slabs, cut),
    nextFree: cut.ints(p.nextFree, n),
    slabOf: cut.ints(p.slabOf, n),
    isAllocated: cut.bytes(p.isAllocated, n),
    spareHead: cut.ints(p.spareHead, p.spareHead.length),
  };
}

export function restoreSlabPool(p: SlabPool, snapshot: SlabPoolSnapshot): void {
  restoreTable(p.slabs, snapshot.slabs);
  p.nrObjectNumbers = snapshot.nextFree.length;
  if (p.nrObjectNumbers > p.nextFree.length) growNumbers(p, p.nrObjectNumbers);
  p.nextFree.set(snapshot.nextFree);
  p.slabOf.set(snapshot.slabOf);
  p.isAllocated.set(snapshot.isAllocated);
  if (p.spareHead.length < snapshot.spareHead.length) growSpare(p, snapshot.spareHead.length);
  p.spareHead.fill(NO_OBJECT).set(snapshot.spareHead);
}

/** Calls `fold` with every word that counts, in a fixed order: not what followed an object before somebody held it. */
export function foldSlabPool(p: SlabPool, fold: (value: number) => void): void {
  foldTable(p.slabs, fold);
  fold(p.nrObjectNumbers);
  for (let object = 0; object < p.nrObjectNumbers; object++) {
    fold(p.isAllocated[object] === 1 ? HELD : p.nextFree[object]);
  }
  for (let count = 0; count < p.spareHead.length; count++) {
    if (p.spareHead[count] === NO_OBJECT) continue;
    fold(count);
    fold(p.spareHead[count]);
  }
}

function takeNumbers(p: SlabPool, nrObjects: number): number {
  const spare = nrObjects < p.spareHead.length ? p.spareHead[nrObjects] : NO_OBJECT;
  if (spare !== NO_OBJECT) {
    p.spareHead[nrObjects] = p.nextFree[spare];
    return spare;
  }
  const first = p.nrObjectNumbers;
  p.nrObjectNumbers = first + nrObjects;
  if (p.nrObjectNumbers > p.nextFree.length) growNumbers(p, Math.max(p.nrObjectNumbers, p.nextFree.length * 2));
  return first;
}

function growSpare(p: SlabPool, room: number): void {
  const larger = new Int32Array(room).fill(NO_OBJECT);
  larger.set(p.spareHead);
  p.spareHead = larger;
}

function growNumbers(p: SlabPool, room: number): void {
  const ints = (old: Int32Array) => {
    const larger = new Int32Array(room);
    larger.set(old);
    return larger;
  };
  p.nextFree = ints(p.nextFree);
  p.slabOf = ints(p.slabOf);
  const allocated = new Uint8Array(room);
  allocated.set(p.isAllocated);
  p.isAllocated = allocated;
}
