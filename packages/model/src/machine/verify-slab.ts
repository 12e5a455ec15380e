/**
 * Slab objects against what holds them: the allocator's own rules, then that each allocated object has exactly one holder
 * or has been there since boot, that pages are counted where they are, and that objcgs have paid for what they own.
 */

import { FREE_CGROUP } from "../cgroup/cgroups.ts";
import { FREE_MEMCG } from "../memcg/memcgs.ts";
import { chargeOf, NO_OBJCG } from "../memcg/objcgs.ts";
import { PAGE_BYTES } from "../percpu/constants.ts";
import { FREE_CACHE, NO_CACHE, ROOT_CACHE, rowOfObject } from "../slab/caches.ts";
import { verifyKmem } from "../slab/kmem.ts";
import { NO_OBJECT } from "../slab/pool.ts";
import { expectEqual, NO_ORDINAL, NO_PAGE, type Violation } from "../violation.ts";
import { EVENT_DEAD_CACHE } from "./events.ts";
import type { Machine } from "./state.ts";
import { NO_TASK, PID_MAX } from "./task-table.ts";

export function verifySlab(m: Machine, out: Violation[]): void {
  out.push(...verifyKmem(m.caches.kmem));
  verifyHolders(m, out);
  verifyPages(m, out);
  verifyWorks(m, out);
  verifyObjcgs(m, out);
  expectEqual(out, "no copy is used after it is destroyed", NO_ORDINAL, NO_PAGE, 0, m.caches.nrUsesAfterDestroy);
}

/** Every object somebody holds is allocated and held once; with those of the boot they are all there are. */
function verifyHolders(m: Machine, out: Violation[]): void {
  const { isAllocated, nrObjectNumbers } = m.caches.kmem.pool;
  const nrHolders = new Uint8Array(nrObjectNumbers);
  let nrHeld = 0;
  forEachHeldObject(m, (object) => {
    if (object === NO_OBJECT) return;
    nrHeld++;
    nrHolders[object]++;
    expectEqual(out, "an object somebody holds is allocated", NO_ORDINAL, object, 1, isAllocated[object]);
    expectEqual(out, "an object has one holder", NO_ORDINAL, object, 1, nrHolders[object]);
  });
  let nrAllocated = 0;
  for (let object = 0; object < nrObjectNumbers; object++) nrAllocated += isAllocated[object];
  const all = nrHeld + m.caches.nrBootObjects;
  expectEqual(out, "allocated objects have a holder or were there at boot", NO_ORDINAL, NO_PAGE, all, nrAllocated);
}

/** Calls `visit` with each word that stands for an object, NO_OBJECT included. */
function forEachHeldObject(m: Machine, visit: (object: number) => void): void {
  const { cgroups, memcgs, tasks, files, openFiles, writebacks, caches, objcgs, dentries, plan } = m;
  const row = (words: Int32Array, width: number, at: number) => {
    for (let i = at * width; i < (at + 1) * width; i++) visit(words[i]);
  };
  for (let at = 0; at < cgroups.nrRows; at++) {
    if (cgroups.state[at] === FREE_CGROUP) continue;
    row(cgroups.objects, cgroups.objectsPerCgroup, at);
    visit(cgroups.dentry[at]);
    visit(cgroups.inode[at]);
  }
  for (let at = 0; at < memcgs.nrRows; at++) {
    if (memcgs.state[at] !== FREE_MEMCG) row(memcgs.objects, memcgs.objectsPerMemcg, at);
  }
  for (let pid = 1; pid < PID_MAX; pid++) {
    if (tasks.cgroup[pid] === NO_TASK) continue;
    row(tasks.forkObjects, m.forkList.length, pid);
    if (tasks.hasProgram[pid] !== 0) row(tasks.execObjects, m.execList.length, pid);
  }
  for (let at = 0; at < files.nrRows; at++) {
    if (files.used[at] === 0) continue;
    visit(files.inode[at]);
    visit(files.dentry[at]);
  }
  for (let at = 0; at < openFiles.nrRows; at++) {
    if (openFiles.used[at] !== 0) row(openFiles.objects, openFiles.objectsPerOpen, at);
  }
  for (let at = 0; at < writebacks.nrRows; at++) if (writebacks.used[at] !== 0) visit(writebacks.object[at]);
  for (let at = 0; at < caches.nrRows; at++) {
    if (caches.state[at] !== FREE_CACHE) row(caches.objects, caches.objectsPerCopy, at);
  }
  for (let at = 0; at < objcgs.nrRows; at++) {
    if (objcgs.used[at] !== 0) row(objcgs.ownObjects, plan.objcgObjects.length, at);
  }
  for (let at = 0; at < dentries.nrRows; at++) {
    if (dentries.used[at] === 0) continue;
    visit(dentries.dentry[at]);
    visit(dentries.inode[at]);
  }
}

