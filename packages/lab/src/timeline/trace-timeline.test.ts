/** Recorded traces as timelines: any instant is what the allocator was then, under the policy asked for. */

import { EVENT_MARK, type EventNames } from "@ebb/formats";
import { hashPercpu, type Percpu, percpuPolicy } from "@ebb/model";
import { earlyEventsOf61, Random, recordedRun } from "@ebb/testkit";
import { expect, test } from "vitest";
import { beginPolicyReplay, PolicySession } from "../replay/policy-session.ts";
import { policyRows } from "../replay/policy-summary.ts";
import { type TraceOptions, TraceSetup } from "../replay/trace-setup.ts";
import { NOMINAL } from "../replay/work-schedule.ts";
import { type TraceTimeline, TraceTimelineSession } from "./trace-timeline.ts";

const SMALL = "6.1-slub-stock-2cpu-seed000-n100-pages";
const before = earlyEventsOf61();

function optionsFor(name: string): TraceOptions {
  const { stats, log } = recordedRun(name);
  return { traceName: name, stats, log, before, nrCpus: undefined, percpuKb: new Map() };
}

function policyNamed(name: string) {
  const policy = percpuPolicy(name);
  if (policy === undefined) throw new Error(`no policy ${name}`);
  return policy;
}

function timelineOf(name: string, policy: string | undefined): TraceTimeline {
  const session = new TraceTimelineSession(optionsFor(name), policy === undefined ? undefined : policyNamed(policy));
  const timeline = session.end(recordedRun(name).read(session));
  if (typeof timeline === "string") throw new Error(timeline);
  return timeline;
}

/** State hashes of a replay of its own after so many requests, runs of the balance work and marks. */
function hashesOf(name: string, policy: string, positions: ReadonlySet<number>): Map<number, string> {
  const hashes = new Map<number, string>();
  const setup = new TraceSetup(optionsFor(name), () => undefined);
  let names: EventNames | undefined;
  let begun: Exclude<ReturnType<typeof beginPolicyReplay>, string> | undefined;
  let t: Percpu | undefined;
  let nr = 0;
  const step = () => {
    if (t === undefined) return;
    nr++;
    if (positions.has(nr)) hashes.set(nr, hashPercpu(t));
  };
  const listener = { allocated: step, freed: step, balanced: step };
  recordedRun(name).read({
    opened: (opened) => {
      names = opened;
      return true;
    },
    batch(batch) {
      if (names === undefined) return false;
      if (begun === undefined) {
        const policies = [policyNamed(policy)];
        const started = beginPolicyReplay(setup, names, batch, () => ({ policies, schedules: [NOMINAL], listener }));
        if (typeof started === "string") throw new Error(started);
        begun = started;
        t = started.replay.runs[0]?.[0]?.t;
        if (t !== undefined) hashes.set(0, hashPercpu(t));
      }
      begun.replay.feed(batch, (i) => {
        if (batch.kind[i] === EVENT_MARK) step();
      });
      return true;
    },
    problem: () => undefined,
  });
  begun?.replay.end();
  if (t !== undefined) hashes.set(nr, hashPercpu(t));
  return hashes;
}

test.each(["vanilla", "rfc", "v1", "v3", "upstream"])(
  "under %s every instant has the state of the replay",
  (policy) => {
    const timeline = timelineOf(SMALL, policy);
    const random = new Random(timeline.nrEvents);
    const positions = [0, timeline.nrEvents, ...Array.from({ length: 30 }, () => random.below(timeline.nrEvents + 1))];
    const hashes = hashesOf(SMALL, policy, new Set(positions));
    expect(positions.map((at) => [at, timeline.viewAt(at).hash])).toEqual(positions.map((at) => [at, hashes.get(at)]));
    expect(Math.max(...hashes.keys())).toBe(timeline.nrEvents);
  },
);

