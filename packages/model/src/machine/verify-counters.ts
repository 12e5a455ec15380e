/**
 * The memcg statistics against the truth: what every counter and every residue on the way to it add up to must be what
 * the pages, stacks and page tables of the machine say, for each memcg and all below it.
 *
 * Counters of memcgs that are gone net to nothing: their pages went before them. With a fault of the statistics switched
 * on this is where it shows.
 *
 * Source: spec/memcg-slab.md C.5 (1, 4, 5).
 */

import { FREE_MEMCG, NO_MEMCG } from "../memcg/memcgs.ts";
import { NO_OBJCG } from "../memcg/objcgs.ts";
import { LIST_ITEMS } from "../memcg/page-life.ts";
import { ANON_PAGE, FREE_PAGE, SHMEM_PAGE } from "../memcg/pages.ts";
import {
  MEMCG_SWAP,
  NR_ANON,
  NR_FILE,
  NR_FILE_DIRTY,
  NR_KERNEL_STACK_KB,
  NR_LRUVEC_ITEMS,
  NR_MEMCG_ITEMS,
  NR_PAGETABLE,
  NR_SHMEM,
  SLAB_RECLAIMABLE_B,
  SLAB_UNRECLAIMABLE_B,
} from "../memcg-stats/items.ts";
import { pendingOf, residueOf, sharedSum } from "../memcg-stats/read.ts";
import { lruvecValue } from "../memcg-stats/state.ts";
import { PAGE_BYTES } from "../percpu/constants.ts";
import { COPY_DEAD, COPY_ONLINE, rowOfObject } from "../slab/caches.ts";
import { expectEqual, NO_ORDINAL, type Violation } from "../violation.ts";
import type { Machine } from "./state.ts";
import { NO_TASK, PID_MAX } from "./task-table.ts";

const KB_PER_PAGE = PAGE_BYTES / 1024;
/** Items that are recounted; slab items count whole slabs of copies. */
const ITEMS = [
  NR_ANON,
  NR_FILE,
  NR_SHMEM,
  NR_FILE_DIRTY,
  ...LIST_ITEMS,
  NR_KERNEL_STACK_KB,
  NR_PAGETABLE,
  SLAB_RECLAIMABLE_B,
  SLAB_UNRECLAIMABLE_B,
  MEMCG_SWAP,
];

/** Violations of the counters; `page` is the memcg's row. */
export function verifyCounters(m: Machine, out: Violation[]): void {
  const isRecursive =
    m.profile.memcgRules.statistics === "batch-hierarchy" || m.profile.memcgRules.statistics === "rstat";
  const truth = recount(m);
  for (let memcg = 0; memcg < m.memcgs.nrRows; memcg++) {
    if (m.memcgs.state[memcg] === FREE_MEMCG) continue;
    for (const item of ITEMS) {
      const found = counted(m, memcg, item, isRecursive);
      const expected = isRecursive
        ? truth.below[memcg * NR_MEMCG_ITEMS + item]
        : truth.own[memcg * NR_MEMCG_ITEMS + item];
      expectEqual(out, "a counter and what is on its way to it are the truth", NO_ORDINAL, memcg, expected, found);
      if (item < NR_LRUVEC_ITEMS) verifyNodes(m, memcg, item, found, isRecursive, out);
    }
  }
}

/** What the nodes count adds up to what the memcg counts. */
function verifyNodes(
  m: Machine,
  memcg: number,
  item: number,
  ofMemcg: number,
  isRecursive: boolean,
  out: Violation[],
): void {
  let sum = 0;
  for (let node = 0; node < m.options.nrNodes; node++) sum += counted(m, memcg, lruvecValue(node, item), isRecursive);
  expectEqual(out, "the counters of the nodes add up to the memcg's", NO_ORDINAL, memcg, ofMemcg, sum);
}

/** The memcg's sum, and what has not reached it: of its own CPUs, or of all below it where sums are recursive. */
function counted(m: Machine, memcg: number, value: number, isRecursive: boolean): number {
  const sum = sharedSum(m.stats, memcg, value);
  if (!isRecursive) return sum + onTheWay(m, memcg, value);
  return sum + onTheWayBelow(m, memcg, value);
}

