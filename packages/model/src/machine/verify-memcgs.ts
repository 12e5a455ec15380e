/**
 * Memcgs recounted from what refers to them: pages, kernel pages, slab, sockets, writeback, stock, children, deferred
 * work; their lists walked; their usage added up from below.
 *
 * Source: spec/memcg-slab.md A.3, A.5.
 */

import {
  FREE_MEMCG,
  NO_MEMCG,
  NR_LRU_LISTS,
  NR_PINS,
  OFFLINE_MEMCG,
  PIN_CACHE_COPY,
  PIN_CHILD,
  PIN_KERNEL_PAGE,
  PIN_NAMES,
  PIN_SLAB_PAGE,
  PIN_SOCKET,
  PIN_STOCK,
  PIN_SWAP,
  PIN_WORK,
  PIN_WRITEBACK,
  RELEASED_MEMCG,
  ROOT_MEMCG,
} from "../memcg/memcgs.ts";
import { pinOfPage } from "../memcg/page-life.ts";
import { FREE_PAGE, NO_LIST, NO_PAGE_ROW } from "../memcg/pages.ts";
import { percpuChargeBytes } from "../memcg/percpu-charge.ts";
import { PAGE_BYTES } from "../percpu/constants.ts";
import { COPY_DEAD, COPY_ONLINE } from "../slab/caches.ts";
import { NO_ROW } from "../table.ts";
import { expectEqual, NO_ORDINAL, NO_PAGE, type Violation } from "../violation.ts";
import {
  EVENT_COPIES_DEACTIVATE,
  EVENT_COPY_CREATE,
  EVENT_CSS_FREE,
  EVENT_CSS_RCU,
  EVENT_EARLY_RELEASE,
  EVENT_MEMORY_OBJCG,
} from "./events.ts";
import type { Machine } from "./state.ts";
import { NO_TASK, PID_MAX } from "./task-table.ts";

const PIN_RULES = PIN_NAMES.map((name) => `references of ${name}`);

/** Violations of the memcgs' counts; `page` is the memcg's row. */
export function verifyMemcgs(m: Machine, out: Violation[]): void {
  const t = m.memcgs;
  const found = recount(m);
  for (let row = 0; row < t.nrRows; row++) {
    if (t.state[row] === FREE_MEMCG) continue;
    let sum = 0;
    for (let kind = 0; kind < NR_PINS; kind++) {
      const at = row * NR_PINS + kind;
      sum += t.pins[at];
      if (row !== ROOT_MEMCG) expectEqual(out, PIN_RULES[kind], NO_ORDINAL, row, found.pins[at], t.pins[at]);
    }
    expectEqual(out, "references in all", NO_ORDINAL, row, sum, t.nrRefs[row]);
    const stuck = t.state[row] === OFFLINE_MEMCG && sum === 0;
    expectEqual(out, "an offline memcg without references is released", NO_ORDINAL, row, 0, stuck ? 1 : 0);
    const early = t.state[row] === RELEASED_MEMCG && sum !== 0;
    expectEqual(out, "a released memcg has no references", NO_ORDINAL, row, 0, early ? 1 : 0);
    if (row === ROOT_MEMCG) continue;
    expectEqual(out, "usage adds up", NO_ORDINAL, row, found.usage[row], t.usagePages[row]);
    expectEqual(out, "kernel memory adds up", NO_ORDINAL, row, found.kmem[row], t.kmemPages[row]);
    expectEqual(out, "swap adds up", NO_ORDINAL, row, found.swap[row], t.swapPages[row]);
  }
  expectEqual(out, "pages in memory", NO_ORDINAL, NO_PAGE, found.nrPages, m.nrPagesUsed);
  expectEqual(out, "pages in swap", NO_ORDINAL, NO_PAGE, found.nrSwapped, m.nrSwapUsed);
  verifyLists(m, out);
  verifyFiles(m, out);
}

interface Recount {
  readonly pins: Int32Array;
  readonly usage: Int32Array;
  readonly kmem: Int32Array;
  readonly swap: Int32Array;
  nrPages: number;
  nrSwapped: number;
}

