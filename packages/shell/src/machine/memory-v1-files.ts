/**
 * The files of a cgroup in the v1 memory hierarchy.
 *
 * Written from Documentation/admin-guide/cgroup-v1/memory.rst. use_hierarchy is always 1, swappiness 60 and
 * notify_on_release 0: another value is refused, not ignored. The soft limit is kept and changes nothing.
 */

import { printSlabinfo } from "@ebb/formats";
import { type Machine, type MemcgLimit, memcgCaches, NO_PAGE_LIMIT, PAGE_BYTES, ROOT_MEMCG } from "@ebb/model";
import { EBUSY, EINVAL, type Errno } from "../errno.ts";
import { forceEmpty, resetFailures, resetPeak, restoreMemcgLimit, setMemcgLimit } from "./calls.ts";
import { type ControlFile, parsePages } from "./control-file.ts";
import { kernelErrno } from "./kernel-errno.ts";
import { cpuOf } from "./machine-page-cache.ts";
import { flushBeforeRead, localStatValue, statValue } from "./memory-values.ts";
import { printTasks, writeTasks } from "./task-files.ts";

/** "No limit" as bytes: LONG_MAX in whole pages. */
const UNLIMITED_TEXT = "9223372036854771712\n";
const UNLIMITED = "-1";

function memcgOfFile(m: Machine, cgroup: number): number {
  return m.cgroups.memcg[cgroup] ?? ROOT_MEMCG;
}

function printBytes(nrPages: number | undefined): string {
  return nrPages === undefined || nrPages >= NO_PAGE_LIMIT ? UNLIMITED_TEXT : `${nrPages * PAGE_BYTES}\n`;
}

function readPages(column: MemcgLimit | "peakPages" | "kmemPages"): NonNullable<ControlFile["read"]> {
  return (m, cgroup) => printBytes(m.memcgs[column][memcgOfFile(m, cgroup)]);
}

/** The root's own usage is not counted anywhere: what its files show is made from the statistics. */
function usageBytes(m: Machine, cgroup: number): number {
  const memcg = memcgOfFile(m, cgroup);
  if (memcg !== ROOT_MEMCG) return (m.memcgs.usagePages[memcg] ?? 0) * PAGE_BYTES;
  flushBeforeRead(m);
  return statValue(m, ROOT_MEMCG, "anon") + statValue(m, ROOT_MEMCG, "file");
}

function writeLimit(m: Machine, cgroup: number, limit: MemcgLimit, text: string, pid: number): Errno | undefined {
  const nrPages = parsePages(text, UNLIMITED);
  const memcg = memcgOfFile(m, cgroup);
  if (nrPages === undefined || memcg === ROOT_MEMCG) return EINVAL;
  const before = m.memcgs[limit][memcg] ?? NO_PAGE_LIMIT;
  setMemcgLimit(m, memcg, limit, nrPages, cpuOf(m, pid));
  if (limit !== "maxPages" || (m.memcgs.usagePages[memcg] ?? 0) <= nrPages) return undefined;
  // What does not fit keeps the limit that was.
  restoreMemcgLimit(m, memcg, limit, before);
  return EBUSY;
}

/** Where kernel memory is accounted by choice, the first limit starts it: not with tasks or children in the cgroup. */
function writeKmemLimit(m: Machine, cgroup: number, text: string, pid: number): Errno | undefined {
  const memcg = memcgOfFile(m, cgroup);
  const { nrTasks, nrOnlineChildren } = m.cgroups;
  const isFirst = m.profile.memcgRules.kmemAccounting === "opt-in" && m.memcgs.kmemActive[memcg] === 0;
  const isInUse = (nrTasks[cgroup] ?? 0) > 0 || (nrOnlineChildren[cgroup] ?? 0) > 0;
  if (isFirst && isInUse && parsePages(text, UNLIMITED) !== undefined) return EBUSY;
  return writeLimit(m, cgroup, "kmemMaxPages", text, pid);
}

const STAT_KEYS: readonly (readonly [shown: string, key: string])[] = [
  ["cache", "file"],
  ["rss", "anon"],
  ["shmem", "shmem"],
  ["mapped_file", "file_mapped"],
  ["dirty", "file_dirty"],
  ["swap", "swap"],
  ["pgpgin", "pgpgin"],
  ["pgpgout", "pgpgout"],
  ["pgfault", "pgfault"],
  ["pgmajfault", "pgmajfault"],
  ["inactive_anon", "inactive_anon"],
  ["active_anon", "active_anon"],
  ["inactive_file", "inactive_file"],
  ["active_file", "active_file"],
  ["unevictable", "unevictable"],
];

function memoryStat(m: Machine, cgroup: number): string {
  flushBeforeRead(m);
  const memcg = memcgOfFile(m, cgroup);
  const shown = m.nrSwapPages > 0 ? STAT_KEYS : STAT_KEYS.filter(([name]) => name !== "swap");
  let text = "";
  for (const [name, key] of shown) text += `${name} ${localStatValue(m, memcg, key)}\n`;
  text += `hierarchical_memory_limit ${printBytes(smallestLimit(m, memcg))}`;
  for (const [name, key] of shown) text += `total_${name} ${statValue(m, memcg, key)}\n`;
  return text;
}

