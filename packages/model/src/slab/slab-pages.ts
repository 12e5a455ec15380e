/**
 * The pages of slabs as they come and go: counted for the machine and for the cache; those of a copy charged to its memcg,
 * each of them perhaps a reference on it. Counting is one operation for each slab of a copy, none for an object.
 *
 * Source: spec/memcg-slab.md A.3 ("slab page"), D.3, E.4 ("Cost on the hot path").
 */

import { type Machine, nodeOfCpu } from "../machine/state.ts";
import { PIN_SLAB_PAGE } from "../memcg/memcgs.ts";
import { addUsage, dropPins, takePins } from "../memcg/references.ts";
import { SLAB_RECLAIMABLE_B, SLAB_UNRECLAIMABLE_B } from "../memcg-stats/items.ts";
import { modLruvecStat } from "../memcg-stats/update.ts";
import { PAGE_BYTES } from "../percpu/constants.ts";
import { COPY_DEAD, ROOT_CACHE } from "./caches.ts";
import { copyIsEmpty } from "./copies.ts";
import type { SlabEvents } from "./events.ts";

/** What the allocator tells the machine; `machine` is asked when something happens, not before. */
export function slabEventsOf(machine: () => Machine): SlabEvents {
  return {
    pageGained: (kmem, nrPages) => countPages(machine(), kmem, nrPages),
    pageReleased: (kmem, nrPages) => countPages(machine(), kmem, -nrPages),
    ipi: (_fromCpu, toCpu) => {
      machine().caches.nrCallIpis[toCpu]++;
    },
  };
}

function countPages(m: Machine, kmem: number, nrPages: number): void {
  const t = m.caches;
  const row = t.rowOf[kmem];
  if (t.specs[t.cache[row]].reclaimable) t.nrReclaimablePages += nrPages;
  else t.nrUnreclaimablePages += nrPages;
  t.nrPages[row] += nrPages;
  if (t.state[row] === ROOT_CACHE) return;
  t.nrPageCounts++;
  chargePagesOf(m, row, t.memcg[row], nrPages);
  if (t.nrPages[row] === 0 && t.state[row] === COPY_DEAD) copyIsEmpty(m, row);
}

/** Charges pages of a copy to `memcg`, or with a negative number gives them back. */
function chargePagesOf(m: Machine, row: number, memcg: number, nrPages: number): void {
  chargeSlabBytes(m, memcg, nodeOfCpu(m, m.caches.onCpu), isReclaimable(m, row), nrPages * PAGE_BYTES);
  addUsage(m.memcgs, "usagePages", memcg, nrPages);
  addUsage(m.memcgs, "kmemPages", memcg, nrPages);
  if (m.profile.memcgRules.kernelObjects !== "page-pins") return;
  if (nrPages > 0) takePins(m, memcg, PIN_SLAB_PAGE, nrPages);
  else dropPins(m, memcg, PIN_SLAB_PAGE, -nrPages);
}

function isReclaimable(m: Machine, row: number): boolean {
  return m.caches.specs[m.caches.cache[row]].reclaimable;
}

/** Counts slab memory of `memcg` on a node, on the CPU of the call that is going on. */
export function chargeSlabBytes(m: Machine, memcg: number, node: number, reclaimable: boolean, bytes: number): void {
  const item = reclaimable ? SLAB_RECLAIMABLE_B : SLAB_UNRECLAIMABLE_B;
  modLruvecStat(m.stats, memcg, node, item, bytes, m.caches.onCpu);
}

/** Moves the charge of a copy's slabs to another memcg. */
export function moveCopyCharge(m: Machine, row: number, to: number): void {
  const t = m.caches;
  chargePagesOf(m, row, t.memcg[row], -t.nrPages[row]);
  chargePagesOf(m, row, to, t.nrPages[row]);
  t.memcg[row] = to;
}