function recount(m: Machine): Recount {
  const n = m.memcgs.nrRows;
  const r: Recount = {
    pins: new Int32Array(n * NR_PINS),
    usage: new Int32Array(n),
    kmem: new Int32Array(n),
    swap: new Int32Array(n),
    nrPages: 0,
    nrSwapped: 0,
  };
  recountPages(m, r);
  recountKernelMemory(m, r);
  recountRest(m, r);
  recountOwned(m, r);
  recountWork(m, r);
  return r;
}

function addUp(m: Machine, column: Int32Array, memcg: number, n: number): void {
  for (let up = memcg; up !== NO_MEMCG; up = m.memcgs.parent[up]) column[up] += n;
}

function recountPages(m: Machine, r: Recount): void {
  const { pages } = m;
  for (let page = 0; page < pages.nrRows; page++) {
    if (pages.kind[page] === FREE_PAGE) continue;
    const owner = pages.owner[page];
    const n = pages.nrPages[page];
    const isSwapped = pages.inSwap[page] !== 0;
    r.pins[owner * NR_PINS + (isSwapped ? PIN_SWAP : pinOfPage(pages.kind[page]))] += n;
    addUp(m, isSwapped ? r.swap : r.usage, owner, n);
    if (isSwapped) r.nrSwapped += n;
    else r.nrPages += n;
  }
}

function recountKernelMemory(m: Machine, r: Recount): void {
  const { tasks, caches: t, profile } = m;
  const { kernelPages, kernelObjects } = profile.memcgRules;
  const count = (memcg: number, kind: number, n: number) => {
    if (kind >= 0) r.pins[memcg * NR_PINS + kind] += n;
    addUp(m, r.usage, memcg, n);
    addUp(m, r.kmem, memcg, n);
  };
  for (let pid = 1; pid < PID_MAX; pid++) {
    if (tasks.cgroup[pid] === NO_TASK) continue;
    count(tasks.stackOwner[pid], kernelPages === "pin" ? PIN_KERNEL_PAGE : -1, tasks.nrKernelPages[pid]);
  }
  for (let row = 0; row < t.nrRows; row++) {
    if (t.state[row] !== COPY_ONLINE && t.state[row] !== COPY_DEAD) continue;
    count(t.memcg[row], kernelObjects === "page-pins" ? PIN_SLAB_PAGE : -1, t.nrPages[row]);
    if (kernelObjects === "copy-pins") r.pins[t.memcg[row] * NR_PINS + PIN_CACHE_COPY]++;
  }
  const { objcgs } = m;
  for (let row = 0; row < objcgs.nrRows; row++) {
    if (objcgs.used[row] !== 0) count(objcgs.memcg[row], -1, objcgs.nrPages[row]);
  }
}

function recountRest(m: Machine, r: Recount): void {
  const { sockets, writebacks, memcgs } = m;
  for (let cpu = 0; cpu < m.options.nrCpus; cpu++) {
    if (m.stockPages[cpu] === 0) continue;
    r.pins[m.stockMemcg[cpu] * NR_PINS + PIN_STOCK] += m.stockPages[cpu];
    addUp(m, r.usage, m.stockMemcg[cpu], m.stockPages[cpu]);
  }
  for (let row = 0; row < sockets.nrRows; row++) {
    if (sockets.used[row] !== 0) r.pins[sockets.memcg[row] * NR_PINS + PIN_SOCKET]++;
  }
  for (let row = 0; row < writebacks.nrRows; row++) {
    if (writebacks.used[row] !== 0) r.pins[writebacks.memcg[row] * NR_PINS + PIN_WRITEBACK]++;
  }
  for (let row = 0; row < memcgs.nrRows; row++) {
    if (memcgs.state[row] !== FREE_MEMCG && row !== ROOT_MEMCG) r.pins[memcgs.parent[row] * NR_PINS + PIN_CHILD]++;
  }
}

/** Accounted percpu areas, charged to the parent of the memcg that holds them. */
function recountOwned(m: Machine, r: Recount): void {
  const { memcgs, plan } = m;
  const bytes = new Float64Array(memcgs.nrRows);
  for (let row = 0; row < memcgs.nrRows; row++) {
    const parent = memcgs.parent[row];
    if (memcgs.state[row] === FREE_MEMCG || row === ROOT_MEMCG || parent === ROOT_MEMCG) continue;
    for (let i = 0; i < plan.nrAreas; i++) {
      if (memcgs.areas[row * plan.nrAreas + i] === NO_ROW || plan.accounted[i] === 0) continue;
      bytes[parent] += percpuChargeBytes(m, plan.sizeBytes[i]);
    }
  }
  for (let row = 0; row < memcgs.nrRows; row++) {
    addUp(m, r.usage, row, memcgs.state[row] === FREE_MEMCG ? 0 : Math.ceil(bytes[row] / PAGE_BYTES));
    addUp(m, r.kmem, row, memcgs.state[row] === FREE_MEMCG ? 0 : Math.ceil(bytes[row] / PAGE_BYTES));
  }
}