/** Pages of each cache, and of all by kind, from the slabs there are. */
function verifyPages(m: Machine, out: Violation[]): void {
  const t = m.caches;
  const { slabs } = t.kmem.pool;
  const nrPages = new Int32Array(t.nrRows);
  for (let slab = 0; slab < slabs.nrRows; slab++) {
    if (slabs.used[slab] !== 0) nrPages[t.rowOf[slabs.cache[slab]]] += slabs.nrPages[slab];
  }
  let reclaimable = 0;
  let unreclaimable = 0;
  for (let row = 0; row < t.nrRows; row++) {
    if (t.state[row] === FREE_CACHE) continue;
    expectEqual(out, "pages of a cache", NO_ORDINAL, row, nrPages[row], t.nrPages[row]);
    if (t.specs[t.cache[row]].reclaimable) reclaimable += nrPages[row];
    else unreclaimable += nrPages[row];
    const hasCache = t.kmemCache[row] !== NO_CACHE;
    if (hasCache) expectEqual(out, "a cache knows its row", NO_ORDINAL, row, row, t.rowOf[t.kmemCache[row]]);
    if (t.state[row] === ROOT_CACHE) expectEqual(out, "a root cache is there", NO_ORDINAL, row, 1, Number(hasCache));
  }
  expectEqual(out, "reclaimable slab pages", NO_ORDINAL, NO_PAGE, reclaimable, t.nrReclaimablePages);
  expectEqual(out, "unreclaimable slab pages", NO_ORDINAL, NO_PAGE, unreclaimable, t.nrUnreclaimablePages);
}

/** Runs that copies are waiting for are in the queue. */
function verifyWorks(m: Machine, out: Violation[]): void {
  const nrWorks = new Int32Array(m.caches.nrRows);
  for (let i = 0; i < m.queue.length; i++) if (m.queue.code[i] === EVENT_DEAD_CACHE) nrWorks[m.queue.subject[i]]++;
  for (let row = 0; row < m.caches.nrRows; row++) {
    if (m.caches.state[row] === FREE_CACHE) continue;
    expectEqual(out, "work items of a copy are queued", NO_ORDINAL, row, nrWorks[row], m.caches.nrWorks[row]);
  }
}

/** What an objcg has paid for is what its objects take, what CPUs keep for it, and its rest. */
function verifyObjcgs(m: Machine, out: Violation[]): void {
  const t = m.objcgs;
  const bytes = new Float64Array(t.nrRows);
  const nrObjects = new Int32Array(t.nrRows);
  const { isAllocated, nrObjectNumbers } = m.caches.kmem.pool;
  for (let object = 0; object < Math.min(nrObjectNumbers, t.ownerOf.length); object++) {
    const objcg = t.ownerOf[object];
    if (objcg === NO_OBJCG) continue;
    expectEqual(out, "an object that is charged is allocated", NO_ORDINAL, object, 1, isAllocated[object]);
    nrObjects[objcg]++;
    bytes[objcg] += chargeOf(m, m.caches.cache[rowOfObject(m.caches, object)]);
  }
  for (let cpu = 0; cpu < m.options.nrCpus; cpu++) {
    if (t.stockObjcg[cpu] !== NO_OBJCG) bytes[t.stockObjcg[cpu]] += t.stockBytes[cpu];
  }
  for (let row = 0; row < t.nrRows; row++) {
    if (t.used[row] === 0) continue;
    expectEqual(out, "objects of an objcg", NO_ORDINAL, row, nrObjects[row], t.nrObjects[row]);
    const paid = t.nrPages[row] * PAGE_BYTES;
    expectEqual(out, "an objcg pays for what it owns", NO_ORDINAL, row, bytes[row] + t.restBytes[row], paid);
  }
}
