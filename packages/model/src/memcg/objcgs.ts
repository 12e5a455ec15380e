/**
 * Object cgroups (Linux 5.9 and later): one set of caches for all, and each accounted object names the *objcg* it is
 * charged to. An objcg is charged by bytes and pays whole pages; when its memcg goes offline it is moved to the closest
 * one that is online, and stays until the last object it owns is freed.
 *
 *   object --ownerOf--> objcg --memcg--> memcg that pays
 *
 *   pages charged = bytes of its objects + bytes in CPUs' stocks + restBytes, exactly
 *
 * A CPU keeps the bytes it has paid and not used in stock, for one objcg at a time.
 *
 * Source: spec/memcg-slab.md A.3 ("slab object"), E.5 ("obj_cgroup byte accounting").
 */

import { assert } from "../assert.ts";
import type { Machine } from "../machine/state.ts";
import { PAGE_BYTES } from "../percpu/constants.ts";
import { rowOfObject } from "../slab/caches.ts";
import { allocObject, freeObjects } from "../slab/objects.ts";
import { chargeSlabBytes } from "../slab/slab-pages.ts";
import { createTable, dropRow, NO_ROW, type Table, takeRow } from "../table.ts";
import { chargePages } from "./charge.ts";
import { ROOT_MEMCG } from "./memcgs.ts";
import { addUsage } from "./references.ts";

export const NO_OBJCG = NO_ROW;
/** The object's place in the list of owners that its slab has. */
const OWNER_BYTES = 8;
/** Kinds of slab memory, for each node: an index into `slabBytes`. */
const NR_KINDS = 2;

const FIELDS = [
  "used",
  /** The memcg that pays. */
  "memcg",
  /** 1 once its own memcg is offline: it goes with its last object. */
  "isOrphan",
  "nrObjects",
  "nrPages",
  /** Bytes paid that nobody uses, below a page unless a stock was just drained. */
  "restBytes",
  /** Bytes of its objects, by node, unreclaimable and reclaimable. */
  "slabBytes",
  /** Objects that it is made of itself. */
  "ownObjects",
  "nextOfMemcg",
  "previousOfMemcg",
] as const;

type ObjcgField = (typeof FIELDS)[number];

export type Objcgs = Table<ObjcgField> & {
  /** By object: the objcg it is charged to. */
  ownerOf: Int32Array;
  /** By CPU: whose bytes it keeps, and how many. */
  readonly stockObjcg: Int32Array;
  readonly stockBytes: Int32Array;
};

const INITIAL_OBJECTS = 1024;

/** @param nrOwnObjects slab objects that an objcg is made of */
export function createObjcgs(nrCpus: number, nrNodes: number, nrOwnObjects: number): Objcgs {
  const widths = { slabBytes: nrNodes * NR_KINDS, ownObjects: nrOwnObjects };
  return {
    ...createTable({ fields: FIELDS, widths }),
    ownerOf: new Int32Array(INITIAL_OBJECTS).fill(NO_OBJCG),
    stockObjcg: new Int32Array(nrCpus).fill(NO_OBJCG),
    stockBytes: new Int32Array(nrCpus),
  };
}

/** The objcg of a memcg that has just been made, where the kernel has such things. */
export function addObjcg(m: Machine, memcg: number, cpu: number): void {
  if (m.profile.memcgRules.kernelObjects !== "shared") return;
  const { objcgs: t, plan } = m;
  const row = takeRow(t);
  t.used[row] = 1;
  t.memcg[row] = memcg;
  link(m, row);
  m.memcgs.objcg[memcg] = row;
  const from = row * plan.objcgObjects.length;
  for (let i = 0; i < plan.objcgObjects.length; i++) {
    t.ownObjects[from + i] = allocObject(m, plan.objcgObjects[i], ROOT_MEMCG, cpu);
  }
}

