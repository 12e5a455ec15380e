/**
 * Copies of caches for one memcg each (Linux 3.8 to 5.8): made lazily by a work item, given up when the memcg goes
 * offline. How a copy that was given up ends, by era:
 *
 *   the copy holds its memcg     by its own work item: dead-caches.ts                              (3.8)
 *   its pages hold the memcg     emptied; destroyed with the memcg                                 (4.12, 5.0)
 *   it is moved to the parent    emptied; destroyed a grace period after its last page has gone    (5.4)
 *
 * Source: spec/memcg-slab.md D.6, E.4, E.5.
 */

import { assert } from "../assert.ts";
import { BOOT_CPU } from "../machine/boot-cpu.ts";
import { defer } from "../machine/deferred-queue.ts";
import { EVENT_COPIES_DEACTIVATE, EVENT_COPY_CREATE, EVENT_COPY_FREE, EVENT_COPY_OBJECTS } from "../machine/events.ts";
import { gracePeriodEndNs, type Machine } from "../machine/state.ts";
import { ONLINE_MEMCG, onlineAncestor, PIN_CACHE_COPY, PIN_WORK, ROOT_MEMCG } from "../memcg/memcgs.ts";
import { dropPins, takePins } from "../memcg/references.ts";
import { allocPercpu, freePercpu } from "../percpu/allocator.ts";
import type { CacheSpec } from "../profiles/profile.ts";
import { dropRow, NO_ROW } from "../table.ts";
import {
  AREAS_PER_COPY,
  COPY_DEAD,
  COPY_GONE,
  COPY_ONLINE,
  COPY_PENDING,
  FREE_CACHE,
  NO_CACHE,
  setKmem,
  takeCacheRow,
} from "./caches.ts";
import { markCopiesDead, triggerDestroy } from "./dead-caches.ts";
import { kmemCopy, kmemDestroy, kmemKeepNothing, kmemShrink } from "./kmem.ts";
import { allocObject, freeObjects } from "./objects.ts";
import { needsBarrier } from "./slab-allocator/tune.ts";
import { moveCopyCharge } from "./slab-pages.ts";

/**
 * Row to take an object of an accounted cache from: the memcg's copy once it is there. The first requests are served by
 * the root cache, uncharged, and ask for the copy, which a worker of their CPU makes.
 */
export function cacheRowFor(m: Machine, cache: number, memcg: number, cpu: number): number {
  if (memcg === ROOT_MEMCG || m.profile.cacheCopies === undefined || m.memcgs.kmemActive[memcg] === 0) return cache;
  const t = m.caches;
  let row = m.memcgs.copies[memcg];
  while (row !== NO_CACHE && (t.cache[row] !== cache || t.state[row] === COPY_DEAD)) row = t.nextOfMemcg[row];
  if (row === NO_CACHE) requestCopy(m, cache, memcg, cpu);
  return row !== NO_CACHE && t.state[row] === COPY_ONLINE ? row : cache;
}

function requestCopy(m: Machine, cache: number, memcg: number, cpu: number): void {
  if (m.memcgs.state[memcg] !== ONLINE_MEMCG) return;
  const t = m.caches;
  const row = takeCacheRow(t, COPY_PENDING, cache);
  t.memcg[row] = memcg;
  t.cpu[row] = cpu;
  linkCopy(m, row);
  takePins(m, memcg, PIN_WORK, 1);
  const dueNs = Math.max(m.nowNs + m.profile.copyDelayNs, m.copyQueueNs);
  m.copyQueueNs = dueNs + creationNs(m);
  defer(m.queue, dueNs, EVENT_COPY_CREATE, row);
}

/** How long making one copy keeps the next from being made: as long as the other CPUs are waited for. */
function creationNs(m: Machine): number {
  const { nrCpus, arrayCachePolicy: policy } = m.options;
  if (m.caches.kmem.slab === undefined || nrCpus === 1 || !needsBarrier(policy.barrier, false)) return 0;
  return m.profile.barrierNs.reduce((found, [from, ns]) => (nrCpus >= from ? ns : found), 0);
}

