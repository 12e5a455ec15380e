/** The rules of one update, every case of a small space; items and their units; what each machinery shows. */

import { expect, test } from "vitest";
import * as items from "./items.ts";
import { closeMemcgStats, openMemcgStats } from "./lifetime.ts";
import { readLocalMemcgStat, readLruvecStat, readMemcgEvent, readMemcgStat, residueOf, sharedSum } from "./read.ts";
import { flushForReader, flushRstat, readerWouldFlush } from "./rstat.ts";
import { createMemcgStats, eventValue, lruvecValue, type MemcgStats, NO_MEMCG, type StatsMachinery } from "./state.ts";
import { countMemcgEvent, modLruvecStat, modMemcgStat } from "./update.ts";
import { verifyMemcgStats } from "./verify.ts";

const ROOT = 0;
const PARENT = 1;
const CHILD = 2;

function chain(machinery: StatsMachinery, batchPages: number, nrCpus = 2): MemcgStats {
  const s = createMemcgStats({ nrCpus, nrNodes: 2, machinery, batchPages, faults: new Set() });
  openMemcgStats(s, ROOT, NO_MEMCG);
  openMemcgStats(s, PARENT, ROOT);
  openMemcgStats(s, CHILD, PARENT);
  return s;
}

test("stat items are numbered without gaps, lruvec items first", () => {
  const lruvec = [
    items.NR_ANON,
    items.NR_FILE,
    items.NR_SHMEM,
    items.NR_FILE_MAPPED,
    items.NR_FILE_DIRTY,
    items.NR_INACTIVE_ANON,
    items.NR_ACTIVE_ANON,
    items.NR_INACTIVE_FILE,
    items.NR_ACTIVE_FILE,
    items.NR_UNEVICTABLE,
    items.NR_KERNEL_STACK_KB,
    items.NR_PAGETABLE,
    items.SLAB_RECLAIMABLE_B,
    items.SLAB_UNRECLAIMABLE_B,
  ];
  const all = [...lruvec, items.MEMCG_SWAP, items.MEMCG_SOCK, items.MEMCG_PERCPU_B];
  expect(all).toEqual(all.map((_, i) => i));
  expect([lruvec.length, all.length]).toEqual([items.NR_LRUVEC_ITEMS, items.NR_MEMCG_ITEMS]);
});

test("events are numbered without gaps", () => {
  const events = [
    items.PGFAULT,
    items.PGMAJFAULT,
    items.PGPGIN,
    items.PGPGOUT,
    items.PGREFILL,
    items.PGSCAN,
    items.PGSTEAL,
    items.PGACTIVATE,
    items.PGDEACTIVATE,
  ];
  expect(events).toEqual(events.map((_, i) => i));
  expect(events.length).toBe(items.NR_MEMCG_EVENTS);
});

test("byte items have a batch of as many pages' bytes, at every level; all others the plain number", () => {
  const s = chain("batch-local", 32);
  const byteValues = [items.SLAB_RECLAIMABLE_B, items.SLAB_UNRECLAIMABLE_B, items.MEMCG_PERCPU_B];
  for (const node of [0, 1]) {
    for (const item of byteValues.slice(0, 2)) byteValues.push(lruvecValue(node, item));
  }
  const found = [...s.batch.keys()].filter((value) => s.batch[value] === 32 * 4096);
  expect(found).toEqual(byteValues.sort((a, b) => a - b));
  expect([...s.batch].filter((batch) => batch === 32).length).toBe(s.nrValues - found.length);
});

/** The batch rule in one line each: x = delta + residue; strictly more than a batch goes on whole. */
function naiveBatch(deltas: readonly number[], batch: number): { sum: number; residue: number } {
  let [sum, residue] = [0, 0];
  for (const delta of deltas) {
    const x = residue + delta;
    [sum, residue] = Math.abs(x) > batch ? [sum + x, 0] : [sum, x];
  }
  return { sum, residue };
}

test.each(["batch-local", "batch-hierarchy"] as const)("%s: every sequence of three deltas, batches 1 to 3", (name) => {
  const range = [-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5];
  for (const batch of [1, 2, 3]) {
    for (const a of range) {
      for (const b of range) {
        for (const c of range) {
          const s = chain(name, batch);
          for (const delta of [a, b, c]) modMemcgStat(s, CHILD, items.MEMCG_SWAP, delta, 1);
          const { sum, residue } = naiveBatch([a, b, c], batch);
          const above = name === "batch-hierarchy" ? sum : 0;
          const sums = [CHILD, PARENT, ROOT].map((memcg) => sharedSum(s, memcg, items.MEMCG_SWAP));
          expect([...sums, residueOf(s, CHILD, items.MEMCG_SWAP, 1)]).toEqual([sum, above, above, residue]);
          expect(residueOf(s, CHILD, items.MEMCG_SWAP, 0)).toBe(0);
        }
      }
    }
  }
});

test("a batch of 32: the 33rd page goes on with all before it", () => {
  const s = chain("batch-local", 32);
  for (let page = 1; page <= 33; page++) {
    modLruvecStat(s, CHILD, 1, items.NR_FILE, 1, 0);
    const expected = page === 33 ? 33 : 0;
    expect([readMemcgStat(s, CHILD, items.NR_FILE), readLruvecStat(s, CHILD, 1, items.NR_FILE)]).toEqual([
      expected,
      expected,
    ]);
  }
  expect(readLruvecStat(s, CHILD, 0, items.NR_FILE)).toBe(0);
});

