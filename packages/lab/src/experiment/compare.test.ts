import { describe, expect, test } from "vitest";
import { summarize } from "./compare.ts";
import type { Reading } from "./readings.ts";

const FIGURES = {
  nrDying: 0,
  percpuKb: 0,
  nrChunks: 0,
  nrPopulatedPages: 0,
  nrEmptyPopPages: 0,
  liveBytes: 0,
  nrDeadCaches: 0,
  nrDeadCachePages: 0,
  nrIpisCpu0: 0,
  nrIpis: 0,
};

/** A reading of `percpuKb` while `nrOnline` cgroups are online. */
function reading([percpuKb, nrOnline]: readonly [number, number]): Reading {
  const figures = { ...FIGURES, nrOnline };
  return {
    line: 1,
    occurrence: 1,
    command: "",
    timeNs: 0,
    output: "",
    rows: [],
    percpuKb,
    slabKb: undefined,
    nrDyingPrinted: undefined,
    figures,
  };
}

/** Readings as `[kB, online]`; expected: `start full after cameBack liveShare ideal timesIdeal`. */
function check(readings: readonly (readonly [number, number])[], expected: string): void {
  const s = summarize(readings.map(reading));
  const values = [s?.startKb, s?.fullKb, s?.afterKb, s?.cameBack, s?.liveShare, s?.idealKb, s?.timesIdeal];
  expect(values.map((value) => value ?? "-").join(" ")).toBe(expected);
}

describe("end figures", () => {
  test.each<[readonly (readonly [number, number])[], string]>([
    [
      [
        [100, 1],
        [1100, 11],
        [600, 6],
      ],
      "100 1100 600 0.5 0.5 600 1",
    ],
    [
      [
        [100, 1],
        [1100, 11],
        [1100, 1],
      ],
      "100 1100 1100 0 0 100 11",
    ],
    // The highest is not the last but one, and the first of equals counts.
    [
      [
        [100, 0],
        [900, 10],
        [900, 20],
        [500, 5],
      ],
      "100 900 500 0.5 0.5 500 1",
    ],
    // Nothing was added.
    [
      [
        [100, 3],
        [100, 3],
      ],
      "100 100 100 - - - -",
    ],
    [[[100, 3]], "100 100 100 - - - -"],
    // Memory grew without cgroups.
    [
      [
        [100, 3],
        [200, 3],
        [150, 3],
      ],
      "100 200 150 0.5 - - -",
    ],
    [
      [
        [0, 0],
        [10, 10],
        [0, 0],
      ],
      "0 10 0 1 0 0 -",
    ],
    [[], "- - - - - - -"],
  ])("%j: %s", check);
});
