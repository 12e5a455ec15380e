/**
 * The dying cgroups of a machine, one by one: what still refers to each, and what each still holds. A view: it changes
 * nothing and is taken anew each time.
 *
 *   dying cgroup -- its memcgs that are not freed --+-- references by kind: pages, swap slots, sockets, ...
 *                                                   +-- percpu areas, slab objects, cache copies, pages
 *
 * A memcg whose cgroup is online but had its memory controller taken away is dying too and stands here by itself.
 *
 * Source: spec/memcg-slab.md A.2, A.3, G.
 */

import { cgroupPath, DYING, NO_AREA, ONLINE } from "../cgroup/cgroups.ts";
import { FREE_MEMCG, KILLED_MEMCG, NR_PINS, OFFLINE_MEMCG, ONLINE_MEMCG, ROOT_MEMCG } from "../memcg/memcgs.ts";
import { NO_OBJCG } from "../memcg/objcgs.ts";
import { ANON_PAGE, FILE_PAGE, FREE_PAGE } from "../memcg/pages.ts";
import { AREAS_PER_WRITEBACK } from "../memcg/writebacks.ts";
import { areaBytes } from "../percpu/allocator.ts";
import { PAGE_BYTES } from "../percpu/constants.ts";
import { AREAS_PER_COPY, COPY_PENDING, NO_CACHE, rowOfObject } from "../slab/caches.ts";
import { NO_OBJECT } from "../slab/pool.ts";
import { NO_ROW } from "../table.ts";
import type { Machine } from "./state.ts";
import { NO_TASK, PID_MAX } from "./task-table.ts";

/** Pages of files, in memory, that are charged to a dying memcg. */
interface HeldFilePages {
  nrPages: number;
  /** Of them, held in memory by mlock, and not yet written to a disk. */
  nrLocked: number;
  nrDirty: number;
  readonly files: Set<number>;
}

/** Pages charged to a dying memcg that tasks hold, and those tasks. */
interface HeldTaskPages {
  nrPages: number;
  readonly pids: Set<number>;
}

/** Slots in swap that name a dying memcg, and whose pages are in them. */
interface HeldSwap {
  nrPages: number;
  readonly files: Set<number>;
  readonly pids: Set<number>;
}

/** How far a dying cgroup is: its reference counts are being killed; something pins it; nothing does any more. */
export type DyingStage = "killed" | "pinned" | "going";

/** @public One dying cgroup, or one dying memcg of a cgroup that is online. */
export interface DyingCgroup {
  readonly cgroup: number;
  readonly path: string;
  /** False: the cgroup is online, its memory controller was taken away. */
  readonly isRemoved: boolean;
  /** Since rmdir, ns of virtual time; undefined when it was not removed. */
  readonly ageNs: number | undefined;
  stage: DyingStage;
  /** References on its memcgs by kind, indexes as PIN_NAMES. */
  readonly pins: Int32Array;
  readonly anon: HeldTaskPages;
  readonly filePages: HeldFilePages;
  readonly shmemPages: HeldFilePages;
  readonly kernelPages: HeldTaskPages;
  readonly swap: HeldSwap;
  nrCopies: number;
  /** Live objects in its cache copies, by cache. */
  readonly liveObjects: Map<string, number>;
  /** Lengths of its percpu areas, bytes of one unit. */
  percpuBytesPerCpu: number;
  /** Slab objects as the allocator rounds them, and the slabs of its cache copies, bytes. */
  slabBytes: number;
  /** Memcg ids it keeps from being used again. */
  nrIds: number;
}

