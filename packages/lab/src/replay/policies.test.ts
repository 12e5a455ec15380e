/** Recorded requests under other policies: the published prediction, and what holds under every policy. */

import { percpuPolicy, verifyPercpu } from "@ebb/model";
import { earlyEventsOf61, recordedRun } from "@ebb/testkit";
import { expect, test } from "vitest";
import { policiesJson } from "./policies-json.ts";
import { type PolicyReport, PolicySession } from "./policy-session.ts";
import { policyRows, policySummaries } from "./policy-summary.ts";
import { printPolicies } from "./print-policies.ts";

const before = earlyEventsOf61();

function replayUnder(name: string, policyNames: readonly string[], at = ""): PolicyReport {
  const run = recordedRun(name);
  const policies = policyNames.map(percpuPolicy).filter((policy) => policy !== undefined);
  const percpuKb = new Map<string, number>();
  const options = { traceName: name, stats: run.stats, log: run.log, before, nrCpus: undefined, percpuKb };
  const session = new PolicySession(options, policies, at);
  const report = session.end(run.read(session));
  if (typeof report === "string") throw new Error(report);
  return report;
}

test("the vanilla kernel's requests under upstream: what the patched kernel showed of the same script", () => {
  const report = replayUnder("6.1-slub-vanilla-32cpu-seed000", ["upstream"], "2");
  const rows = policyRows(report);
  const kb = (text: string) => {
    const range = rows.find((row) => row.text === text)?.percpuKb[0];
    return [range?.low ?? 0, range?.high ?? 0] as const;
  };
  expect(kb("stage 0")).toEqual([6528, 6528]);
  // The recorded patched kernel: 632320 and 200704 kB, other runs of it 198272 and 205056.
  const [created, createdMost] = kb("stage 1");
  expect(created).toBeGreaterThan(632320 * 0.999);
  expect(createdMost).toBeLessThan(632320 * 1.001);
  const [left, leftMost] = kb("stage 2");
  expect(left).toBeGreaterThan(200704 * 0.97);
  expect(leftMost).toBeLessThan(200704 * 1.03);
  expect([left <= 198272, leftMost >= 200704]).toEqual([true, true]);
  const [summary] = policySummaries(rows, "2");
  expect(summary?.cameBack?.nominal).toBeCloseTo(0.69, 2);
  for (const run of report.replay.runs.flat()) expect(verifyPercpu(run.t)).toEqual([]);
  const holders = report.holders[0];
  const bytes = holders?.chunks.reduce((sum, { usedBytes }) => sum + usedBytes, 0);
  expect(bytes).toBe(rows.find(({ text }) => text === "stage 2")?.usedBytes);
});

test("every policy serves the same requests; a range holds its nominal figure", () => {
  const names = ["vanilla", "rfc", "v1", "v3", "upstream"];
  const report = replayUnder("6.1-slub-stock-2cpu-seed000-n100-pages", names);
  const { replay } = report;
  expect([replay.nrAllocations, replay.nrFrees, replay.live.nrUnknown]).toEqual([10142, 9930, 0]);
  for (const row of policyRows(report)) {
    expect(row.percpuKb).toHaveLength(names.length);
    for (const { low, high, nominal } of row.percpuKb) expect([low <= nominal, nominal <= high]).toEqual([true, true]);
  }
  for (const run of replay.runs.flat()) expect(verifyPercpu(run.t)).toEqual([]);
  // What the recorded kernel, upstream, showed at its marks.
  const upstream = policyRows(report).map(({ percpuKb }) => [percpuKb[4]?.low, percpuKb[4]?.high]);
  expect(upstream.slice(0, 3)).toEqual([
    [408, 408],
    [408, 408],
    [4320, 4320],
  ]);
  const text = printPolicies(report);
  expect(text).toContain("__alloc_percpu_gfp+0x12, 1032 B");
  const json: unknown = JSON.parse(policiesJson(report));
  expect(json).toMatchObject({ format: "ebb-replay-policies/1", allocations: 10142, schedules: { length: 4 } });
});