/** Charges an object that has just been taken for `memcg`: the root pays nothing. */
export function chargeObject(m: Machine, object: number, cache: number, memcg: number, cpu: number): void {
  const objcg = m.memcgs.objcg[memcg];
  if (objcg === NO_OBJCG) return;
  const t = m.objcgs;
  if (object >= t.ownerOf.length) growOwners(t, object);
  t.ownerOf[object] = objcg;
  t.nrObjects[objcg]++;
  payBytes(m, objcg, chargeOf(m, cache), cpu);
  countBytes(m, object, cache, objcg, 1);
}

/** Gives the charge of an object back that is about to be freed. */
export function unchargeObject(m: Machine, object: number, cpu: number): void {
  const t = m.objcgs;
  const objcg = object < t.ownerOf.length ? t.ownerOf[object] : NO_OBJCG;
  if (objcg === NO_OBJCG) return;
  const cache = m.caches.cache[rowOfObject(m.caches, object)];
  t.ownerOf[object] = NO_OBJCG;
  t.nrObjects[objcg]--;
  keepBytes(m, objcg, chargeOf(m, cache), cpu);
  countBytes(m, object, cache, objcg, -1);
  if (t.isOrphan[objcg] !== 0 && t.nrObjects[objcg] === 0) releaseObjcg(m, objcg, cpu);
}

/** What an object of `cache` is charged as, bytes. */
export function chargeOf(m: Machine, cache: number): number {
  return m.caches.specs[cache].sizeBytes + OWNER_BYTES;
}

function countBytes(m: Machine, object: number, cache: number, objcg: number, sign: number): void {
  const t = m.objcgs;
  const { reclaimable, sizeBytes } = m.caches.specs[cache];
  const { slabs, slabOf } = m.caches.kmem.pool;
  const node = slabs.node[slabOf[object]];
  t.slabBytes[objcg * m.options.nrNodes * NR_KINDS + node * NR_KINDS + (reclaimable ? 1 : 0)] += sign * sizeBytes;
  chargeSlabBytes(m, t.memcg[objcg], node, reclaimable, sign * sizeBytes);
}

/** Pays for `n` bytes: from what the CPU has in stock for this objcg, or by whole pages. */
function payBytes(m: Machine, objcg: number, n: number, cpu: number): void {
  const t = m.objcgs;
  if (t.stockObjcg[cpu] === objcg && t.stockBytes[cpu] >= n) {
    t.stockBytes[cpu] -= n;
    return;
  }
  const nrPages = Math.ceil(n / PAGE_BYTES);
  // The page counter first: it may reclaim, and what is freed comes back here.
  chargePages(m, t.memcg[objcg], nrPages, cpu, true);
  addUsage(m.memcgs, "kmemPages", t.memcg[objcg], nrPages);
  t.nrPages[objcg] += nrPages;
  if (nrPages * PAGE_BYTES > n) keepBytes(m, objcg, nrPages * PAGE_BYTES - n, cpu);
}

/** Puts paid bytes into the CPU's stock; whole pages that come together there are given back. */
function keepBytes(m: Machine, objcg: number, n: number, cpu: number): void {
  const t = m.objcgs;
  if (t.stockObjcg[cpu] !== objcg) {
    drainObjcgStock(m, cpu);
    t.stockObjcg[cpu] = objcg;
    t.stockBytes[cpu] = t.restBytes[objcg];
    t.restBytes[objcg] = 0;
  }
  t.stockBytes[cpu] += n;
  if (t.stockBytes[cpu] <= PAGE_BYTES) return;
  payPages(m, objcg, -Math.floor(t.stockBytes[cpu] / PAGE_BYTES));
  t.stockBytes[cpu] %= PAGE_BYTES;
}

/** Empties the stock of one CPU: whole pages are given back, what is less stays the objcg's. */
export function drainObjcgStock(m: Machine, cpu: number): void {
  const t = m.objcgs;
  const objcg = t.stockObjcg[cpu];
  if (objcg === NO_OBJCG) return;
  const nrPages = Math.floor(t.stockBytes[cpu] / PAGE_BYTES);
  if (nrPages > 0) payPages(m, objcg, -nrPages);
  t.restBytes[objcg] += t.stockBytes[cpu] - nrPages * PAGE_BYTES;
  t.stockObjcg[cpu] = NO_OBJCG;
  t.stockBytes[cpu] = 0;
}

