/** Slab objects come and go. Source: spec/memcg-slab.md D.3, D.6, E.2. */

import { assert } from "../assert.ts";
import { type Machine, nodeOfCpu } from "../machine/state.ts";
import { PIN_SLAB_PAGE } from "../memcg/memcgs.ts";
import { addUsage, dropPins, takePins } from "../memcg/references.ts";
import { SLAB_RECLAIMABLE_B, SLAB_UNRECLAIMABLE_B } from "../memcg-stats/items.ts";
import { modLruvecStat } from "../memcg-stats/update.ts";
import { PAGE_BYTES } from "../percpu/constants.ts";
import { addSlabs, COPY_DEAD, ROOT_CACHE, refillCpu } from "./caches.ts";
import { cacheRowFor, destroyEmptyCopy } from "./copies.ts";

/** Wholly free slabs that a cache keeps for its next objects (min_partial of SLUB below 4 kB). */
const KEPT_EMPTY_SLABS = 5;

/** Takes an object of `cache` for `memcg`; answers the row it came from, to be freed to. */
export function allocObject(m: Machine, cache: number, memcg: number, cpu: number): number {
  const row = m.caches.specs[cache].accounted ? cacheRowFor(m, cache, memcg) : cache;
  if (row === cache) takeFromRoot(m, cache, 1, cpu);
  else takeFromCopy(m, row, cpu);
  m.caches.nrLive[row]++;
  return row;
}

export function freeObject(m: Machine, row: number, cpu: number): void {
  const t = m.caches;
  assert(t.nrLive[row] > 0, "an object that is freed is live");
  t.nrLive[row]--;
  if (t.state[row] !== ROOT_CACHE) {
    t.nrFree[row]++;
    trimCopy(m, row, t.state[row] === COPY_DEAD ? 0 : KEPT_EMPTY_SLABS, cpu);
    if (t.state[row] === COPY_DEAD) destroyEmptyCopy(m, row);
    return;
  }
  giveToRoot(m, row, 1, cpu);
}

/** Takes `n` objects of an unaccounted cache at once. */
export function allocObjects(m: Machine, cache: number, n: number, cpu: number): void {
  takeFromRoot(m, cache, n, cpu);
  m.caches.nrLive[cache] += n;
}

/** Frees `n` objects of an unaccounted cache at once. */
export function freeObjects(m: Machine, cache: number, n: number, cpu: number): void {
  assert(m.caches.nrLive[cache] >= n, "objects that are freed are live");
  m.caches.nrLive[cache] -= n;
  giveToRoot(m, cache, n, cpu);
}

function takeFromRoot(m: Machine, row: number, n: number, cpu: number): void {
  const t = m.caches;
  const at = row * t.nrCpus + cpu;
  for (let left = n; left > 0; ) {
    if (t.atHand[at] === 0) refillCpu(t, row, cpu);
    const taken = Math.min(left, t.atHand[at]);
    t.atHand[at] -= taken;
    left -= taken;
  }
}

function giveToRoot(m: Machine, row: number, n: number, cpu: number): void {
  const t = m.caches;
  const at = row * t.nrCpus + cpu;
  for (let left = n; left > 0; ) {
    if (t.atHand[at] >= t.limit[row]) {
      t.atHand[at] -= t.batch[row];
      t.nrFree[row] += t.batch[row];
      trimRoot(m, row);
    }
    const given = Math.min(left, t.limit[row] - t.atHand[at]);
    t.atHand[at] += given;
    left -= given;
  }
}

function trimRoot(m: Machine, row: number): void {
  const t = m.caches;
  const { objectsPerSlab } = t.specs[t.cache[row]];
  const nrEmpty = Math.floor(t.nrFree[row] / objectsPerSlab) - KEPT_EMPTY_SLABS;
  if (nrEmpty > 0) addSlabs(t, row, -nrEmpty);
}

function takeFromCopy(m: Machine, row: number, cpu: number): void {
  const t = m.caches;
  if (t.nrFree[row] === 0) chargeSlabs(m, row, 1, cpu);
  t.nrFree[row]--;
}

/** Gives back the wholly free slabs of a copy beyond `kept`. */
export function trimCopy(m: Machine, row: number, kept: number, cpu: number): void {
  const t = m.caches;
  const { objectsPerSlab } = t.specs[t.cache[row]];
  const nrEmpty = Math.floor(t.nrFree[row] / objectsPerSlab) - kept;
  if (nrEmpty > 0) chargeSlabs(m, row, -nrEmpty, cpu);
}

/** Slabs of a copy are charged to its memcg, and each of their pages may pin it. */
function chargeSlabs(m: Machine, row: number, n: number, cpu: number): void {
  const t = m.caches;
  const memcg = t.memcg[row];
  const nrPages = addSlabs(t, row, n);
  const item = t.specs[t.cache[row]].reclaimable ? SLAB_RECLAIMABLE_B : SLAB_UNRECLAIMABLE_B;
  modLruvecStat(m.stats, memcg, nodeOfCpu(m, cpu), item, nrPages * PAGE_BYTES, cpu);
  addUsage(m.memcgs, "usagePages", memcg, nrPages);
  addUsage(m.memcgs, "kmemPages", memcg, nrPages);
  if (m.profile.memcgRules.kernelObjects !== "page-pins") return;
  if (nrPages > 0) takePins(m, memcg, PIN_SLAB_PAGE, nrPages);
  else dropPins(m, memcg, PIN_SLAB_PAGE, -nrPages);
}

/** Moves the charge of a copy's slabs to another memcg. */
export function moveCopyCharge(m: Machine, row: number, to: number, cpu: number): void {
  const t = m.caches;
  const from = t.memcg[row];
  const spec = t.specs[t.cache[row]];
  const nrPages = t.nrSlabs[row] * spec.pagesPerSlab;
  const item = spec.reclaimable ? SLAB_RECLAIMABLE_B : SLAB_UNRECLAIMABLE_B;
  const node = nodeOfCpu(m, cpu);
  modLruvecStat(m.stats, from, node, item, -nrPages * PAGE_BYTES, cpu);
  modLruvecStat(m.stats, to, node, item, nrPages * PAGE_BYTES, cpu);
  for (const counter of ["usagePages", "kmemPages"] as const) {
    addUsage(m.memcgs, counter, from, -nrPages);
    addUsage(m.memcgs, counter, to, nrPages);
  }
  t.memcg[row] = to;
}
