/** Each rule of `verifyMemcgStats` notices a state that was bent by hand. */

import { expect, test } from "vitest";
import { NR_FILE, PGFAULT } from "./items.ts";
import { flushParkedStats, openMemcgStats, parkStats } from "./lifetime.ts";
import { sideRow } from "./rows.ts";
import {
  createMemcgStats,
  eventValue,
  MACHINERIES,
  type MemcgStats,
  NO_MEMCG,
  NO_ROW,
  type StatsMachinery,
} from "./state.ts";
import { countMemcgEvent, modLruvecStat } from "./update.ts";
import { verifyMemcgStats } from "./verify.ts";

function small(machinery: StatsMachinery): MemcgStats {
  const s = createMemcgStats({ nrCpus: 2, nrNodes: 1, machinery, batchPages: 4, faults: new Set() });
  openMemcgStats(s, 0, NO_MEMCG);
  openMemcgStats(s, 1, 0);
  openMemcgStats(s, 2, 0);
  modLruvecStat(s, 1, 0, NR_FILE, 2, 0);
  modLruvecStat(s, 1, 0, NR_FILE, 1, 1);
  countMemcgEvent(s, 2, PGFAULT, 1, 0);
  expect(verifyMemcgStats(s)).toEqual([]);
  return s;
}

const head = (s: MemcgStats, memcg: number) => s.head[memcg] ?? NO_ROW;

const BENT: readonly [rule: string, StatsMachinery, bend: (s: MemcgStats) => void][] = [
  ["each block is freed once", "batch-local", (s) => s.nrBlocksFreed++],
  ["a freed block has no rows", "batch-local", (s) => s.phase.fill(3, 1, 2)],
  ["a row knows its memcg", "batch-local", (s) => s.rowMemcg.fill(2, head(s, 1), head(s, 1) + 1)],
  ["rows go by ascending CPU", "batch-local", (s) => s.rowCpu.fill(1, head(s, 1), head(s, 1) + 1)],
  ["rows are of possible CPUs", "batch-local", (s) => s.rowCpu.fill(7, head(s, 2), head(s, 2) + 1)],
  ["each row is in one place", "batch-local", (s) => s.head.fill(NO_ROW, 2, 3)],
  ["a free row has no memcg", "batch-local", (s) => (s.freeRow = head(s, 2))],
  ["a child knows its parent", "batch-local", (s) => s.parent.fill(1, 2, 3)],
  ["siblings are linked both ways", "batch-local", (s) => s.prevSibling.fill(0, 1, 2)],
  ["children are on their parent's list", "batch-local", (s) => s.firstChild.fill(NO_MEMCG, 0, 1)],
  ["a closed memcg has no counts", "batch-local", (s) => [s.phase.fill(0, 2, 3), s.sums.fill(1)]],
  ["a residue is within its batch", "batch-local", (s) => (s.values[head(s, 1) * s.rowStride + NR_FILE] = -5)],
  [
    "residues of events are not negative",
    "batch-local",
    (s) => (s.values[head(s, 2) * s.rowStride + eventValue(PGFAULT)] = -1),
  ],
  ["a dead CPU keeps no residue", "batch-local", (s) => s.cpuState.fill(2, 1)],
  ["a CPU adds up one batch at most", "rstat", (s) => s.statsUpdates.fill(5)],
  ["who has news is on its parent's list once", "rstat", (s) => s.updatedChild.fill(NO_ROW)],
  ["what is not flushed is marked", "rstat", (s) => s.updated.fill(0)],
  ["an updated list is linked both ways", "rstat", (s) => s.updatedPrev.fill(0)],
  ["an updated list holds children", "rstat", (s) => s.parent.fill(1, 2, 3)],
  ["children give up their blocks first", "percpu-sum", (s) => s.phase.fill(2, 0, 1)],
  ["percpu-sum: a live block has all counts", "percpu-sum", (s) => (s.sums[s.nrValues + NR_FILE] = 1)],
  ["a live block has all own values", "rstat", (s) => (s.values[sideRow(s, 1) * s.rowStride + s.nrValues] = 1)],
  ["who has something pending has news", "rstat", pendingAfterRelease],
];

/** A released memcg to which something is passed up nevertheless. */
function pendingAfterRelease(s: MemcgStats): void {
  parkStats(s, 1);
  flushParkedStats(s, 1);
  s.values[sideRow(s, 1) * s.rowStride + NR_FILE] = 1;
}

test.each(BENT)("%s", (rule, machinery, bend) => {
  const s = small(machinery);
  bend(s);
  expect(verifyMemcgStats(s).map((violation) => violation.rule)).toContain(rule);
});

test.each(MACHINERIES)("a parked block may keep what a dead CPU had: %s", (machinery) => {
  const s = small(machinery);
  parkStats(s, 1);
  s.cpuState.fill(2, 1);
  expect(verifyMemcgStats(s)).toEqual([]);
});
