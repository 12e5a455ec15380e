/**
 * A machine as a value: copied out, copied back, folded to a hash. Snapshots are taken between two calls; they restore
 * into a machine made from the same options.
 */

import { type CgroupsSnapshot, foldCgroups, restoreCgroups, snapshotCgroups } from "../cgroup/cgroups.ts";
import { COPY, type Cut } from "../cut.ts";
import { foldText, foldTotal, foldWord, foldWords, type HashFold, hashDigits, newHash, TotalsFold } from "../hash.ts";
import { rebuildIndex } from "../memcg/page-index.ts";
import {
  foldMemcgStats,
  type MemcgStatsSnapshot,
  restoreMemcgStats,
  snapshotMemcgStats,
} from "../memcg-stats/snapshot.ts";
import { hashPercpu, type PercpuSnapshot, restorePercpu, snapshotPercpu } from "../percpu/snapshot.ts";
import { indexKmem } from "../slab/caches.ts";
import { foldKmem, type KmemSnapshot, restoreKmem, snapshotKmem } from "../slab/kmem.ts";
import { hashTable, restoreTable, snapshotTable, type Table, type TableSnapshot } from "../table.ts";
import { type DeferredQueueSnapshot, foldQueue, restoreQueue, snapshotQueue } from "./deferred-queue.ts";
import type { Machine } from "./state.ts";
import { TASK_FIELDS } from "./task-table.ts";

/** Columns with a word for each CPU. */
function cpuColumnsOf(m: Machine): readonly Int32Array[] {
  return [
    m.cpuOnline,
    m.cpuWorked,
    m.stockMemcg,
    m.stockPages,
    m.objcgs.stockObjcg,
    m.objcgs.stockBytes,
    m.caches.nrCallIpis,
  ];
}

/** Numbers that are copied as they are: the machine's, and those of its caches. */
const CACHE_NUMBERS = [
  "nrReclaimablePages",
  "nrUnreclaimablePages",
  "bootReclaimablePages",
  "bootUnreclaimablePages",
  "nrBootObjects",
  "nrPageCounts",
  "nrUsesAfterDestroy",
] as const;
const NUMBERS = [
  "nowNs",
  "destroyQueueNs",
  "copyQueueNs",
  "balanceQueued",
  "nextPid",
  "nextCpu",
  "nrPagesUsed",
  "nrKernelPages",
  "nrSwapPages",
  "nrSwapUsed",
  "v1Root",
  "statsFlushedNs",
] as const;

/** A table whatever its fields are. */
interface TablePart {
  readonly snapshot: (cut: Cut) => TableSnapshot;
  readonly restore: (s: TableSnapshot) => void;
  readonly fold: (hash: HashFold) => void;
}

function part<F extends string>(t: Table<F>): TablePart {
  return {
    snapshot: (cut) => snapshotTable(t, cut),
    restore: (s) => restoreTable(t, s),
    fold: (hash) => hashTable(t, hash),
  };
}

/** The tables of rows, in a fixed order. */
function tablesOf(m: Machine): readonly TablePart[] {
  return [
    part(m.memcgs),
    part(m.pages),
    part(m.files),
    part(m.openFiles),
    part(m.writebacks),
    part(m.caches),
    part(m.sockets),
    part(m.objcgs),
    part(m.dentries),
  ];
}

/** @public What `snapshotMachine` returns. */
export interface MachineSnapshot {
  readonly percpu: PercpuSnapshot;
  readonly cgroups: CgroupsSnapshot;
  readonly stats: MemcgStatsSnapshot;
  readonly queue: DeferredQueueSnapshot;
  readonly tables: readonly TableSnapshot[];
  readonly tasks: readonly Int32Array[];
  readonly cpus: readonly Int32Array[];
  readonly cpuBusyNs: Float64Array;
  readonly numbers: readonly number[];
  readonly memcgIds: Uint8Array;
  readonly nextMemcgId: number;
  readonly nrMemcgIds: number;
  readonly kmem: KmemSnapshot;
  readonly objectOwners: Int32Array;
  /** In the order of CACHE_NUMBERS. */
  readonly cacheNumbers: readonly number[];
}

