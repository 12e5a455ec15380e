/** Slab objects by count against what holds them. */

import { ONLINE } from "../cgroup/cgroups.ts";
import { COPY_PENDING, FREE_CACHE, ROOT_CACHE } from "../slab/caches.ts";
import { NO_ROW } from "../table.ts";
import { expectEqual, NO_ORDINAL, NO_PAGE, type Violation } from "../violation.ts";
import type { Machine } from "./state.ts";
import { NO_TASK, PID_MAX } from "./task-table.ts";

/** Each object is live, at hand of a CPU or free in a slab; those of copies are held by a task, a file or an open file. */
export function verifySlab(m: Machine, out: Violation[]): void {
  const t = m.caches;
  const held = heldObjects(m);
  let reclaimable = 0;
  let unreclaimable = 0;
  for (let row = 0; row < t.nrRows; row++) {
    if (t.state[row] === FREE_CACHE) continue;
    const spec = t.specs[t.cache[row]];
    const atHand = t.state[row] === ROOT_CACHE ? sumOf(t.atHand, row * t.nrCpus, (row + 1) * t.nrCpus) : 0;
    const all = t.nrLive[row] + atHand + t.nrFree[row];
    expectEqual(
      out,
      "an object is live, at hand or free in a slab",
      NO_ORDINAL,
      row,
      t.nrSlabs[row] * spec.objectsPerSlab,
      all,
    );
    if (t.state[row] !== ROOT_CACHE) {
      expectEqual(out, "live objects of a copy have a holder", NO_ORDINAL, row, held[row], t.nrLive[row]);
    }
    if (t.state[row] === COPY_PENDING) {
      expectEqual(out, "a copy not yet made has no slabs", NO_ORDINAL, row, 0, t.nrSlabs[row]);
    }
    if (spec.reclaimable) reclaimable += t.nrSlabs[row] * spec.pagesPerSlab;
    else unreclaimable += t.nrSlabs[row] * spec.pagesPerSlab;
  }
  expectEqual(out, "reclaimable slab pages", NO_ORDINAL, NO_PAGE, reclaimable, t.nrReclaimablePages);
  expectEqual(out, "unreclaimable slab pages", NO_ORDINAL, NO_PAGE, unreclaimable, t.nrUnreclaimablePages);
}

function sumOf(words: Int32Array, from: number, end: number): number {
  let sum = 0;
  for (let i = from; i < end; i++) sum += words[i];
  return sum;
}

/** Objects that tasks, files and open files hold, by cache row. */
function heldObjects(m: Machine): Int32Array {
  const { tasks, files, openFiles, forkList, execList, openList } = m;
  const held = new Int32Array(m.caches.nrRows);
  for (let pid = 1; pid < PID_MAX; pid++) {
    if (tasks.cgroup[pid] === NO_TASK) continue;
    for (let i = pid * forkList.length; i < (pid + 1) * forkList.length; i++) held[tasks.forkRows[i]]++;
    if (tasks.hasProgram[pid] === 0) continue;
    for (let i = pid * execList.length; i < (pid + 1) * execList.length; i++) held[tasks.execRows[i]]++;
  }
  for (let row = 0; row < m.caches.nrRows; row++) held[row] += m.caches.nrUnused[row];
  const { cgroups } = m;
  for (let row = 0; row < cgroups.nrRows; row++) {
    if (cgroups.state[row] === ONLINE && cgroups.dentryCache[row] !== NO_ROW) held[cgroups.dentryCache[row]]++;
  }
  for (let file = 0; file < files.nrRows; file++) {
    if (files.used[file] === 0) continue;
    for (const row of [files.inodeCache[file], files.dentryCache[file]]) if (row !== NO_ROW) held[row]++;
  }
  for (let handle = 0; handle < openFiles.nrRows; handle++) {
    if (openFiles.used[handle] === 0) continue;
    for (let i = handle * openList.length; i < (handle + 1) * openList.length; i++) held[openFiles.objects[i]]++;
  }
  return held;
}
