/**
 * What the files of the memory controller show of a memcg's statistics, by the keys of memory.stat.
 *
 * Under rstat a reader sees what was flushed last: it flushes itself when enough has changed, and every two seconds a
 * worker does. The worker has no event; what it would have done since the last flush is done when somebody reads.
 */

import {
  type Machine,
  MEMCG_PERCPU_B,
  MEMCG_SOCK,
  MEMCG_SWAP,
  NR_ACTIVE_ANON,
  NR_ACTIVE_FILE,
  NR_ANON,
  NR_FILE,
  NR_FILE_DIRTY,
  NR_FILE_MAPPED,
  NR_INACTIVE_ANON,
  NR_INACTIVE_FILE,
  NR_KERNEL_STACK_KB,
  NR_PAGETABLE,
  NR_SHMEM,
  NR_UNEVICTABLE,
  PAGE_BYTES,
  PGACTIVATE,
  PGDEACTIVATE,
  PGFAULT,
  PGMAJFAULT,
  PGPGIN,
  PGPGOUT,
  PGREFILL,
  PGSCAN,
  PGSTEAL,
  readerWouldFlush,
  readLocalMemcgEvent,
  readLocalMemcgStat,
  readLruvecStat,
  readMemcgEvent,
  readMemcgStat,
  SLAB_RECLAIMABLE_B,
  SLAB_UNRECLAIMABLE_B,
} from "@ebb/model";
import { flushStats } from "./calls.ts";

const FLUSH_PERIOD_NS = 2_000_000_000;

/** Bytes of one unit of an item, by key; "slab" is the sum of its two kinds. */
const STAT_KEYS: ReadonlyMap<string, readonly [item: number, unitBytes: number]> = new Map([
  ["anon", [NR_ANON, PAGE_BYTES]],
  ["file", [NR_FILE, PAGE_BYTES]],
  ["kernel_stack", [NR_KERNEL_STACK_KB, 1024]],
  ["pagetables", [NR_PAGETABLE, PAGE_BYTES]],
  ["percpu", [MEMCG_PERCPU_B, 1]],
  ["sock", [MEMCG_SOCK, PAGE_BYTES]],
  ["shmem", [NR_SHMEM, PAGE_BYTES]],
  ["file_mapped", [NR_FILE_MAPPED, PAGE_BYTES]],
  ["file_dirty", [NR_FILE_DIRTY, PAGE_BYTES]],
  ["inactive_anon", [NR_INACTIVE_ANON, PAGE_BYTES]],
  ["active_anon", [NR_ACTIVE_ANON, PAGE_BYTES]],
  ["inactive_file", [NR_INACTIVE_FILE, PAGE_BYTES]],
  ["active_file", [NR_ACTIVE_FILE, PAGE_BYTES]],
  ["unevictable", [NR_UNEVICTABLE, PAGE_BYTES]],
  ["slab_reclaimable", [SLAB_RECLAIMABLE_B, 1]],
  ["slab_unreclaimable", [SLAB_UNRECLAIMABLE_B, 1]],
  ["swap", [MEMCG_SWAP, PAGE_BYTES]],
]);

const EVENT_KEYS: ReadonlyMap<string, number> = new Map([
  ["pgfault", PGFAULT],
  ["pgmajfault", PGMAJFAULT],
  ["pgpgin", PGPGIN],
  ["pgpgout", PGPGOUT],
  ["pgrefill", PGREFILL],
  ["pgscan", PGSCAN],
  ["pgsteal", PGSTEAL],
  ["pgactivate", PGACTIVATE],
  ["pgdeactivate", PGDEACTIVATE],
]);

/** Does what a reader of statistics does before it reads. */
export function flushBeforeRead(m: Machine): void {
  const isDue = Math.floor(m.nowNs / FLUSH_PERIOD_NS) > Math.floor(m.statsFlushedNs / FLUSH_PERIOD_NS);
  if (m.profile.memcgRules.statistics !== "rstat" || !(isDue || readerWouldFlush(m.stats))) return;
  flushStats(m);
}

/** The value of a key for the memcg and all below it, in bytes or as a count. */
export function statValue(m: Machine, memcg: number, key: string): number {
  const event = EVENT_KEYS.get(key);
  if (event !== undefined) return readMemcgEvent(m.stats, memcg, event);
  if (key === "slab") return statValue(m, memcg, "slab_reclaimable") + statValue(m, memcg, "slab_unreclaimable");
  const [item, unitBytes] = STAT_KEYS.get(key) ?? [0, 0];
  return readMemcgStat(m.stats, memcg, item) * unitBytes;
}

/** As `statValue`, of the memcg alone. */
export function localStatValue(m: Machine, memcg: number, key: string): number {
  const event = EVENT_KEYS.get(key);
  if (event !== undefined) return readLocalMemcgEvent(m.stats, memcg, event);
  const [item, unitBytes] = STAT_KEYS.get(key) ?? [0, 0];
  return readLocalMemcgStat(m.stats, memcg, item) * unitBytes;
}

/** Keys that memory.numa_stat has: those that each node counts. */
const NODE_KEYS = [
  "anon",
  "file",
  "kernel_stack",
  "pagetables",
  "shmem",
  "file_mapped",
  "file_dirty",
  "inactive_anon",
  "active_anon",
  "inactive_file",
  "active_file",
  "unevictable",
  "slab_reclaimable",
  "slab_unreclaimable",
];

export function numaStat(m: Machine, memcg: number): string {
  flushBeforeRead(m);
  let text = "";
  for (const key of NODE_KEYS) {
    const [item, unitBytes] = STAT_KEYS.get(key) ?? [0, 0];
    text += key;
    for (let node = 0; node < m.options.nrNodes; node++) {
      text += ` N${node}=${readLruvecStat(m.stats, memcg, node, item) * unitBytes}`;
    }
    text += "\n";
  }
  return text;
}