/** @param cut `VIEW` for a snapshot that holds only until something happens on the machine */
export function snapshotMachine(m: Machine, cut: Cut = COPY): MachineSnapshot {
  return {
    percpu: snapshotPercpu(m.percpu, cut),
    cgroups: snapshotCgroups(m.cgroups, cut),
    stats: snapshotMemcgStats(m.stats, cut),
    queue: snapshotQueue(m.queue, cut),
    tables: tablesOf(m).map((table) => table.snapshot(cut)),
    tasks: TASK_FIELDS.map((field) => cut.ints(m.tasks[field], m.tasks[field].length)),
    cpus: cpuColumnsOf(m).map((column) => cut.ints(column, column.length)),
    cpuBusyNs: cut.floats(m.cpuBusyNs, m.cpuBusyNs.length),
    numbers: NUMBERS.map((name) => m[name]),
    memcgIds: cut.bytes(m.memcgs.idUsed, m.memcgs.idUsed.length),
    nextMemcgId: m.memcgs.nextId,
    nrMemcgIds: m.memcgs.nrIds,
    kmem: snapshotKmem(m.caches.kmem, cut),
    objectOwners: cut.ints(m.objcgs.ownerOf, m.objcgs.ownerOf.length),
    cacheNumbers: CACHE_NUMBERS.map((name) => m.caches[name]),
  };
}

/** @pre `m` was made with the options of the machine the snapshot is from */
export function restoreMachine(m: Machine, s: MachineSnapshot): void {
  restorePercpu(m.percpu, s.percpu);
  restoreCgroups(m.cgroups, s.cgroups);
  restoreMemcgStats(m.stats, s.stats);
  restoreQueue(m.queue, s.queue);
  tablesOf(m).forEach((table, i) => {
    table.restore(s.tables[i]);
  });
  TASK_FIELDS.forEach((field, i) => {
    m.tasks[field].set(s.tasks[i]);
  });
  cpuColumnsOf(m).forEach((column, i) => {
    column.set(s.cpus[i]);
  });
  m.cpuBusyNs.set(s.cpuBusyNs);
  NUMBERS.forEach((name, i) => {
    m[name] = s.numbers[i];
  });
  m.memcgs.idUsed.set(s.memcgIds);
  m.memcgs.nextId = s.nextMemcgId;
  m.memcgs.nrIds = s.nrMemcgIds;
  restoreKmem(m.caches.kmem, s.kmem);
  indexKmem(m.caches);
  m.objcgs.ownerOf = s.objectOwners.slice();
  CACHE_NUMBERS.forEach((name, i) => {
    m.caches[name] = s.cacheNumbers[i];
  });
  rebuildIndex(m.pageIndex, m.pages);
}

/** Sixteen hexadecimal digits that stand for the whole state of the machine. */
export function hashMachine(m: Machine): string {
  const hash = newHash();
  const totals = new TotalsFold(hash);
  const fold = (value: number) => totals.add(value);
  foldText(hash, hashPercpu(m.percpu));
  foldCgroups(m.cgroups, fold, (text) => {
    totals.flush();
    foldText(hash, text);
  });
  foldMemcgStats(m.stats, fold);
  foldQueue(m.queue, fold);
  totals.flush();
  for (const table of tablesOf(m)) table.fold(hash);
  for (const field of TASK_FIELDS) foldWords(hash, m.tasks[field], 0, m.tasks[field].length);
  for (const column of cpuColumnsOf(m)) foldWords(hash, column, 0, column.length);
  for (const busyNs of m.cpuBusyNs) foldTotal(hash, busyNs);
  for (const name of NUMBERS) foldTotal(hash, m[name]);
  for (const used of m.memcgs.idUsed) foldWord(hash, used);
  foldWord(hash, m.memcgs.nextId);
  foldKmem(m.caches.kmem, fold);
  totals.flush();
  foldWords(hash, m.objcgs.ownerOf, 0, m.objcgs.ownerOf.length);
  for (const name of CACHE_NUMBERS) foldTotal(hash, m.caches[name]);
  return hashDigits(hash);
}
