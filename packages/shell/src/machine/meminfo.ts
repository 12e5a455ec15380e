/**
 * The rows of /proc/meminfo: what the profile gives for the moment of boot, and what the machine has taken since; and
 * /proc/vmstat, the same counters in pages.
 *
 * Written from Documentation/filesystems/proc.rst, and proc(5).
 */

import { printMeminfo } from "@ebb/formats";
import {
  ACTIVE_ANON,
  ACTIVE_FILE,
  ANON_PAGE,
  FREE_PAGE,
  freeMemoryPages,
  INACTIVE_ANON,
  INACTIVE_FILE,
  type Machine,
  NR_LRU_LISTS,
  percpuKb,
  SHMEM_PAGE,
  slabGrowthPages,
  UNEVICTABLE,
} from "@ebb/model";

const KB_PER_PAGE = 4;

/** Pages of files and tasks in memory, machine-wide. */
interface PageTotals {
  anon: number;
  /** Page cache, shmem included. */
  file: number;
  shmem: number;
  dirty: number;
  locked: number;
  /** By list: INACTIVE_ANON and so on. */
  readonly lists: number[];
}

function pageTotals(m: Machine): PageTotals {
  const { kind, nrPages, inSwap, dirty, nrLocks, list, nrRows } = m.pages;
  const totals: PageTotals = {
    anon: 0,
    file: 0,
    shmem: 0,
    dirty: 0,
    locked: 0,
    lists: new Array<number>(NR_LRU_LISTS).fill(0),
  };
  for (let page = 0; page < nrRows; page++) {
    if (kind[page] === FREE_PAGE || inSwap[page] !== 0) continue;
    const n = nrPages[page] ?? 0;
    if (kind[page] === ANON_PAGE) totals.anon += n;
    else totals.file += n;
    if (kind[page] === SHMEM_PAGE) totals.shmem += n;
    if (dirty[page] !== 0) totals.dirty += n;
    if (nrLocks[page] !== 0) totals.locked += n;
    const at = list[page] ?? 0;
    totals.lists[at] = (totals.lists[at] ?? 0) + n;
  }
  return totals;
}

/** Kernel stacks and page tables, kB: every task has as many as the profile says. */
function kernelPagesKb(m: Machine): { readonly stacks: number; readonly tables: number } {
  const { stackPages, pageTablePages } = m.profile.task;
  const nrTasks = Math.round(m.nrKernelPages / (stackPages + pageTablePages));
  return { stacks: nrTasks * stackPages * KB_PER_PAGE, tables: nrTasks * pageTablePages * KB_PER_PAGE };
}

export function meminfo(m: Machine): string {
  return printMeminfo(rows(m));
}

/** Counters of /proc/vmstat that the machine has, and the rows of meminfo they are. */
const VMSTAT: readonly (readonly [counter: string, row: string])[] = [
  ["nr_free_pages", "MemFree"],
  ["nr_inactive_anon", "Inactive(anon)"],
  ["nr_active_anon", "Active(anon)"],
  ["nr_inactive_file", "Inactive(file)"],
  ["nr_active_file", "Active(file)"],
  ["nr_unevictable", "Unevictable"],
  ["nr_mlock", "Mlocked"],
  ["nr_slab_reclaimable", "SReclaimable"],
  ["nr_slab_unreclaimable", "SUnreclaim"],
  ["nr_anon_pages", "AnonPages"],
  ["nr_file_pages", "Cached"],
  ["nr_dirty", "Dirty"],
  ["nr_writeback", "Writeback"],
  ["nr_shmem", "Shmem"],
  ["nr_page_table_pages", "PageTables"],
];

export function vmstat(m: Machine): string {
  const kb = new Map(rows(m));
  const text = VMSTAT.map(([counter, row]) => `${counter} ${(kb.get(row) ?? 0) / KB_PER_PAGE}\n`).join("");
  return `${text}nr_kernel_stack ${kb.get("KernelStack") ?? 0}\n`;
}

function rows(m: Machine): (readonly [name: string, kb: number])[] {
  const { profile } = m;
  const percpu = percpuKb(m.percpu);
  const reclaimable = m.caches.nrReclaimablePages * KB_PER_PAGE;
  const unreclaimable = m.caches.nrUnreclaimablePages * KB_PER_PAGE;
  const reclaimableGrowth = slabGrowthPages(m.caches).reclaimable * KB_PER_PAGE;
  const kernel = kernelPagesKb(m);
  const totals = pageTotals(m);
  const list = (at: number) => (totals.lists[at] ?? 0) * KB_PER_PAGE;
  const free = Math.max(0, freeMemoryPages(m) * KB_PER_PAGE);
  const activeFile = list(ACTIVE_FILE);
  const inactiveFile = list(INACTIVE_FILE);
  return [
    ["MemTotal", profile.memTotalKb],
    ["MemFree", free],
    ["MemAvailable", free + activeFile + inactiveFile + reclaimableGrowth],
    ["Buffers", 0],
    ["Cached", totals.file * KB_PER_PAGE],
    ["SwapCached", 0],
    ["Active", list(ACTIVE_ANON) + activeFile],
    ["Inactive", list(INACTIVE_ANON) + inactiveFile],
    ["Active(anon)", list(ACTIVE_ANON)],
    ["Inactive(anon)", list(INACTIVE_ANON)],
    ["Active(file)", activeFile],
    ["Inactive(file)", inactiveFile],
    ["Unevictable", list(UNEVICTABLE)],
    ["Mlocked", totals.locked * KB_PER_PAGE],
    ["SwapTotal", m.nrSwapPages * KB_PER_PAGE],
    ["SwapFree", (m.nrSwapPages - m.nrSwapUsed) * KB_PER_PAGE],
    ["Dirty", totals.dirty * KB_PER_PAGE],
    ["Writeback", 0],
    ["AnonPages", totals.anon * KB_PER_PAGE],
    ["Shmem", totals.shmem * KB_PER_PAGE],
    ["Slab", reclaimable + unreclaimable],
    ["SReclaimable", reclaimable],
    ["SUnreclaim", unreclaimable],
    ["KernelStack", kernel.stacks],
    ["PageTables", kernel.tables],
    ["Percpu", percpu],
  ];
}