test("a negative gauge reads as 0, in each memcg of a subtree by itself", () => {
  const s = chain("batch-local", 1);
  modMemcgStat(s, CHILD, items.NR_ANON, -10, 0);
  modMemcgStat(s, PARENT, items.NR_ANON, 7, 0);
  expect([sharedSum(s, CHILD, items.NR_ANON), readLocalMemcgStat(s, CHILD, items.NR_ANON)]).toEqual([-10, 0]);
  expect(readMemcgStat(s, PARENT, items.NR_ANON)).toBe(7);
});

test("what a freed child has counted leaves its parent's total, or stays, as the machinery has it", () => {
  const left = (machinery: StatsMachinery) => {
    const s = chain(machinery, 2);
    countMemcgEvent(s, CHILD, items.PGFAULT, 2, 0);
    countMemcgEvent(s, CHILD, items.PGFAULT, 5, 1);
    closeMemcgStats(s, CHILD);
    flushRstat(s, ROOT);
    expect(verifyMemcgStats(s)).toEqual([]);
    return [readMemcgEvent(s, PARENT, items.PGFAULT), readMemcgEvent(s, ROOT, items.PGFAULT)];
  };
  expect(left("percpu-sum")).toEqual([0, 0]);
  expect(left("batch-local")).toEqual([0, 0]);
  expect(left("batch-hierarchy")).toEqual([7, 7]);
  expect(left("rstat")).toEqual([7, 7]);
});

test("sums of bytes may pass 2^31, and events 2^32", () => {
  for (const machinery of ["percpu-sum", "batch-local", "batch-hierarchy", "rstat"] as const) {
    const s = chain(machinery, 32);
    for (let i = 0; i < 8; i++) modLruvecStat(s, CHILD, 0, items.SLAB_RECLAIMABLE_B, 2 ** 30, i % 2);
    countMemcgEvent(s, CHILD, items.PGFAULT, 2 ** 33, 0);
    flushRstat(s, ROOT);
    expect(readMemcgStat(s, PARENT, items.SLAB_RECLAIMABLE_B)).toBe(2 ** 33);
    expect(readMemcgEvent(s, PARENT, items.PGFAULT)).toBe(2 ** 33);
    expect(eventValue(items.PGFAULT)).toBe(items.NR_MEMCG_ITEMS);
  }
});

test("rstat: a reader sees the last flush until the threshold has passed the online CPUs", () => {
  const s = chain("rstat", 64);
  const read = () => readMemcgStat(s, ROOT, items.NR_ANON);
  // 65 updates of 1 add one batch to the threshold; two CPUs are online, so three batches are needed.
  for (let update = 0; update < 3 * 65 - 1; update++) modMemcgStat(s, CHILD, items.NR_ANON, 1, 0);
  expect([readerWouldFlush(s), s.flushThreshold, read()]).toEqual([false, 2, 0]);
  expect(flushForReader(s, ROOT)).toBe(false);
  modMemcgStat(s, CHILD, items.NR_ANON, 1, 0);
  expect([readerWouldFlush(s), s.flushThreshold, read()]).toEqual([true, 3, 0]);
  modMemcgStat(s, CHILD, items.NR_ANON, 6400, 1);
  expect(s.flushThreshold).toBe(3);
  expect(flushForReader(s, ROOT)).toBe(true);
  expect([readerWouldFlush(s), s.flushThreshold, read()]).toEqual([false, 0, 195 + 6400]);
});

test("rstat: a flush of a subtree leaves the news for its parent pending until the parent's own", () => {
  const s = chain("rstat", 64);
  modMemcgStat(s, CHILD, items.NR_ANON, 5, 0);
  modMemcgStat(s, CHILD, items.NR_ANON, 7, 1);
  const read = () => [CHILD, PARENT, ROOT].map((memcg) => readMemcgStat(s, memcg, items.NR_ANON));
  flushRstat(s, CHILD);
  expect(read()).toEqual([12, 0, 0]);
  flushRstat(s, PARENT);
  expect(read()).toEqual([12, 12, 0]);
  closeMemcgStats(s, CHILD);
  modMemcgStat(s, PARENT, items.NR_ANON, 1, 1);
  closeMemcgStats(s, PARENT);
  flushRstat(s, ROOT);
  expect(readMemcgStat(s, ROOT, items.NR_ANON)).toBe(13);
  expect(verifyMemcgStats(s)).toEqual([]);
});

test("a memcg that one CPU has touched costs one row", () => {
  const s = createMemcgStats({ nrCpus: 32, nrNodes: 1, machinery: "batch-local", batchPages: 32, faults: new Set() });
  openMemcgStats(s, ROOT, NO_MEMCG);
  for (let memcg = 1; memcg <= 1000; memcg++) {
    openMemcgStats(s, memcg, ROOT);
    for (let page = 0; page < 10; page++) modLruvecStat(s, memcg, 0, items.NR_FILE, 1, memcg % 32);
  }
  expect(s.nrRows).toBe(1000);
  expect(s.rowStride * 8).toBeLessThan(400);
});
