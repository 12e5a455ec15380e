/** The balance work in steps: the same as in one go, and sound when other requests come between two steps. */

import { configTitle, GEOMETRIES, PercpuPair, percpuConfigs, Random, SIZE_MIXES } from "@ebb/testkit";
import { expect, test } from "vitest";
import { createPercpu } from "./allocator.ts";
import { balanceStep, balanceWorkPending, balanceWorkRuns, beginBalanceWork, runBalanceWork } from "./balance.ts";
import { hashPercpu, restorePercpu, snapshotPercpu } from "./snapshot.ts";
import type { PercpuConfig } from "./state.ts";

const CONFIGS = [1, 3].flatMap((i) =>
  percpuConfigs(GEOMETRIES[i] ?? GEOMETRIES[0]).map((config) => ({ title: configTitle(config), config })),
);

/** A request or a free, as the run grows and shrinks. */
function operate(pair: PercpuPair, random: Random, growing: boolean, atomicPerMille: number): void {
  const mix = random.pick(SIZE_MIXES);
  if (pair.nrLive > 0 && random.perMille(growing ? 350 : 800)) pair.free(random.below(pair.nrLive));
  else {
    const atomic = random.perMille(atomicPerMille);
    pair.alloc(mix.size(random), mix.align(random), atomic, random.below(pair.t.nrKinds));
  }
}

/** Runs the work of a copy in one go and of another step by step; both end in the same state. */
function compareSteps(pair: PercpuPair, config: PercpuConfig): void {
  const snapshot = snapshotPercpu(pair.t);
  const whole = createPercpu(config);
  restorePercpu(whole, snapshot);
  runBalanceWork(whole);
  const stepped = createPercpu(config);
  restorePercpu(stepped, snapshot);
  beginBalanceWork(stepped);
  expect(balanceWorkPending(stepped)).toBe(false);
  while (balanceStep(stepped)) expect(balanceWorkRuns(stepped)).toBe(true);
  expect(balanceWorkRuns(stepped)).toBe(false);
  expect(balanceStep(stepped)).toBe(false);
  expect(hashPercpu(stepped)).toBe(hashPercpu(whole));
}

test.each(CONFIGS)("step by step is the same as in one go: $title", ({ config }) => {
  const pair = new PercpuPair(config);
  const random = new Random(11);
  for (let i = 0; i < 900; i++) {
    operate(pair, random, i % 300 < 150, 200);
    if (i % 15 === 0) compareSteps(pair, config);
    if (i % 90 === 89) pair.balance();
  }
});

test.each(CONFIGS)("frees and atomic requests between steps leave the state sound: $title", ({ config }) => {
  const pair = new PercpuPair(config);
  const random = new Random(12);
  for (let round = 0; round < 12; round++) {
    for (let i = 0; i < 30; i++) operate(pair, random, true, 0);
    for (let i = 0; i < 20; i++) operate(pair, random, false, 500);
    while (pair.balanceStep()) {
      pair.verify();
      for (let i = random.below(4); i > 0; i--) operate(pair, random, random.perMille(500), 1000);
      pair.verify();
    }
  }
});