/** References that deferred events hold. */
function recountWork(m: Machine, r: Recount): void {
  const { queue: q, caches, cgroups, memcgs } = m;
  const work = (memcg: number) => {
    r.pins[memcg * NR_PINS + PIN_WORK]++;
  };
  for (let i = 0; i < q.length; i++) {
    const subject = q.subject[i];
    const code = q.code[i];
    if (code === EVENT_COPY_CREATE) work(caches.memcg[subject]);
    else if (code === EVENT_COPIES_DEACTIVATE || code === EVENT_EARLY_RELEASE || code === EVENT_MEMORY_OBJCG)
      work(subject);
    else if (code === EVENT_CSS_RCU || code === EVENT_CSS_FREE) {
      const memcg = cgroups.memcg[subject];
      if (memcg !== NO_MEMCG && memcgs.freedWithCgroup[memcg] === 0) work(memcg);
    }
  }
}

/** Every list holds what its count says, and each page in memory stands on one list of its owner. */
function verifyLists(m: Machine, out: Violation[]): void {
  const { memcgs: t, pages } = m;
  let nrListed = 0;
  for (let at = 0; at < t.nrRows * t.nrNodes * NR_LRU_LISTS; at++) {
    const memcg = Math.floor(at / (t.nrNodes * NR_LRU_LISTS));
    if (t.state[memcg] === FREE_MEMCG) continue;
    let n = 0;
    let previous = NO_PAGE_ROW;
    for (let page = t.lruHead[at]; page !== NO_PAGE_ROW; page = pages.lruNext[page]) {
      n += pages.nrPages[page];
      nrListed++;
      const isRight =
        pages.owner[page] === memcg && pages.list[page] === at % NR_LRU_LISTS && pages.lruPrevious[page] === previous;
      expectEqual(out, "a page stands on a list of its owner", NO_ORDINAL, page, 1, isRight ? 1 : 0);
      previous = page;
    }
    expectEqual(out, "pages of a list", NO_ORDINAL, memcg, n, t.lruPages[at]);
    expectEqual(out, "tail of a list", NO_ORDINAL, memcg, previous, t.lruTail[at]);
  }
  let nrInMemory = 0;
  for (let page = 0; page < pages.nrRows; page++) {
    if (pages.kind[page] === FREE_PAGE) continue;
    const isListed = pages.list[page] !== NO_LIST;
    expectEqual(out, "a page in swap is on no list", NO_ORDINAL, page, pages.inSwap[page], isListed ? 0 : 1);
    if (isListed) nrInMemory++;
  }
  const isOverfull = m.nrSwapUsed > m.nrSwapPages;
  expectEqual(out, "swap holds no more than it has room for", NO_ORDINAL, NO_PAGE, 0, isOverfull ? 1 : 0);
  expectEqual(out, "pages on lists", NO_ORDINAL, NO_PAGE, nrInMemory, nrListed);
}

function verifyFiles(m: Machine, out: Violation[]): void {
  const { files, openFiles, pages } = m;
  const nrOpen = new Int32Array(files.nrRows);
  for (let handle = 0; handle < openFiles.nrRows; handle++) {
    if (openFiles.used[handle] !== 0 && openFiles.file[handle] !== NO_ROW) nrOpen[openFiles.file[handle]]++;
  }
  for (let file = 0; file < files.nrRows; file++) {
    if (files.used[file] === 0) continue;
    let n = 0;
    for (let page = files.firstPage[file]; page !== NO_PAGE_ROW; page = pages.nextInHolder[page]) n++;
    expectEqual(out, "pages of a file", NO_ORDINAL, file, n, files.nrPages[file]);
    expectEqual(out, "handles of a file", NO_ORDINAL, file, nrOpen[file], files.nrOpen[file]);
  }
}