function smallestLimit(m: Machine, memcg: number): number {
  const { maxPages, parent } = m.memcgs;
  let least = NO_PAGE_LIMIT;
  for (let up = memcg; up !== ROOT_MEMCG; up = parent[up] ?? ROOT_MEMCG) {
    least = Math.min(least, maxPages[up] ?? NO_PAGE_LIMIT);
  }
  return least;
}

/** A file of which only one value is modelled. */
function always(value: string): Pick<ControlFile, "read" | "write"> {
  return {
    read: () => `${value}\n`,
    write: (_m, _cgroup, text) => (text.trim() === value ? undefined : EINVAL),
  };
}

export const V1_FILES: readonly ControlFile[] = [
  { name: "cgroup.event_control", notInRoot: false, write: () => EINVAL },
  { name: "cgroup.procs", notInRoot: false, read: printTasks, write: writeTasks },
  {
    name: "memory.failcnt",
    notInRoot: false,
    read: (m, cgroup) => `${m.memcgs.nrMaxEvents[memcgOfFile(m, cgroup)] ?? 0}\n`,
    write: (m, cgroup) => {
      resetFailures(m, memcgOfFile(m, cgroup));
      return undefined;
    },
  },
  {
    name: "memory.force_empty",
    notInRoot: true,
    write: (m, cgroup, _text, pid) => kernelErrno(forceEmpty(m, memcgOfFile(m, cgroup), cpuOf(m, pid))),
  },
  { name: "memory.kmem.limit_in_bytes", notInRoot: false, read: readPages("kmemMaxPages"), write: writeKmemLimit },
  {
    name: "memory.kmem.slabinfo",
    notInRoot: false,
    read: (m, cgroup) => printSlabinfo(memcgCaches(m, memcgOfFile(m, cgroup))),
  },
  { name: "memory.kmem.usage_in_bytes", notInRoot: false, read: readPages("kmemPages") },
  {
    name: "memory.limit_in_bytes",
    notInRoot: false,
    read: readPages("maxPages"),
    write: (m, cgroup, text, pid) => writeLimit(m, cgroup, "maxPages", text, pid),
  },
  {
    name: "memory.max_usage_in_bytes",
    notInRoot: false,
    read: readPages("peakPages"),
    write: (m, cgroup) => {
      resetPeak(m, memcgOfFile(m, cgroup));
      return undefined;
    },
  },
  {
    name: "memory.memsw.limit_in_bytes",
    notInRoot: false,
    isThere: (m) => m.nrSwapPages > 0,
    read: (m, cgroup) => {
      const memcg = memcgOfFile(m, cgroup);
      const [most, swapMost] = [m.memcgs.maxPages[memcg] ?? 0, m.memcgs.swapMaxPages[memcg] ?? 0];
      return printBytes(memcg === ROOT_MEMCG || swapMost >= NO_PAGE_LIMIT ? NO_PAGE_LIMIT : most + swapMost);
    },
    write: writeMemswLimit,
  },
  {
    name: "memory.memsw.usage_in_bytes",
    notInRoot: false,
    isThere: (m) => m.nrSwapPages > 0,
    read: (m, cgroup) => {
      const swapped = (m.memcgs.swapPages[memcgOfFile(m, cgroup)] ?? 0) * PAGE_BYTES;
      return `${usageBytes(m, cgroup) + swapped}\n`;
    },
  },
  {
    name: "memory.soft_limit_in_bytes",
    notInRoot: false,
    read: readPages("softPages"),
    write: (m, cgroup, text, pid) => writeLimit(m, cgroup, "softPages", text, pid),
  },
  { name: "memory.stat", notInRoot: false, read: memoryStat },
  { name: "memory.swappiness", notInRoot: false, ...always("60") },
  { name: "memory.usage_in_bytes", notInRoot: false, read: (m, cgroup) => `${usageBytes(m, cgroup)}\n` },
  { name: "memory.use_hierarchy", notInRoot: false, ...always("1") },
  { name: "notify_on_release", notInRoot: false, ...always("0") },
  { name: "tasks", notInRoot: false, read: printTasks, write: writeTasks },
];

/** Memory and swap together: kept as what is left for swap. EINVAL below the limit of memory alone, as in Linux. */
function writeMemswLimit(m: Machine, cgroup: number, text: string, pid: number): Errno | undefined {
  const nrPages = parsePages(text, UNLIMITED);
  const memcg = memcgOfFile(m, cgroup);
  const memoryLimit = m.memcgs.maxPages[memcg] ?? NO_PAGE_LIMIT;
  if (nrPages === undefined || memcg === ROOT_MEMCG || nrPages < memoryLimit) return EINVAL;
  const forSwap = nrPages >= NO_PAGE_LIMIT ? NO_PAGE_LIMIT : nrPages - memoryLimit;
  setMemcgLimit(m, memcg, "swapMaxPages", forSwap, cpuOf(m, pid));
  return undefined;
}