function onTheWay(m: Machine, memcg: number, value: number): number {
  let sum = pendingOf(m.stats, memcg, value);
  for (let cpu = 0; cpu < m.options.nrCpus; cpu++) sum += residueOf(m.stats, memcg, value, cpu);
  return sum;
}

function onTheWayBelow(m: Machine, memcg: number, value: number): number {
  let sum = onTheWay(m, memcg, value);
  const { firstChild, nextSibling } = m.memcgs;
  for (let child = firstChild[memcg]; child !== NO_MEMCG; child = nextSibling[child])
    sum += onTheWayBelow(m, child, value);
  return sum;
}

interface Truth {
  readonly own: Float64Array;
  /** With all below. */
  readonly below: Float64Array;
}

function recount(m: Machine): Truth {
  const words = m.memcgs.nrRows * NR_MEMCG_ITEMS;
  const truth: Truth = { own: new Float64Array(words), below: new Float64Array(words) };
  const count = (memcg: number, item: number, n: number) => {
    truth.own[memcg * NR_MEMCG_ITEMS + item] += n;
    for (let up = memcg; up !== NO_MEMCG; up = m.memcgs.parent[up]) truth.below[up * NR_MEMCG_ITEMS + item] += n;
  };
  recountPages(m, count);
  recountKernelMemory(m, count);
  return truth;
}

type Count = (memcg: number, item: number, n: number) => void;

function recountPages(m: Machine, count: Count): void {
  const { pages } = m;
  for (let page = 0; page < pages.nrRows; page++) {
    const kind = pages.kind[page];
    if (kind === FREE_PAGE) continue;
    const owner = pages.owner[page];
    const n = pages.nrPages[page];
    if (pages.inSwap[page] !== 0) {
      count(owner, MEMCG_SWAP, n);
      continue;
    }
    count(owner, kind === ANON_PAGE ? NR_ANON : NR_FILE, n);
    if (kind === SHMEM_PAGE) count(owner, NR_SHMEM, n);
    if (pages.dirty[page] !== 0) count(owner, NR_FILE_DIRTY, n);
    count(owner, LIST_ITEMS[pages.list[page]], n);
  }
}

function recountKernelMemory(m: Machine, count: Count): void {
  const { tasks, caches: t } = m;
  const { stackPages } = m.profile.task;
  for (let pid = 1; pid < PID_MAX; pid++) {
    if (tasks.cgroup[pid] === NO_TASK || tasks.nrKernelPages[pid] === 0) continue;
    count(tasks.stackOwner[pid], NR_KERNEL_STACK_KB, stackPages * KB_PER_PAGE);
    count(tasks.stackOwner[pid], NR_PAGETABLE, tasks.nrKernelPages[pid] - stackPages);
  }
  for (let row = 0; row < t.nrRows; row++) {
    if (t.state[row] !== COPY_ONLINE && t.state[row] !== COPY_DEAD) continue;
    const spec = t.specs[t.cache[row]];
    const item = spec.reclaimable ? SLAB_RECLAIMABLE_B : SLAB_UNRECLAIMABLE_B;
    count(t.memcg[row], item, t.nrPages[row] * PAGE_BYTES);
  }
  recountCharged(m, count);
}

/** Objects that name who is charged for them. */
function recountCharged(m: Machine, count: Count): void {
  const { ownerOf, memcg } = m.objcgs;
  const t = m.caches;
  for (let object = 0; object < Math.min(ownerOf.length, t.kmem.pool.nrObjectNumbers); object++) {
    if (ownerOf[object] === NO_OBJCG) continue;
    const { reclaimable, sizeBytes } = t.specs[t.cache[rowOfObject(t, object)]];
    count(memcg[ownerOf[object]], reclaimable ? SLAB_RECLAIMABLE_B : SLAB_UNRECLAIMABLE_B, sizeBytes);
  }
}
