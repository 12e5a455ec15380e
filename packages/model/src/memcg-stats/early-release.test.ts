/** What readers see while a memcg's block is parked and freed, step by step, and what the early release refuses. */

import { describe, expect, test } from "vitest";
import { statsCpuDead, statsCpuOnline } from "./hotplug.ts";
import { NR_FILE } from "./items.ts";
import { closeMemcgStats, flushParkedStats, openMemcgStats, parkStats } from "./lifetime.ts";
import { pendingOf, readLocalMemcgStat, readLruvecStat, readMemcgStat } from "./read.ts";
import { flushRstat } from "./rstat.ts";
import {
  createMemcgStats,
  LIVE,
  lruvecValue,
  MACHINERIES,
  type MemcgStats,
  NO_MEMCG,
  NO_ROW,
  RELEASED,
  type StatsMachinery,
} from "./state.ts";
import { applyDelta, loadLive, modLruvecStat } from "./update.ts";
import { verifyMemcgStats } from "./verify.ts";

const ROOT = 0;
const PARENT = 1;
const CHILD = 2;
const NODE = 1;

function chain(machinery: StatsMachinery): MemcgStats {
  const s = createMemcgStats({ nrCpus: 2, nrNodes: 2, machinery, batchPages: 32, faults: new Set() });
  openMemcgStats(s, ROOT, NO_MEMCG);
  openMemcgStats(s, PARENT, ROOT);
  openMemcgStats(s, CHILD, PARENT);
  return s;
}

/** Counts `delta` pages of the child's part on a node. */
function mod(s: MemcgStats, delta: number, cpu: number): void {
  modLruvecStat(s, CHILD, NODE, NR_FILE, delta, cpu);
}

function release(s: MemcgStats, memcg: number): void {
  parkStats(s, memcg);
  flushParkedStats(s, memcg);
}

/** The child alone, its part on the node; the child, its parent, the root with all below. */
function read(s: MemcgStats): string {
  expect(verifyMemcgStats(s)).toEqual([]);
  const own = [readLocalMemcgStat(s, CHILD, NR_FILE), readLruvecStat(s, CHILD, NODE, NR_FILE)];
  return `${own.join(" ")} | ${recursive(s).join(" ")}`;
}

function recursive(s: MemcgStats): readonly number[] {
  return [CHILD, PARENT, ROOT].map((memcg) => readMemcgStat(s, memcg, NR_FILE));
}

function nrRows(s: MemcgStats, memcg: number): number {
  let nr = 0;
  for (let row = s.head[memcg] ?? NO_ROW; row !== NO_ROW; row = s.rowNext[row] ?? NO_ROW) nr++;
  return nr;
}

/** 20 and 30 pages on two CPUs; one more while parked; the callback; one less; the ancestors' flush; css free. */
const PHASES: Readonly<Record<StatsMachinery, readonly string[]>> = {
  "percpu-sum": ["50 50 | 50 50 50", "51 51 | 51 51 51", "51 51 | 51 51 51", "50 50 | 50 50 50", "50 50 | 50 50 50"],
  "batch-local": ["0 0 | 0 0 0", "1 1 | 1 1 1", "51 51 | 51 51 51", "50 50 | 50 50 50", "50 50 | 50 50 50"],
  "batch-hierarchy": ["0 0 | 0 0 0", "1 1 | 1 1 1", "51 51 | 51 51 51", "50 50 | 50 50 50", "50 50 | 50 50 50"],
  rstat: ["50 0 | 0 0 0", "51 1 | 1 1 1", "51 51 | 51 1 1", "50 50 | 50 0 0", "50 50 | 50 50 50"],
};