function payPages(m: Machine, objcg: number, nrPages: number): void {
  const t = m.objcgs;
  t.nrPages[objcg] += nrPages;
  addUsage(m.memcgs, "usagePages", t.memcg[objcg], nrPages);
  addUsage(m.memcgs, "kmemPages", t.memcg[objcg], nrPages);
}

/** The memcg goes offline: all that pays through it pays through `to` from now on, and its own objcg is an orphan. */
export function moveObjcgs(m: Machine, memcg: number, to: number, cpu: number): void {
  const own = m.memcgs.objcg[memcg];
  m.caches.onCpu = cpu;
  while (m.memcgs.firstObjcg[memcg] !== NO_OBJCG) moveObjcg(m, m.memcgs.firstObjcg[memcg], to);
  m.memcgs.objcg[memcg] = NO_OBJCG;
  if (own === NO_OBJCG) return;
  m.objcgs.isOrphan[own] = 1;
  if (m.objcgs.nrObjects[own] === 0) releaseObjcg(m, own, cpu);
}

function moveObjcg(m: Machine, objcg: number, to: number): void {
  const t = m.objcgs;
  const nrPages = t.nrPages[objcg];
  payPages(m, objcg, -nrPages);
  countAllBytes(m, objcg, -1);
  unlink(m, objcg);
  t.memcg[objcg] = to;
  link(m, objcg);
  countAllBytes(m, objcg, 1);
  payPages(m, objcg, nrPages);
}

function countAllBytes(m: Machine, objcg: number, sign: number): void {
  const t = m.objcgs;
  for (let node = 0; node < m.options.nrNodes; node++) {
    for (let kind = 0; kind < NR_KINDS; kind++) {
      const bytes = t.slabBytes[(objcg * m.options.nrNodes + node) * NR_KINDS + kind];
      if (bytes !== 0) chargeSlabBytes(m, t.memcg[objcg], node, kind === 1, sign * bytes);
    }
  }
}

/** The last object is gone: what was paid and is left are whole pages, and go back. */
function releaseObjcg(m: Machine, objcg: number, cpu: number): void {
  const t = m.objcgs;
  for (let one = 0; one < m.options.nrCpus; one++) if (t.stockObjcg[one] === objcg) drainObjcgStock(m, one);
  assert(t.restBytes[objcg] === t.nrPages[objcg] * PAGE_BYTES, "what an objcg paid and does not use is whole pages");
  payPages(m, objcg, -t.nrPages[objcg]);
  unlink(m, objcg);
  const width = m.plan.objcgObjects.length;
  freeObjects(m, t.ownObjects, objcg * width, (objcg + 1) * width, cpu);
  t.used[objcg] = 0;
  dropRow(t, objcg);
}

/** Puts the objcg at the head of the list of the memcg that pays. */
function link(m: Machine, objcg: number): void {
  const { objcgs: t, memcgs } = m;
  const head = memcgs.firstObjcg[t.memcg[objcg]];
  t.nextOfMemcg[objcg] = head;
  t.previousOfMemcg[objcg] = NO_OBJCG;
  if (head !== NO_OBJCG) t.previousOfMemcg[head] = objcg;
  memcgs.firstObjcg[t.memcg[objcg]] = objcg;
}

function unlink(m: Machine, objcg: number): void {
  const { objcgs: t, memcgs } = m;
  const next = t.nextOfMemcg[objcg];
  const previous = t.previousOfMemcg[objcg];
  if (previous === NO_OBJCG) memcgs.firstObjcg[t.memcg[objcg]] = next;
  else t.nextOfMemcg[previous] = next;
  if (next !== NO_OBJCG) t.previousOfMemcg[next] = previous;
}

function growOwners(t: Objcgs, object: number): void {
  const larger = new Int32Array(Math.max(object + 1, t.ownerOf.length * 2)).fill(NO_OBJCG);
  larger.set(t.ownerOf);
  t.ownerOf = larger;
}