/** All dying cgroups, in the order of their rows. */
export function dyingCgroups(m: Machine): readonly DyingCgroup[] {
  const byCgroup = new Map<number, DyingCgroup>();
  const byMemcg: (DyingCgroup | undefined)[] = [];
  const { cgroups, memcgs } = m;
  const nrLive = liveObjects(m);
  for (let cgroup = 0; cgroup < cgroups.nrRows; cgroup++) {
    if (cgroups.state[cgroup] === DYING && cgroups.released[cgroup] === 0) addDying(m, byCgroup, cgroup);
  }
  for (let memcg = 0; memcg < memcgs.nrRows; memcg++) {
    if (!isDyingMemcg(m, memcg)) continue;
    const cgroup = memcgs.cgroup[memcg];
    const dying = byCgroup.get(cgroup) ?? addDying(m, byCgroup, cgroup);
    byMemcg[memcg] = dying;
    addMemcg(m, dying, memcg, nrLive);
  }
  addPages(m, byMemcg);
  addKernelPages(m, byMemcg);
  return [...byCgroup.values()].sort((a, b) => a.cgroup - b.cgroup);
}

/** Removed, or its controller taken away, and not yet freed. */
export function isDyingMemcg(m: Machine, memcg: number): boolean {
  const state = m.memcgs.state[memcg];
  return memcg !== ROOT_MEMCG && state !== FREE_MEMCG && state !== ONLINE_MEMCG;
}

function addDying(m: Machine, byCgroup: Map<number, DyingCgroup>, cgroup: number): DyingCgroup {
  const { cgroups } = m;
  const isRemoved = cgroups.state[cgroup] !== ONLINE;
  const filePages = (): HeldFilePages => ({ nrPages: 0, nrLocked: 0, nrDirty: 0, files: new Set() });
  const dying: DyingCgroup = {
    cgroup,
    path: cgroupPath(cgroups, cgroup),
    isRemoved,
    ageNs: isRemoved ? m.nowNs - cgroups.removedNs[cgroup] : undefined,
    stage: "going",
    pins: new Int32Array(NR_PINS),
    anon: { nrPages: 0, pids: new Set() },
    filePages: filePages(),
    shmemPages: filePages(),
    kernelPages: { nrPages: 0, pids: new Set() },
    swap: { nrPages: 0, files: new Set(), pids: new Set() },
    nrCopies: 0,
    liveObjects: new Map(),
    percpuBytesPerCpu: 0,
    slabBytes: 0,
    nrIds: 0,
  };
  byCgroup.set(cgroup, dying);
  if (isRemoved) addOwnParts(m, dying);
  return dying;
}

/** What belongs to the cgroup itself. */
function addOwnParts(m: Machine, dying: DyingCgroup): void {
  const { cgroups, plan } = m;
  dying.percpuBytesPerCpu += areasBytes(m, cgroups.areas, dying.cgroup * plan.nrAreas, plan.nrAreas);
  dying.slabBytes += objectBytes(m, cgroups.objects, dying.cgroup, cgroups.objectsPerCgroup);
}

function addMemcg(m: Machine, dying: DyingCgroup, memcg: number, nrLive: Int32Array): void {
  const { memcgs, plan } = m;
  const from = memcg * plan.nrAreas;
  for (let kind = 0; kind < NR_PINS; kind++) dying.pins[kind] += memcgs.pins[memcg * NR_PINS + kind];
  if (memcgs.state[memcg] === KILLED_MEMCG) dying.stage = "killed";
  else if (memcgs.state[memcg] === OFFLINE_MEMCG && dying.stage === "going") dying.stage = "pinned";
  if (memcgs.id[memcg] !== 0) dying.nrIds++;
  dying.percpuBytesPerCpu += areasBytes(m, memcgs.areas, from, plan.nrAreas);
  dying.slabBytes += objectBytes(m, memcgs.objects, memcg, memcgs.objectsPerMemcg);
  if (memcgs.objcg[memcg] !== NO_OBJCG) {
    dying.slabBytes += objectBytes(m, m.objcgs.ownObjects, memcgs.objcg[memcg], plan.objcgObjects.length);
  }
  for (let copy = memcgs.copies[memcg]; copy !== NO_CACHE; copy = m.caches.nextOfMemcg[copy]) {
    addCopy(m, dying, copy, nrLive[copy]);
  }
  const writeback = memcgs.writebacks[memcg];
  if (writeback === NO_ROW) return;
  const areasFrom = writeback * AREAS_PER_WRITEBACK;
  dying.percpuBytesPerCpu += areasBytes(m, m.writebacks.areas, areasFrom, AREAS_PER_WRITEBACK);
  dying.slabBytes += objectBytes(m, m.writebacks.object, writeback, 1);
}

