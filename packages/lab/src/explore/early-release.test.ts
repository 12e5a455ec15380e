/** The early release in every order: sound as intended, and each fault found by a shortest story. */

import type { StatsMachinery } from "@ebb/model";
import { describe, expect, test } from "vitest";
import { EarlyRelease, type EarlyReleaseConfig, type EarlyReleaseState, MEMCG, ROOT } from "./early-release.ts";
import { brokenRules } from "./early-release-rules.ts";
import { earlyReleaseScenario } from "./explore-early-release.ts";
import { explore, type Scenario } from "./explorer.ts";
import { type ExploreReport, NOTHING_ASKED } from "./request.ts";
import { exploreScenario } from "./scenarios.ts";

const LIMITS = { maxStates: 1_000_000, onProgress: () => undefined };

function report(request: object): ExploreReport {
  const scenario = exploreScenario("early-release");
  if ("severity" in scenario) throw new Error(scenario.message);
  const found = scenario.run({ ...NOTHING_ASKED, ...request }, () => undefined);
  if ("severity" in found) throw new Error(found.message);
  return found;
}

function configOf(machinery: StatsMachinery, change: Partial<EarlyReleaseConfig>): EarlyReleaseConfig {
  const deltas = [
    [1, 1],
    [1, -3],
  ];
  const few = { nrCpus: 2, batchPages: 1, nrHotplugs: 1, nrReaders: 1, flushPerCpu: false };
  return { machinery, faults: new Set(), deltas, ...few, ...change };
}

const SOUND: readonly [string, Partial<EarlyReleaseConfig>][] = [
  ["2 writers, 2 CPUs, 1 hotplug, 1 reader", {}],
  ["the callback flushes CPU by CPU", { flushPerCpu: true }],
  ["batch 2", { batchPages: 2 }],
  ["a large delta between small ones", { deltas: [[1, 5, -1], [-5]] }],
  ["CPUs that come back and go again", { nrHotplugs: 3 }],
  ["3 writers, 3 CPUs, 2 hotplugs", { nrCpus: 3, nrHotplugs: 2, deltas: [[1, 1], [2], [-4]], nrReaders: 0 }],
  ["no writer", { deltas: [] }],
];

describe.each(["batch-local", "batch-hierarchy"] as const)("%s is sound in every order", (machinery) => {
  test.each(SOUND)("%s", (_title, change) => {
    const found = explore(earlyReleaseScenario(new EarlyRelease(configOf(machinery, change))), LIMITS);
    expect(found?.violation).toBeUndefined();
    expect(found?.nrOrders).toBeGreaterThan(0n);
  });
});

/** Walks each order by itself, without merging states. */
function countSlowly<State>(scenario: Scenario<State>, state: State): bigint {
  const actors = scenario.enabled(state);
  if (actors.length === 0) return 1n;
  let nr = 0n;
  for (const actor of actors) nr += countSlowly(scenario, scenario.after(state, actor));
  return nr;
}

test.each<[string, Partial<EarlyReleaseConfig>]>([
  ["1 writer, 1 CPU", { nrCpus: 1, deltas: [[1]], nrHotplugs: 0, nrReaders: 1 }],
  ["1 writer with hotplug", { deltas: [[1]], nrHotplugs: 1, nrReaders: 0 }],
  ["hotplug and reader", { deltas: [], nrHotplugs: 1, nrReaders: 1 }],
])("the number of orders is that of walking each: %s", (_title, change) => {
  const scenario = earlyReleaseScenario(new EarlyRelease(configOf("batch-local", change)));
  expect(explore(scenario, LIMITS)?.nrOrders).toBe(countSlowly(scenario, scenario.initial));
});

const STORIES: readonly [fault: string, nrSteps: number, rule: RegExp][] = [
  ["S1", 4, /nobody follows a null pointer/],
  ["S2", 8, /sum and residues are the truth: expected 1, found 2/],
  ["S3", 8, /a dead CPU keeps no residue/],
  ["S4", 2, /no block is left behind/],
  ["H1", 8, /a dead CPU keeps no residue/],
  ["H2", 8, /sum and residues are the truth: expected 1, found 2/],
];

test.each(STORIES)("fault %s is found in %d steps", (fault, nrSteps, rule) => {
  const found = report({ fault });
  expect(found.exploration.nrOrders).toBeUndefined();
  expect(found.exploration.violation?.rules.join("\n")).toMatch(rule);
  expect(found.story.length).toBe(nrSteps);
});

test("H1: what a dead CPU kept is not lost, as the callback adds all possible CPUs", () => {
  const told = new EarlyRelease(configOf("batch-hierarchy", { faults: new Set(["H1"]), deltas: [[], [1]] }));
  const [css, writer, hotplug, reader] = [0, 3, 4, 5];
  const steps = [css, writer, writer, writer, writer, hotplug, hotplug, hotplug, reader, css, css, css, css, css];
  for (const actor of steps) told.step(actor);
  expect([told.sum(ROOT), told.state.truth, told.stats.phase[MEMCG]]).toEqual([1, 1, 0]);
});

test("S2 tells how a residue comes to be counted twice", () => {
  const lines = report({ fault: "S2" }).story.map(({ who, did, state }) => `${who}: ${did}: ${state.join(" ")}`);
  expect(lines.slice(3)).toEqual([
    "writer 1: stores +1 in the block, CPU 1: live 0 1 0 1",
    "writer 1: leaves its read section on CPU 1: live 0 1 0 1",
    "hotplug: CPU 1 goes away: live 0 1 0 1",
    "hotplug: on CPU 0: loads live: the block: live 0 1 0 1",
    "hotplug: on CPU 0, for dead CPU 1: adds +1 to the sum: live 0 1 1 1",
  ]);
});

/** The same scenario under a grace period that waits for nobody. */
function hasty(config: EarlyReleaseConfig): Scenario<EarlyReleaseState> {
  const actors = new EarlyRelease(config);
  const scenario = earlyReleaseScenario(actors);
  return {
    ...scenario,
    after(state, actor) {
      const after = scenario.after(state, actor);
      const writers = after.writers.map((writer) => ({ ...writer, old: false }));
      actors.state = { ...after, writers, hotplug: { ...after.hotplug, old: false } };
      return actors.state;
    },
  };
}

test("without a grace period a writer touches the freed block", () => {
  const found = explore(hasty(configOf("batch-local", { deltas: [[1]], nrHotplugs: 0 })), LIMITS);
  expect(found?.violation?.rules.join("\n")).toMatch(/once flushed the sum is the truth|after its free/);
});

test("a state holds all there is: put back, it goes on the same way", () => {
  const actors = new EarlyRelease(configOf("batch-hierarchy", {}));
  const scenario = earlyReleaseScenario(actors);
  let state = scenario.initial;
  for (let step = 0; scenario.enabled(state).length > 0; step++) {
    const enabled = scenario.enabled(state);
    const keys = enabled.map((actor) => scenario.key(scenario.after(state, actor)));
    expect(enabled.map((actor) => scenario.key(scenario.after(state, actor)))).toEqual(keys);
    actors.load(state);
    expect(brokenRules(actors)).toEqual([]);
    state = scenario.after(state, enabled[(step * 7) % enabled.length] ?? 0);
  }
  expect(state.truth).toBe(0);
});