describe.each(MACHINERIES)("%s", (machinery) => {
  test("what was kept is missing until the callback, later updates are seen at once", () => {
    const s = chain(machinery);
    const seen: string[] = [];
    const see = () => seen.push(read(s));
    mod(s, 20, 0);
    mod(s, 30, 1);
    see();
    parkStats(s, CHILD);
    mod(s, 1, 0);
    see();
    flushParkedStats(s, CHILD);
    see();
    mod(s, -1, 1);
    see();
    flushRstat(s, ROOT);
    see();
    expect(seen).toEqual(PHASES[machinery]);
    expect([nrRows(s, CHILD), s.phase[CHILD]]).toEqual([0, RELEASED]);
    closeMemcgStats(s, CHILD);
    expect([s.nrBlocksTaken, s.nrBlocksFreed, s.phase[CHILD]]).toEqual([3, 1, 0]);
    const left = machinery === "percpu-sum" || machinery === "batch-local" ? 0 : 50;
    expect([PARENT, ROOT].map((memcg) => readMemcgStat(s, memcg, NR_FILE))).toEqual([left, left]);
    expect(verifyMemcgStats(s)).toEqual([]);
  });

  test("a writer that saw the block stores into it before the callback, on a CPU new to it", () => {
    const s = chain(machinery);
    const hasBlock = loadLive(s, CHILD);
    parkStats(s, CHILD);
    expect([hasBlock, loadLive(s, CHILD)]).toEqual([true, false]);
    applyDelta(s, CHILD, hasBlock, NR_FILE, 3, 1);
    expect([nrRows(s, CHILD), readLocalMemcgStat(s, CHILD, NR_FILE)]).toEqual([
      1,
      machinery.startsWith("batch") ? 0 : 3,
    ]);
    flushParkedStats(s, CHILD);
    flushRstat(s, ROOT);
    expect(recursive(s)).toEqual([3, 3, 3]);
    expect([readLocalMemcgStat(s, CHILD, NR_FILE), s.nrFreedTouches]).toEqual([3, 0]);
  });

  test.each(["before", "between", "after"])("a CPU that goes %s changes no total", (when) => {
    const s = chain(machinery);
    const dies = (now: string) => {
      if (when === now) statsCpuDead(s, 1, 0);
    };
    mod(s, 20, 0);
    mod(s, 30, 1);
    dies("before");
    parkStats(s, CHILD);
    dies("between");
    mod(s, 5, 0);
    flushParkedStats(s, CHILD);
    dies("after");
    mod(s, 5, 0);
    statsCpuOnline(s, 1);
    mod(s, -1, 1);
    flushRstat(s, ROOT);
    expect(read(s)).toBe("59 59 | 59 59 59");
  });

  test("a parent is released after its child and loses nothing, its rows are all there is to free", () => {
    const s = chain(machinery);
    mod(s, 20, 0);
    modLruvecStat(s, PARENT, NODE, NR_FILE, 4, 1);
    release(s, CHILD);
    mod(s, 5, 1);
    release(s, PARENT);
    mod(s, 6, 0);
    modLruvecStat(s, PARENT, NODE, NR_FILE, 1, 0);
    expect([nrRows(s, CHILD), nrRows(s, PARENT)]).toEqual([0, 0]);
    flushRstat(s, ROOT);
    expect(read(s)).toBe("31 31 | 31 36 36");
    expect(readLocalMemcgStat(s, PARENT, NR_FILE)).toBe(5);
    closeMemcgStats(s, CHILD);
    closeMemcgStats(s, PARENT);
    expect(verifyMemcgStats(s)).toEqual([]);
  });

  test("children come first, and none comes later", () => {
    const s = chain(machinery);
    expect(() => parkStats(s, PARENT)).toThrow("children are parked before their parent");
    parkStats(s, CHILD);
    parkStats(s, PARENT);
    expect(() => flushParkedStats(s, PARENT)).toThrow("children's blocks are freed before their parent's");
    expect(() => openMemcgStats(s, CHILD + 1, PARENT)).toThrow("the parent is open and its block live");
    expect(() => closeMemcgStats(s, CHILD)).toThrow("css free finds the block live or released");
    expect([s.phase[ROOT], verifyMemcgStats(s)]).toEqual([LIVE, []]);
  });
});

test("rstat: what children passed up goes on to the parent's parent once, whoever flushes first", () => {
  for (const flushed of [[], [CHILD], [PARENT], [ROOT], [CHILD, ROOT], [CHILD, PARENT]]) {
    const s = chain("rstat");
    const pending = () => [PARENT, ROOT].map((memcg) => pendingOf(s, memcg, lruvecValue(NODE, NR_FILE)));
    mod(s, 7, 0);
    for (const memcg of flushed) flushRstat(s, memcg);
    release(s, CHILD);
    const taken = recursive(s);
    expect(pending()).toEqual([7 - (taken[1] ?? 0), (taken[1] ?? 0) - (taken[2] ?? 0)]);
    mod(s, 1, 0);
    expect(recursive(s)).toEqual(taken.map((pages) => pages + 1));
    release(s, PARENT);
    expect([recursive(s).slice(0, 2), pending()[0]]).toEqual([[8, 8], 0]);
    flushRstat(s, ROOT);
    flushRstat(s, ROOT);
    expect([recursive(s), pending()]).toEqual([
      [8, 8, 8],
      [0, 0],
    ]);
    expect(verifyMemcgStats(s)).toEqual([]);
  }
});

test("rstat: updates without a block do not bring a reader's flush nearer", () => {
  const s = chain("rstat");
  release(s, CHILD);
  for (let i = 0; i < 1000; i++) mod(s, 1, 0);
  expect([s.flushThreshold, s.statsUpdates[0], recursive(s)]).toEqual([0, 0, [1000, 1000, 1000]]);
});