function addCopy(m: Machine, dying: DyingCgroup, copy: number, nrLive: number): void {
  const t = m.caches;
  if (t.state[copy] === COPY_PENDING) return;
  const spec = t.specs[t.cache[copy]];
  dying.nrCopies++;
  if (nrLive > 0) dying.liveObjects.set(spec.name, (dying.liveObjects.get(spec.name) ?? 0) + nrLive);
  dying.percpuBytesPerCpu += areasBytes(m, t.areas, copy * AREAS_PER_COPY, AREAS_PER_COPY);
  dying.slabBytes += t.nrPages[copy] * PAGE_BYTES;
  dying.slabBytes += objectBytes(m, t.objects, copy, t.objectsPerCopy);
}

/** Allocated objects of each cache, by row. */
function liveObjects(m: Machine): Int32Array {
  const { isAllocated, nrObjectNumbers } = m.caches.kmem.pool;
  const nrLive = new Int32Array(m.caches.nrRows);
  for (let object = 0; object < nrObjectNumbers; object++) {
    if (isAllocated[object] !== 0) nrLive[rowOfObject(m.caches, object)]++;
  }
  return nrLive;
}

function addPages(m: Machine, byMemcg: readonly (DyingCgroup | undefined)[]): void {
  const { pages } = m;
  for (let page = 0; page < pages.nrRows; page++) {
    if (pages.kind[page] === FREE_PAGE) continue;
    const dying = byMemcg[pages.owner[page]];
    if (dying === undefined) continue;
    if (pages.inSwap[page] !== 0) addSwapped(m, dying.swap, page);
    else if (pages.kind[page] === ANON_PAGE) addTaskPages(dying.anon, pages.nrPages[page], pages.holder[page]);
    else addFilePage(m, pages.kind[page] === FILE_PAGE ? dying.filePages : dying.shmemPages, page);
  }
}

function addSwapped(m: Machine, swap: HeldSwap, page: number): void {
  swap.nrPages += m.pages.nrPages[page];
  (m.pages.kind[page] === ANON_PAGE ? swap.pids : swap.files).add(m.pages.holder[page]);
}

function addFilePage(m: Machine, held: HeldFilePages, page: number): void {
  held.nrPages += m.pages.nrPages[page];
  if (m.pages.nrLocks[page] > 0) held.nrLocked += m.pages.nrPages[page];
  if (m.pages.dirty[page] !== 0) held.nrDirty += m.pages.nrPages[page];
  held.files.add(m.pages.holder[page]);
}

function addTaskPages(held: HeldTaskPages, nrPages: number, pid: number): void {
  held.nrPages += nrPages;
  held.pids.add(pid);
}

function addKernelPages(m: Machine, byMemcg: readonly (DyingCgroup | undefined)[]): void {
  const { tasks } = m;
  for (let pid = 1; pid < PID_MAX; pid++) {
    if (tasks.cgroup[pid] === NO_TASK || tasks.nrKernelPages[pid] === 0) continue;
    const dying = byMemcg[tasks.stackOwner[pid]];
    if (dying !== undefined) addTaskPages(dying.kernelPages, tasks.nrKernelPages[pid], pid);
  }
}

/** Lengths of the areas in `nrAreas` words from `from` on, bytes of one unit. */
function areasBytes(m: Machine, areas: ArrayLike<number>, from: number, nrAreas: number): number {
  let bytes = 0;
  for (let at = from; at < from + nrAreas; at++) if (areas[at] !== NO_AREA) bytes += areaBytes(m.percpu, areas[at]);
  return bytes;
}

/** Sizes of the objects in the `width` words of a row. */
function objectBytes(m: Machine, words: Int32Array, row: number, width: number): number {
  const t = m.caches;
  let bytes = 0;
  for (let i = row * width; i < (row + 1) * width; i++) {
    if (words[i] !== NO_OBJECT) bytes += t.specs[t.cache[rowOfObject(t, words[i])]].sizeBytes;
  }
  return bytes;
}
