/** A policy answers and changes nothing: every question, asked at every state of a run, leaves the hash as it was. */

import { configTitle, GEOMETRIES, PercpuPair, percpuConfigs, Random, SIZE_MIXES } from "@ebb/testkit";
import { expect, test } from "vitest";
import { NO_CHUNK } from "../constants.ts";
import {
  GO_ON,
  ISOLATE,
  KEEP,
  MARK,
  REINTEGRATE,
  SCHEDULE,
  SIDELINE_AT_HEAD,
  SIDELINE_AT_TAIL,
  STAGE_DESTROY_FREE,
  STAGE_DESTROY_UNPOPULATED,
  STAGE_END,
  STAGE_POPULATE,
  STAGE_RECLAIM,
  STAGE_START,
  STAY,
  STOP_DONE,
  STOP_WATER_MARK,
  TO_TAIL,
} from "../policy.ts";
import { hashPercpu } from "../snapshot.ts";
import type { Percpu } from "../state.ts";
import { NR_ROWS } from "../words.ts";
import { PERCPU_POLICIES, percpuPolicy } from "./index.ts";

const AFTER_FREE = [KEEP, SCHEDULE, MARK, MARK + SCHEDULE, ISOLATE];
const STAGES = [STAGE_DESTROY_FREE, STAGE_DESTROY_UNPOPULATED, STAGE_POPULATE, STAGE_RECLAIM, STAGE_END];
const STOPS = [GO_ON, STOP_DONE, STOP_WATER_MARK];
const AFTER_WALK = [STAY, TO_TAIL, REINTEGRATE, SIDELINE_AT_HEAD, SIDELINE_AT_TAIL];

/** Asks every question about every live chunk; answers must be verdicts. */
function askAll(t: Percpu): void {
  const { policy } = t;
  for (let kind = 0; kind < t.nrKinds; kind++) {
    for (const stage of [STAGE_START, ...STAGES]) expect(STAGES).toContain(policy.nextStage(t, kind, stage));
    expect(typeof policy.reclaim?.mayTakeAnother(t, kind)).toBe(policy.reclaim === undefined ? "undefined" : "boolean");
  }
  for (let chunk = 0; chunk < (t.globals[NR_ROWS] ?? 0); chunk++) {
    if (t.ordinal[chunk] === NO_CHUNK) continue;
    expect(AFTER_FREE).toContain(policy.afterFree(t, chunk));
    if (policy.reclaim === undefined) continue;
    expect(STOPS).toContain(policy.reclaim.beforePage(t, chunk, t.kind[chunk] ?? 0));
    for (const stop of STOPS) {
      for (const nrDepopulated of [0, 3]) {
        expect(AFTER_WALK).toContain(policy.reclaim.afterWalk(t, chunk, nrDepopulated, stop));
      }
    }
  }
}

const CONFIGS = percpuConfigs(GEOMETRIES[1]).map((config) => ({ title: configTitle(config), config }));

test.each(CONFIGS)("$title", ({ config }) => {
  const pair = new PercpuPair(config);
  const random = new Random(5);
  for (let i = 0; i < 600; i++) {
    const mix = random.pick(SIZE_MIXES);
    if (pair.nrLive > 0 && random.perMille(i < 300 ? 350 : 650)) pair.free(random.below(pair.nrLive));
    else pair.alloc(mix.size(random), mix.align(random), random.perMille(200), random.below(config.nrKinds));
    if (random.perMille(200)) pair.balanceStep();
    if (i % 10 !== 0) continue;
    const hash = hashPercpu(pair.t);
    askAll(pair.t);
    expect(hashPercpu(pair.t)).toBe(hash);
  }
});

test("policies are found by name", () => {
  expect(PERCPU_POLICIES.map((policy) => policy.name)).toEqual(["vanilla", "rfc", "v1", "v3", "upstream"]);
  for (const policy of PERCPU_POLICIES) expect(percpuPolicy(policy.name)).toBe(policy);
  expect(percpuPolicy("slub")).toBe(undefined);
});