/**
 * The work item: makes the copy unless its memcg has gone offline meanwhile. It runs once the task that asked gives way:
 * not while a program is being started on that CPU.
 */
function createCopy(m: Machine, row: number): void {
  const t = m.caches;
  const memcg = t.memcg[row];
  const cpu = m.cpuOnline[t.cpu[row]] !== 0 ? t.cpu[row] : BOOT_CPU;
  if (m.cpuBusyNs[cpu] > m.nowNs) {
    defer(m.queue, m.cpuBusyNs[cpu] + m.profile.copyDelayNs, EVENT_COPY_CREATE, row);
    return;
  }
  m.cpuWorked[cpu] = 1;
  if (m.memcgs.state[memcg] === ONLINE_MEMCG) {
    takeCopyParts(m, row, cpu);
    t.state[row] = COPY_ONLINE;
    if (m.profile.memcgRules.kernelObjects === "copy-pins") takePins(m, memcg, PIN_CACHE_COPY, 1);
  } else {
    unlinkCopy(m, row);
    t.state[row] = FREE_CACHE;
    dropRow(t, row);
  }
  dropPins(m, memcg, PIN_WORK, 1);
}

/** Areas and structures of the copy, then its cache; on `cpu`, from where other CPUs are interrupted if they must be. */
function takeCopyParts(m: Machine, row: number, cpu: number): void {
  const t = m.caches;
  const cache = t.cache[row];
  m.profile.cacheCopies?.areas(t.specs[cache]).forEach(([sizeBytes, alignBytes], i) => {
    t.areas[row * AREAS_PER_COPY + i] = allocPercpu(m.percpu, sizeBytes, alignBytes, false, 0);
  });
  objectsOfCopy(m, t.specs[cache]).forEach((name, i) => {
    const object = allocObject(m, cacheIndex(m, name), ROOT_MEMCG, cpu);
    t.objects[row * t.objectsPerCopy + i] = object;
  });
  t.onCpu = cpu;
  setKmem(t, row, kmemCopy(t.kmem, t.kmemCache[cache], cpu, m.options.arrayCachePolicy.barrier));
}

/** Caches of the structures that a copy of `spec` is made of: its own, and those it has for each node. */
function objectsOfCopy(m: Machine, spec: CacheSpec): readonly string[] {
  const { cacheCopies } = m.profile;
  if (cacheCopies === undefined) return [];
  const names = [...cacheCopies.objects];
  for (let node = 0; node < m.options.nrNodes; node++) names.push(...(cacheCopies.cacheObjects?.(spec) ?? []));
  return names;
}

/** Row of the root cache called `name`; NO_CACHE when there is none. */
export function cacheIndex(m: Machine, name: string): number {
  return m.caches.indexOf.get(name) ?? NO_CACHE;
}

/** Puts the copy at the head of the list of its memcg. */
function linkCopy(m: Machine, row: number): void {
  const { memcgs, caches: t } = m;
  const head = memcgs.copies[t.memcg[row]];
  t.nextOfMemcg[row] = head;
  t.previousOfMemcg[row] = NO_CACHE;
  if (head !== NO_CACHE) t.previousOfMemcg[head] = row;
  memcgs.copies[t.memcg[row]] = row;
}

function unlinkCopy(m: Machine, row: number): void {
  const { memcgs, caches: t } = m;
  const next = t.nextOfMemcg[row];
  const previous = t.previousOfMemcg[row];
  if (previous === NO_CACHE) memcgs.copies[t.memcg[row]] = next;
  else t.nextOfMemcg[previous] = next;
  if (next !== NO_CACHE) t.previousOfMemcg[next] = previous;
}

/** The memcg goes offline: its copies are given up, where they do not die by themselves a grace period later. */
export function deactivateCopies(m: Machine, memcg: number): void {
  if (m.memcgs.copies[memcg] === NO_CACHE) return;
  if (m.profile.memcgRules.kernelObjects === "copy-pins") {
    markCopiesDead(m, memcg);
    return;
  }
  takePins(m, memcg, PIN_WORK, 1);
  defer(m.queue, gracePeriodEndNs(m), EVENT_COPIES_DEACTIVATE, memcg);
}

