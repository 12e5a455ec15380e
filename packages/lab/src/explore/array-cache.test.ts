/** The replacement of arrays in every order: sound with the barrier, and its lack found by a shortest story. */

import {
  addSlabCache,
  type BarrierRule,
  createSlab,
  createSlabPool,
  foldSlabAllocator,
  tuneSlabCache,
} from "@ebb/model";
import { describe, expect, test } from "vitest";
import { ArrayCache, type ArrayCacheState } from "./array-cache.ts";
import { brokenRules } from "./array-cache-rules.ts";
import { arrayCacheScenario } from "./explore-array-cache.ts";
import { explore, type Scenario } from "./explorer.ts";
import { type ExploreReport, NOTHING_ASKED } from "./request.ts";
import { exploreScenario } from "./scenarios.ts";

const LIMITS = { maxStates: 400_000, onProgress: () => undefined };

function run(request: object) {
  const scenario = exploreScenario("array-cache");
  if ("severity" in scenario) throw new Error(scenario.message);
  return scenario.run({ ...NOTHING_ASKED, ...request }, () => undefined);
}

function report(request: object): ExploreReport {
  const found = run(request);
  if ("severity" in found) throw new Error(found.message);
  return found;
}

const scenarioOf = (barrier: BarrierRule, nrCpus: number, nrTunings: number) =>
  arrayCacheScenario(new ArrayCache({ barrier, nrCpus, nrTunings }));

describe.each(["always-ipi", "no-first-ipi"])("policy %s is sound in every order", (variant) => {
  test.each([
    ["1", 100],
    ["2", 10_000],
  ])("%s CPUs", (cpus, orders) => {
    const { exploration, story } = report({ variant, cpus });
    expect([exploration.violation, story]).toEqual([undefined, []]);
    expect(exploration.nrOrders).toBeGreaterThan(BigInt(orders));
  });
});

test("3 CPUs, no tuning: the first arrays need no barrier", () => {
  const found = explore(scenarioOf("never", 3, 0), LIMITS);
  expect(found?.violation).toBeUndefined();
});

test("without the barrier a CPU uses a freed array, told in 10 steps", () => {
  const { exploration, story, columns } = report({ variant: "never-ipi" });
  expect(exploration.nrOrders).toBeUndefined();
  expect(exploration.violation?.rules).toEqual(["nobody uses an array after its free: CPU 1 does"]);
  expect(columns).toEqual(["arrays", "old", "CPU 0", "CPU 1", "given out", "IPIs"]);
  expect(story.map(({ who, did, state }) => `${who}: ${did}: ${state.join(" ")}`).slice(3)).toEqual([
    "CPU 1: loads the pointer to its array: A - - A 0 0",
    "tuner: points the cache to new arrays of limit 1: B A - A 0 0",
    "tuner: stores the new tunables: B A - A 0 0",
    "tuner: returns what CPU 0's old array holds to the slabs: B A - A 0 0",
    "tuner: returns what CPU 1's old array holds to the slabs: B A - A 0 0",
    "tuner: frees the old arrays: B - - A (freed) 0 0",
    "CPU 1: allocates an object through it: B - - - 0 0",
  ]);
});

test("an IPI to one other CPU for each barrier: 3 with the first arrays, 2 without", () => {
  const sent = (barrier: BarrierRule) => {
    const told = new ArrayCache({ barrier, nrCpus: 2, nrTunings: 2 });
    while (told.enabled().includes(0)) told.step(0);
    return told.state.nrIpis;
  };
  expect([sent("always"), sent("only-when-replacing"), sent("never")]).toEqual([3, 2, 0]);
});

