/**
 * Copies of caches for one memcg each (Linux 3.8 to 5.8): made lazily by a work item, given up when the memcg goes
 * offline, destroyed with it or, reparented, when their last object goes.
 *
 * Source: spec/memcg-slab.md D.6, E.4, E.5.
 */

import { BOOT_CPU } from "../machine/boot-cpu.ts";
import { defer } from "../machine/deferred-queue.ts";
import { EVENT_COPIES_DEACTIVATE, EVENT_COPY_CREATE, EVENT_COPY_FREE, EVENT_COPY_OBJECTS } from "../machine/events.ts";
import { gracePeriodEndNs, type Machine } from "../machine/state.ts";
import { ONLINE_MEMCG, onlineAncestor, PIN_CACHE_COPY, PIN_WORK, ROOT_MEMCG } from "../memcg/memcgs.ts";
import { dropPins, takePins } from "../memcg/references.ts";
import { allocPercpu, freePercpu } from "../percpu/allocator.ts";
import type { CacheSpec } from "../profiles/profile.ts";
import { dropRow, NO_ROW, takeRow } from "../table.ts";
import { AREAS_PER_COPY, COPY_DEAD, COPY_GONE, COPY_ONLINE, COPY_PENDING, FREE_CACHE, NO_CACHE } from "./caches.ts";
import { allocObject, freeObject, moveCopyCharge, trimCopy } from "./objects.ts";

/**
 * Row to take an object of an accounted cache from: the memcg's copy once it is there. The first requests are served by
 * the root cache, uncharged, and ask for the copy.
 */
export function cacheRowFor(m: Machine, cache: number, memcg: number): number {
  if (memcg === ROOT_MEMCG || m.profile.cacheCopies === undefined || m.memcgs.kmemActive[memcg] === 0) return cache;
  const t = m.caches;
  let row = m.memcgs.copies[memcg];
  while (row !== NO_CACHE && (t.cache[row] !== cache || t.state[row] === COPY_DEAD)) row = t.nextOfMemcg[row];
  if (row === NO_CACHE) requestCopy(m, cache, memcg);
  return row !== NO_CACHE && t.state[row] === COPY_ONLINE ? row : cache;
}

function requestCopy(m: Machine, cache: number, memcg: number): void {
  if (m.memcgs.state[memcg] !== ONLINE_MEMCG) return;
  const t = m.caches;
  const row = takeRow(t);
  t.state[row] = COPY_PENDING;
  t.cache[row] = cache;
  t.memcg[row] = memcg;
  t.areas.fill(NO_ROW, row * AREAS_PER_COPY, (row + 1) * AREAS_PER_COPY);
  linkCopy(m, row);
  takePins(m, memcg, PIN_WORK, 1);
  defer(m.queue, m.nowNs + m.profile.copyDelayNs, EVENT_COPY_CREATE, row);
}

/** The work item: makes the copy unless its memcg has gone offline meanwhile. */
function createCopy(m: Machine, row: number): void {
  const t = m.caches;
  const memcg = t.memcg[row];
  if (m.memcgs.state[memcg] === ONLINE_MEMCG) {
    takeCopyParts(m, row);
    t.state[row] = COPY_ONLINE;
    if (m.profile.memcgRules.kernelObjects === "copy-pins") takePins(m, memcg, PIN_CACHE_COPY, 1);
  } else {
    unlinkCopy(m, row);
    t.state[row] = FREE_CACHE;
    dropRow(t, row);
  }
  dropPins(m, memcg, PIN_WORK, 1);
}

function takeCopyParts(m: Machine, row: number): void {
  const t = m.caches;
  const spec: CacheSpec = t.specs[t.cache[row]];
  m.profile.cacheCopies?.areas(spec).forEach(([sizeBytes, alignBytes], i) => {
    t.areas[row * AREAS_PER_COPY + i] = allocPercpu(m.percpu, sizeBytes, alignBytes, false, 0);
  });
  for (const name of objectsOfCopy(m, spec)) allocObject(m, cacheIndex(m, name), ROOT_MEMCG, BOOT_CPU);
}