/** Every copy is emptied; where copies are reparented, each goes to the closest memcg that is online. */
function giveUpCopies(m: Machine, memcg: number): void {
  const t = m.caches;
  const isReparented = m.profile.memcgRules.kernelObjects === "reparented-copies";
  const heir = onlineAncestor(m.memcgs, memcg);
  for (let row = m.memcgs.copies[memcg]; row !== NO_CACHE; ) {
    const next = t.nextOfMemcg[row];
    if (t.state[row] === COPY_ONLINE) giveUpCopy(m, row);
    if (isReparented && t.state[row] === COPY_DEAD) {
      unlinkCopy(m, row);
      moveCopyCharge(m, row, heir);
      linkCopy(m, row);
    }
    row = next;
  }
  dropPins(m, memcg, PIN_WORK, 1);
}

function giveUpCopy(m: Machine, row: number): void {
  const t = m.caches;
  const wasEmpty = t.nrPages[row] === 0;
  t.state[row] = COPY_DEAD;
  t.onCpu = BOOT_CPU;
  kmemKeepNothing(t.kmem, t.kmemCache[row]);
  kmemShrink(t.kmem, t.kmemCache[row], BOOT_CPU);
  if (wasEmpty) copyIsEmpty(m, row);
}

/** A dead copy has no pages any more. */
export function copyIsEmpty(m: Machine, row: number): void {
  const { kernelObjects } = m.profile.memcgRules;
  if (kernelObjects === "copy-pins") triggerDestroy(m, row);
  else if (kernelObjects === "reparented-copies")
    defer(m.queue, gracePeriodEndNs(m) + m.profile.copyDestroyNs, EVENT_COPY_FREE, row);
}

/** The copy's cache and areas go, and a while later what it was made of. */
export function destroyCopy(m: Machine, row: number): void {
  const t = m.caches;
  t.onCpu = BOOT_CPU;
  const nrLive = kmemDestroy(t.kmem, t.kmemCache[row], BOOT_CPU);
  assert(nrLive === 0, "a copy that is destroyed has no live objects");
  t.kmemCache[row] = NO_CACHE;
  for (let i = row * AREAS_PER_COPY; i < (row + 1) * AREAS_PER_COPY; i++) {
    if (t.areas[i] !== NO_ROW) freePercpu(m.percpu, t.areas[i]);
    t.areas[i] = NO_ROW;
  }
  unlinkCopy(m, row);
  t.state[row] = COPY_GONE;
  if (m.profile.copyObjectsNs > 0) defer(m.queue, m.nowNs + m.profile.copyObjectsNs, EVENT_COPY_OBJECTS, row);
  else freeCopyObjects(m, row);
}

/** The structures of a copy that is gone, and its row, unless a work item still knows it. */
function freeCopyObjects(m: Machine, row: number): void {
  const t = m.caches;
  freeObjects(m, t.objects, row * t.objectsPerCopy, (row + 1) * t.objectsPerCopy, BOOT_CPU);
  if (t.nrWorks[row] > 0) return;
  dropCopyRow(m, row);
}

export function dropCopyRow(m: Machine, row: number): void {
  m.caches.state[row] = FREE_CACHE;
  dropRow(m.caches, row);
}

/** All copies of a memcg that is freed go with it. */
export function freeCopiesOf(m: Machine, memcg: number): void {
  while (m.memcgs.copies[memcg] !== NO_CACHE) destroyCopy(m, m.memcgs.copies[memcg]);
}

/** The events of copies; false when `code` is none of them. */
export function runCopyEvent(m: Machine, code: number, subject: number): boolean {
  if (code === EVENT_COPY_CREATE) createCopy(m, subject);
  else if (code === EVENT_COPIES_DEACTIVATE) giveUpCopies(m, subject);
  else if (code === EVENT_COPY_FREE) destroyCopy(m, subject);
  else if (code === EVENT_COPY_OBJECTS) freeCopyObjects(m, subject);
  else return false;
  return true;
}
