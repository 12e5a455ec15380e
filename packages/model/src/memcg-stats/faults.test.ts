/** Each fault switch is found by the rules; the same steps without it are sound. */

import { MemcgStatsPair } from "@ebb/testkit";
import { describe, expect, test } from "vitest";
import { MEMCG_SWAP, NR_FILE, PGFAULT } from "./items.ts";
import { readMemcgEvent, sharedSum } from "./read.ts";
import { NO_MEMCG, type StatsFault, type StatsMachinery } from "./state.ts";

const ROOT = 0;
const PARENT = 1;
const CHILD = 2;

function pairOf(machinery: StatsMachinery, fault: StatsFault | undefined): MemcgStatsPair {
  const faults = new Set(fault === undefined ? [] : [fault]);
  const pair = new MemcgStatsPair({ nrCpus: 3, nrNodes: 1, machinery, batchPages: 32, faults });
  pair.open(ROOT, NO_MEMCG);
  pair.open(PARENT, ROOT);
  pair.open(CHILD, PARENT);
  pair.modLruvec(CHILD, 0, NR_FILE, 20, 0);
  pair.modLruvec(CHILD, 0, NR_FILE, 11, 1);
  pair.mod(PARENT, MEMCG_SWAP, 3, 1);
  pair.event(CHILD, PGFAULT, 5, 1);
  return pair;
}

type Steps = (pair: MemcgStatsPair) => void;

const CPU_1_DIES: Steps = (pair) => pair.cpuDead(1, 0);
const DIES_AFTER_RELEASE: Steps = (pair) => {
  pair.park(CHILD);
  pair.flushParked(CHILD);
  pair.cpuDead(1, 0);
};
const DIES_TWICE: Steps = (pair) => {
  pair.cpuDead(1, 0);
  pair.cpuOnline(1);
  pair.cpuDead(1, 2);
  pair.park(CHILD);
  pair.flushParked(CHILD);
};
const FAILED_ALLOCATION: Steps = (pair) => {
  pair.open(CHILD + 1, PARENT);
  pair.close(CHILD + 1);
};

const CASES: readonly [StatsFault, StatsMachinery, string, Steps, RegExp][] = [
  ["S1", "batch-local", "a CPU dies", CPU_1_DIES, /nobody follows a null pointer/],
  ["S1", "batch-local", "a CPU dies after the release", DIES_AFTER_RELEASE, /nobody touches a block after its free/],
  ["S2", "batch-local", "a CPU dies", CPU_1_DIES, /a dead CPU keeps no residue/],
  ["S2", "batch-local", "a CPU dies twice", DIES_TWICE, /what was added: expected 31, found 53/],
  ["S3", "batch-local", "a CPU dies", CPU_1_DIES, /a dead CPU keeps no residue/],
  ["S4", "batch-local", "an allocation fails", FAILED_ALLOCATION, /no block is left behind/],
  ["H1", "batch-hierarchy", "a CPU dies", CPU_1_DIES, /a dead CPU keeps no residue/],
  ["H2", "batch-hierarchy", "a CPU dies", CPU_1_DIES, /memcg 2 are what was added: expected 31, found 53/],
];

describe.each(CASES)("%s, %s: %s", (fault, machinery, _title, steps, rule) => {
  test("is found", () => {
    const pair = pairOf(machinery, fault);
    expect(pair.findings()).toEqual([]);
    steps(pair);
    expect(pair.findings().join("\n")).toMatch(rule);
  });

  test("without the fault nothing is found", () => {
    const pair = pairOf(machinery, undefined);
    steps(pair);
    expect(pair.findings()).toEqual([]);
  });
});

test("H1: what a dead CPU kept is lost when the memcg is freed; without it nothing is", () => {
  const leftAbove = (fault: StatsFault | undefined) => {
    const pair = pairOf("batch-hierarchy", fault);
    for (let round = 0; round < 3; round++) {
      pair.cpuDead(1, 0);
      // The page that CPU 1 counted is uncharged by another.
      pair.modLruvec(CHILD, 0, NR_FILE, round === 0 ? -31 : 0, 2);
      pair.close(CHILD);
      pair.cpuOnline(1);
      pair.open(CHILD, PARENT);
    }
    return [sharedSum(pair.real, PARENT, NR_FILE), readMemcgEvent(pair.real, PARENT, PGFAULT)];
  };
  expect(leftAbove(undefined)).toEqual([0, 5]);
  expect(leftAbove("H1")).toEqual([-11, 0]);
});

test("H2: each level below the root counts itself too often, the levels above not at all", () => {
  const pair = pairOf("batch-hierarchy", "H2");
  pair.cpuDead(1, 0);
  const sums = [CHILD, PARENT, ROOT].map((memcg) => sharedSum(pair.real, memcg, NR_FILE));
  expect(sums).toEqual([33, 0, 0]);
});