/** Caches of the structures that a copy of `spec` is made of: its own, and those it has for each node. */
export function objectsOfCopy(m: Machine, spec: CacheSpec): readonly string[] {
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

/** The memcg goes offline: its copies are given up a grace period later, which holds a reference on it. */
export function deactivateCopies(m: Machine, memcg: number): void {
  if (m.memcgs.copies[memcg] === NO_CACHE || m.profile.memcgRules.kernelObjects === "copy-pins") return;
  takePins(m, memcg, PIN_WORK, 1);
  defer(m.queue, gracePeriodEndNs(m), EVENT_COPIES_DEACTIVATE, memcg);
}

function giveUpCopies(m: Machine, memcg: number): void {
  const t = m.caches;
  const isReparented = m.profile.memcgRules.kernelObjects === "reparented-copies";
  const heir = onlineAncestor(m.memcgs, memcg);
  let row = m.memcgs.copies[memcg];
  while (row !== NO_CACHE) {
    const next = t.nextOfMemcg[row];
    const isNew = t.state[row] === COPY_ONLINE;
    if (isNew) {
      t.state[row] = COPY_DEAD;
      trimCopy(m, row, 0, BOOT_CPU);
    }
    if (isReparented && t.state[row] === COPY_DEAD) {
      unlinkCopy(m, row);
      moveCopyCharge(m, row, heir, BOOT_CPU);
      linkCopy(m, row);
      if (isNew) destroyEmptyCopy(m, row);
    }
    row = next;
  }
  dropPins(m, memcg, PIN_WORK, 1);
}

/** A reparented copy goes with its last object, a grace period later; others wait for their memcg. */
export function destroyEmptyCopy(m: Machine, row: number): void {
  if (m.profile.memcgRules.kernelObjects !== "reparented-copies" || m.caches.nrLive[row] > 0) return;
  defer(m.queue, gracePeriodEndNs(m) + m.profile.copyDestroyNs, EVENT_COPY_FREE, row);
}

function freeCopy(m: Machine, row: number): void {
  const t = m.caches;
  for (let i = row * AREAS_PER_COPY; i < (row + 1) * AREAS_PER_COPY; i++) {
    if (t.areas[i] !== NO_ROW) freePercpu(m.percpu, t.areas[i]);
    t.areas[i] = NO_ROW;
  }
  unlinkCopy(m, row);
  t.state[row] = COPY_GONE;
  if (m.profile.copyObjectsNs > 0) defer(m.queue, m.nowNs + m.profile.copyObjectsNs, EVENT_COPY_OBJECTS, row);
  else freeCopyObjects(m, row);
}

/** The structures of a copy whose areas are freed, and its row. */
function freeCopyObjects(m: Machine, row: number): void {
  const t = m.caches;
  for (const name of objectsOfCopy(m, t.specs[t.cache[row]])) freeObject(m, cacheIndex(m, name), BOOT_CPU);
  t.state[row] = FREE_CACHE;
  dropRow(t, row);
}

/** All copies of a memcg that is freed go with it. */
export function freeCopiesOf(m: Machine, memcg: number): void {
  while (m.memcgs.copies[memcg] !== NO_CACHE) freeCopy(m, m.memcgs.copies[memcg]);
}

/** The events of copies; false when `code` is none of them. */
export function runCopyEvent(m: Machine, code: number, subject: number): boolean {
  if (code === EVENT_COPY_CREATE) createCopy(m, subject);
  else if (code === EVENT_COPIES_DEACTIVATE) giveUpCopies(m, subject);
  else if (code === EVENT_COPY_FREE) freeCopy(m, subject);
  else if (code === EVENT_COPY_OBJECTS) freeCopyObjects(m, subject);
  else return false;
  return true;
}