test("an object that is freed into a drained array is lost with it", () => {
  const told = new ArrayCache({ barrier: "never", nrCpus: 2, nrTunings: 1 });
  const [tuner, cpu1] = [0, 2];
  // CPU 1 allocates, then holds a pointer to the old array while that is drained.
  const steps = [tuner, tuner, cpu1, cpu1, cpu1, cpu1, cpu1, cpu1, tuner, tuner, tuner, tuner, cpu1];
  for (const actor of steps) told.step(actor);
  expect(brokenRules(told)).toEqual([]);
  told.step(tuner);
  expect(brokenRules(told)).toEqual(["no object is lost with its array: expected 0, found 1"]);
});

/** The same scenario with a barrier that waits for nobody. */
function hasty(scenario: Scenario<ArrayCacheState>, actors: ArrayCache): Scenario<ArrayCacheState> {
  return {
    ...scenario,
    after(state, actor) {
      const after = scenario.after(state, actor);
      actors.state = { ...after, cpus: after.cpus.map((cpu) => ({ ...cpu, isAwaited: false })) };
      return actors.state;
    },
  };
}

test("interrupts alone do not help: the tuner has to wait", () => {
  const actors = new ArrayCache({ barrier: "always", nrCpus: 2, nrTunings: 1 });
  const found = explore(hasty(arrayCacheScenario(actors), actors), LIMITS);
  expect(found?.violation?.rules.join("\n")).toMatch(/nobody uses an array after its free/);
});

/** Walks each order by itself, without merging states. */
function countSlowly<State>(scenario: Scenario<State>, state: State): bigint {
  const actors = scenario.enabled(state);
  if (actors.length === 0) return 1n;
  let nr = 0n;
  for (const actor of actors) nr += countSlowly(scenario, scenario.after(state, actor));
  return nr;
}

test.each([
  ["always", 1, 2],
  ["only-when-replacing", 1, 2],
  ["always", 1, 0],
] as const)("the number of orders is that of walking each: %s, %i CPUs, %i tunings", (barrier, nrCpus, nrTunings) => {
  const scenario = scenarioOf(barrier, nrCpus, nrTunings);
  expect(explore(scenario, LIMITS)?.nrOrders).toBe(countSlowly(scenario, scenario.initial));
});

test("the tuner's steps one after the other are the model's whole calls", () => {
  const told = new ArrayCache({ barrier: "always", nrCpus: 3, nrTunings: 2 });
  while (told.enabled().includes(0)) told.step(0);
  const s = createSlab({ pool: createSlabPool(), nrCpus: 3, nrNodes: 1, nodeOfCpu: new Int32Array(3) });
  const spec = { objectsPerSlab: 2, pagesPerSlab: 1, limit: 2, batchcount: 1, shared: 0 };
  const cache = addSlabCache(s, spec, 0, "always");
  for (const limit of [1, 2]) tuneSlabCache(s, cache, limit, 1, 0, 0, "always");
  const words = (slab: typeof s) => {
    const all: number[] = [];
    foldSlabAllocator(slab, (word) => all.push(word));
    return all;
  };
  expect(words(told.slab)).toEqual(words(s));
});

test("a state holds all there is: put back, it goes on the same way", () => {
  const actors = new ArrayCache({ barrier: "only-when-replacing", nrCpus: 3, nrTunings: 2 });
  const scenario = arrayCacheScenario(actors);
  let state = scenario.initial;
  for (let step = 0; scenario.enabled(state).length > 0; step++) {
    const enabled = scenario.enabled(state);
    const keys = enabled.map((actor) => scenario.key(scenario.after(state, actor)));
    expect(enabled.map((actor) => scenario.key(scenario.after(state, actor)))).toEqual(keys);
    actors.load(state);
    expect(brokenRules(actors)).toEqual([]);
    state = scenario.after(state, enabled[(step * 7) % enabled.length] ?? 0);
  }
});

test.each([
  [{ variant: "sometimes" }, "no such variant"],
  [{ cpus: "4" }, "not a number that can be explored"],
  [{ fault: "S1" }, "not an option of array-cache"],
  [{ readers: "1" }, "not an option of array-cache"],
])("asked wrongly: %j", (request, message) => {
  expect(run(request)).toMatchObject({ severity: "error", message });
});
