/** Snapshots and hashes: the same script gives the same hash, and a snapshot resumes exactly, also amid balance work. */

import { GEOMETRIES, percpuConfigs, Random, SIZE_MIXES } from "@ebb/testkit";
import { expect, test } from "vitest";
import { allocPercpu, createPercpu, freePercpu } from "./allocator.ts";
import { balanceStep, balanceWorkPending, balanceWorkRuns, beginBalanceWork } from "./balance.ts";
import { hashPercpu, restorePercpu, snapshotPercpu } from "./snapshot.ts";
import type { Percpu, PercpuConfig, PercpuEvents } from "./state.ts";
import { verifyPercpu } from "./verify.ts";
import { NR_ROWS } from "./words.ts";

const CONFIGS = percpuConfigs(GEOMETRIES[2]);

function logTo(log: string[]): PercpuEvents {
  return {
    chunkCreated: (ordinal, kind) => log.push(`C ${ordinal} ${kind}`),
    chunkDestroyed: (ordinal) => log.push(`D ${ordinal}`),
    pagesPopulated: (ordinal, from, end) => log.push(`P ${ordinal} ${from} ${end}`),
    pagesDepopulated: (ordinal, from, end) => log.push(`U ${ordinal} ${from} ${end}`),
    balanceWorkPending: () => log.push("Q"),
  };
}

/** Areas of the script so far; a copy goes with a snapshot. */
type Areas = number[];

/** Operation number `i` of a script that grows, then shrinks, with balance work stepped in between. */
function operate(t: Percpu, areas: Areas, i: number, log: string[]): void {
  const random = new Random(i + 1);
  if (balanceWorkRuns(t)) {
    if (random.perMille(600)) log.push(`step ${balanceStep(t)}`);
  } else if (balanceWorkPending(t) && random.perMille(100)) beginBalanceWork(t);
  const growing = i % 600 < 300;
  if (areas.length > 0 && random.perMille(growing ? 300 : 700)) {
    const [area] = areas.splice(random.below(areas.length), 1);
    freePercpu(t, area ?? -1);
    return;
  }
  const mix = random.pick(SIZE_MIXES);
  const kind = t.nrKinds > 1 ? random.below(2) : 0;
  const area = allocPercpu(t, mix.size(random), mix.align(random), random.perMille(200), kind);
  if (area >= 0) areas.push(area);
  log.push(String(area));
}

function runScript(t: Percpu, areas: Areas, from: number, end: number): string[] {
  const log: string[] = [];
  t.events = logTo(log);
  for (let i = from; i < end; i++) operate(t, areas, i, log);
  return log;
}

/** Restores from snapshots taken at several places and compares what follows, to the last event. */
function check(config: PercpuConfig): void {
  const t = createPercpu(config);
  const areas: Areas = [];
  const places = [0, 1, 250, 400, 599];
  let amidWork = 0;
  for (let i = 0; i < 1800; i++) {
    const amid = balanceWorkRuns(t) && i % 7 === 0;
    if (places.includes(i) || (amid && amidWork++ < 10)) {
      const snapshot = snapshotPercpu(t);
      const copy = createPercpu(config);
      runScript(copy, [], 0, i % 3 === 0 ? 0 : 900);
      restorePercpu(copy, snapshot);
      expect(hashPercpu(copy)).toBe(hashPercpu(t));
      expect(verifyPercpu(copy)).toEqual([]);
      const original = createPercpu(config);
      restorePercpu(original, snapshot);
      const logs = [runScript(original, [...areas], i, i + 200), runScript(copy, [...areas], i, i + 200)];
      expect(logs[1]).toEqual(logs[0]);
      expect(hashPercpu(copy)).toBe(hashPercpu(original));
      expect(hashPercpu(original)).not.toBe(hashPercpu(t));
    }
    runScript(t, areas, i, i + 1);
  }
  if (t.policy.name !== "vanilla") expect(amidWork).toBeGreaterThan(0);
}

test.each(CONFIGS)("$policy.name, $nrKinds kinds, count $emptyCount: a snapshot resumes exactly", check);

test.each(CONFIGS)("$policy.name, $nrKinds kinds, count $emptyCount: the same script gives the same hash", (config) => {
  const runs = [1, 2].map(() => {
    const t = createPercpu(config);
    return [...runScript(t, [], 0, 1500), hashPercpu(t)];
  });
  expect(runs[1]).toEqual(runs[0]);
});

test("the hash does not depend on room in the table or on what freed rows held", () => {
  const config = CONFIGS[0] ?? expect.fail("no configuration");
  const t = createPercpu(config);
  runScript(t, [], 0, 1500);
  const copy = createPercpu(config);
  restorePercpu(copy, snapshotPercpu(t));
  expect(copy.ordinal.length).not.toBe(t.ordinal.length);
  expect(hashPercpu(copy)).toBe(hashPercpu(t));
  expect(hashPercpu(t)).toMatch(/^[0-9a-f]{16}$/);
});

test("the hash sees each word of globals, lists and live rows", () => {
  const config = CONFIGS[1] ?? expect.fail("no configuration");
  const t = createPercpu(config);
  runScript(t, [], 0, 200);
  const hash = hashPercpu(t);
  const changeAndBack = (words: Int32Array | Float64Array, i: number) => {
    const old = words[i] ?? 0;
    words[i] = old + 1;
    expect(hashPercpu(t)).not.toBe(hash);
    words[i] = old;
  };
  for (let word = 0; word < NR_ROWS; word++) changeAndBack(t.globals, word);
  for (let word = 0; word < t.totals.length; word++) changeAndBack(t.totals, word);
  for (let list = 0; list < t.listHead.length; list++) changeAndBack(t.listHead, list);
  for (const words of [t.freeBytes, t.list, t.hints, t.allocMap, t.populated]) changeAndBack(words, 0);
  expect(hashPercpu(t)).toBe(hash);
});

test("a snapshot is refused by another configuration", () => {
  const [one, two] = CONFIGS;
  if (one === undefined || two === undefined) throw new Error("no configuration");
  const snapshot = snapshotPercpu(createPercpu(one));
  expect(() => restorePercpu(createPercpu(two), snapshot)).toThrow("kinds");
  const other = createPercpu({ ...one, policy: (CONFIGS[3] ?? one).policy });
  expect(() => restorePercpu(other, snapshot)).toThrow("policy");
});