test("the kernel's own policy is what its release has; the figures are those of the replay under it", () => {
  const timeline = timelineOf(SMALL, undefined);
  expect(timeline.policy).toBe("upstream");
  const session = new PolicySession(optionsFor(SMALL), [policyNamed("upstream")], "");
  const report = session.end(recordedRun(SMALL).read(session));
  if (typeof report === "string") throw new Error(report);
  const rows = policyRows(report);
  const marks = timeline.curves.marks.filter(({ kind }) => kind === "mark");
  expect(marks.map(({ label }) => label)).toEqual(rows.slice(0, -1).map(({ text }) => text));
  const positions = [...marks.map(({ position }) => position), timeline.nrEvents];
  const figure = (position: number, wanted: string) =>
    timeline.viewAt(position).figures.find(({ name }) => name === wanted)?.value;
  expect(positions.map((at) => figure(at, "Percpu"))).toEqual(rows.map(({ percpuKb }) => percpuKb[0]?.nominal));
  const { nrUnits, holders } = timeline.viewAt(timeline.nrEvents);
  const bytes = holders.bytes.reduce((sum, one) => sum + one, 0);
  expect(figure(timeline.nrEvents, "Bytes used")).toBe((bytes * nrUnits) / 1024);
});

test("areas have the call site that asked for them, and the time they were taken at", () => {
  const timeline = timelineOf("6.1-slub-stock-2cpu-seed000-n1-stacks", "upstream");
  const view = timeline.viewAt(timeline.nrEvents);
  const { holders, chunks } = view;
  let nrOld = 0;
  for (const row of chunks.row) {
    const { nrAreas, sizeBytes, holder, bornNs } = timeline.areasOf(row);
    for (let i = 0; i < nrAreas; i++) {
      const size = Number(/([0-9]+) B$/.exec(holders.name[holder[i] ?? -1] ?? "")?.[1]);
      expect(Math.ceil(size / 4) * 4).toBe(sizeBytes[i]);
      if (Number.isNaN(bornNs[i])) nrOld++;
      else expect(bornNs[i]).toBeLessThanOrEqual(view.timeNs);
    }
  }
  expect(holders.kind).toContain("call-site");
  // The areas of the early log that precede the trace: replay/early-areas.ts lists the same.
  expect(nrOld).toBe(57);
  expect(holders.nrAreas.reduce((sum, nr) => sum + nr, 0)).toBe(
    chunks.row.reduce((sum, row) => sum + timeline.areasOf(row).nrAreas, 0),
  );
});

test("of a trace that is too long the beginning is taken, and what is left out is counted", () => {
  const session = new TraceTimelineSession(optionsFor(SMALL), policyNamed("upstream"), 5000);
  let nrFed = 0;
  const totals = recordedRun(SMALL).read({
    opened: (names) => session.opened(names),
    batch(batch) {
      nrFed += batch.nr;
      session.batch(batch);
      expect(session.progress().curves().position.at(-1)).toBeLessThanOrEqual(session.progress().nrEvents);
    },
    problem: (problem) => session.problem(problem),
  });
  const timeline = session.end(totals);
  if (typeof timeline === "string") throw new Error(timeline);
  const whole = timelineOf(SMALL, "upstream");
  expect(timeline.nrEvents).toBeGreaterThanOrEqual(5000);
  expect(timeline.nrEvents).toBeLessThan(whole.nrEvents);
  expect(timeline.nrLeftOut).toBeGreaterThan(0);
  expect(timeline.nrLeftOut).toBeLessThan(nrFed);
  expect(whole.nrLeftOut).toBe(0);
  expect(timeline.viewAt(5000).hash).toBe(whole.viewAt(5000).hash);
});

test("without anything that says how the allocator is laid out there is a reason and no timeline", () => {
  const options = { ...optionsFor(SMALL), stats: [], log: undefined };
  const session = new TraceTimelineSession(options, undefined);
  expect(session.end(recordedRun(SMALL).read(session))).toContain("laid out");
});
