/** The benchmarks in small, so that they cannot rot; how fast anything was is not looked at. */

import { fixtureFolder } from "@ebb/testkit";
import { expect, test } from "vitest";
import { benchCopies } from "./copies.ts";
import { benchDying } from "./dying.ts";
import { benchGolden, goldenTimings } from "./goldens.ts";
import { benchGrowth } from "./growth.ts";
import { benchSlab, SLAB_PATTERNS } from "./slab.ts";
import { benchSlabArrays } from "./slab-arrays.ts";
import { benchTimeline, TIMELINES } from "./timeline.ts";
import { benchTraceFile } from "./trace-file.ts";
import { benchImport, IMPORT_INPUTS } from "./trace-import.ts";
import { benchLongReplay, benchReplay, REPLAY_INPUTS } from "./trace-replay.ts";

test("each large golden of the fixtures runs, and policies that differ end in different states", () => {
  const folder = fixtureFolder("percpu-golden");
  const speeds = goldenTimings(folder).map(({ golden, policy }) => benchGolden(folder, golden, policy, true));
  expect(speeds.map((s) => `${s.golden} ${s.policy}`)).toContain("700-churn-small-1e5 upstream");
  expect(speeds.every((s) => s.operations > 10_000 && s.millionOpsPerSecond > 0)).toBe(true);
  expect(new Set(speeds.map((s) => s.stateHash)).size).toBeGreaterThan(2);
});

test("growth is measured at the chunk counts asked for", () => {
  const points = benchGrowth([4, 20], true);
  expect(points.map((p) => p.chunks)).toEqual([5, 21]);
  expect(points.every((p) => p.bytesPerChunk > 18_000)).toBe(true);
});

test("cgroups with pinned files die, and go when they are reclaimed", () => {
  const point = benchDying(50);
  expect(point.dying).toEqual([50, 0]);
  expect(benchDying(50).stateHash).toBe(point.stateHash);
});

test("each cgroup gets copies of five caches", () => {
  const point = benchCopies(20);
  expect(point.copies).toBe(100);
  expect(benchCopies(20).stateHash).toBe(point.stateHash);
});

test("each pattern of slab objects runs, and ends in a state of its own", () => {
  const speeds = SLAB_PATTERNS.map((pattern) => benchSlab(pattern, true));
  expect(speeds.every((s) => s.operations === 20_000 && s.millionOpsPerSecond > 0)).toBe(true);
  expect(new Set(speeds.map((s) => s.stateHash)).size).toBe(3);
});

test("objects go through the arrays of SLAB in each pattern, to one state", () => {
  const points = benchSlabArrays(true);
  expect(points.map((p) => p.pattern)).toEqual(["in the array", "batches", "between CPUs"]);
  expect(points.every((p) => p.millionPairsPerSecond > 0)).toBe(true);
  expect(benchSlabArrays(true).map((p) => p.stateSum)).toEqual(points.map((p) => p.stateSum));
});

test("an event file is written and read back", () => {
  const speed = benchTraceFile(true);
  expect(speed.events).toBeGreaterThanOrEqual(40_000);
  expect(speed.bytesPerEvent).toBeLessThan(5);
  expect(speed.millionReadPerSecond).toBeGreaterThan(0);
  expect(benchTraceFile(true).checksum).toBe(speed.checksum);
});

test("each form of trace is imported, to the same columns each time", () => {
  const speeds = IMPORT_INPUTS.map((name) => benchImport(name, true));
  expect(speeds.map((s) => s.nrRead)).toEqual([20753, 1940, 1929, 1798, 1808]);
  expect(speeds.every((s) => s.millionPerSecond > 0)).toBe(true);
  expect(IMPORT_INPUTS.map((name) => benchImport(name, true).columnSum)).toEqual(speeds.map((s) => s.columnSum));
});

test("recordings are replayed and explained, a made-up one as long as asked for", () => {
  for (const speed of REPLAY_INPUTS.filter((input) => !input.endsWith(" ")).map((input) => benchReplay(input, true))) {
    expect([speed.trace, speed.explained]).toEqual([speed.trace, speed.allocations]);
    expect(speed.millionPerSecond).toBeGreaterThan(0);
  }
  const long = benchLongReplay(100_000);
  expect(long.events).toBeGreaterThanOrEqual(100_000);
  expect(long.matched).toBe(long.allocations);
});

test("a script and a made-up trace become timelines, the same each time", () => {
  for (const of of TIMELINES) {
    const speed = benchTimeline(of, true);
    expect(speed.events).toBeGreaterThan(3000);
    expect(speed.seekMostMs).toBeGreaterThan(0);
    expect(benchTimeline(of, true).stateHash).toBe(speed.stateHash);
  }
});
