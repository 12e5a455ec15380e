/** Reports on recorded runs, against what their text and the machine's own percpu_stats say. */

import { recordedRun } from "@ebb/testkit";
import { Profile } from "pprof-format";
import { describe, expect, test } from "vitest";
import { chromeTrace } from "./chrome-trace.ts";
import { folded } from "./folded.ts";
import { callerRows, ownerRows } from "./owner-rows.ts";
import { pprof } from "./pprof.ts";
import { printTraceReport } from "./print-report.ts";
import { reportCsv } from "./report-csv.ts";
import { reportJson } from "./report-json.ts";
import { ReportSession, type TraceReport } from "./report-session.ts";
import { speedscope } from "./speedscope.ts";

const PAGES = "6.1-slub-stock-2cpu-seed000-n100-pages";

function reportOn(name: string, at = "", change?: (text: string) => string): TraceReport {
  const run = recordedRun(name);
  const percpuKb = new Map<string, number>();
  const options = { traceName: name, stats: run.stats, log: run.log, before: undefined, nrCpus: undefined, percpuKb };
  const session = new ReportSession(options, at);
  const report = session.end(run.read(session, change));
  if (typeof report === "string") throw new Error(report);
  return report;
}

/** A figure of one chunk or of all, from the recorded percpu_stats, summed over chunks. */
function recorded(name: string, stage: string, figure: string): number {
  const stats = recordedRun(name).stats.find((one) => one.name === stage)?.stats;
  let sum = 0;
  for (const { figures } of stats?.chunks ?? []) for (const [key, value] of figures) if (key === figure) sum += value;
  return sum;
}

describe("a run of 1000 cgroups on 2 CPUs, probed", () => {
  const report = reportOn(PAGES, "1");
  const { collected } = report;

  test("counts what the text of the trace has", () => {
    let allocs = 0;
    let frees = 0;
    recordedRun(PAGES).read({ opened: () => true, batch: () => true, problem: () => undefined }, (text) => {
      allocs = text.split("percpu_alloc_percpu:").length - 1;
      frees = text.split("percpu_free_percpu:").length - 1;
      return "";
    });
    expect([collected.nrAllocs, collected.nrFrees]).toEqual([allocs, frees]);
    const owners = ownerRows(report);
    expect(owners.reduce((sum, { nrAllocs }) => sum + nrAllocs, 0)).toBe(allocs + collected.nrEarly);
    expect(owners.reduce((sum, { nrFrees }) => sum + nrFrees, 0)).toBe(frees);
    expect(owners.reduce((sum, { lifetimes }) => sum + lifetimes.nr, 0)).toBe(frees);
  });

  test.each(["0", "1", "2"])("at stage %s as many areas live as percpu_stats says", (stage) => {
    const mark = collected.marks.find(({ text }) => text === `stage ${stage}`);
    expect(mark?.nrAreas).toBe(recorded(PAGES, stage, "nr_alloc"));
  });

  test("one memcg takes what the profile of this kernel says, and nothing else came with it", () => {
    const { sequence } = report;
    const kinds = sequence?.requests.map((number) => collected.kinds.all[number]);
    expect(kinds?.map((kind) => [kind?.sizeBytes, kind?.alignBytes, kind?.isAccounted])).toEqual([
      [8, 8, false],
      [64, 8, false],
      [1032, 8, true],
      [656, 8, true],
      [4, 4, false],
      [8, 8, false],
      [8, 8, false],
      [32, 8, false],
      [8, 8, false],
    ]);
    expect(sequence?.watch.nrCopies).toBe(1101);
    const { peakBytes = 0, bytesBefore = 0, nrLiveAtPeak = 1 } = sequence ?? {};
    expect((peakBytes - bytesBefore) / nrLiveAtPeak).toBeCloseTo(1820, -1);
  });

  test("callers are the sums of their sizes", () => {
    const owners = ownerRows(report);
    const callers = callerRows(owners);
    const bytes = callers.reduce((sum, { bytesAtPeak }) => sum + bytesAtPeak, 0);
    expect(bytes).toBe(collected.figures.peakBytes);
    expect(callers.map(({ callSite }) => callSite)).toContain("__alloc_percpu_gfp+0x12");
  });

  test("a pprof profile holds the bytes that live, by caller", () => {
    const profile = Profile.decode(pprof(report));
    const names = profile.stringTable.strings;
    expect(profile.sampleType.map(({ type }) => names[Number(type)])).toEqual([
      "inuse_objects",
      "inuse_space",
      "pinned_space",
    ]);
    const mark = collected.marks.find(({ text }) => text === "stage 1");
    const sum = (i: number) => profile.sample.reduce((total, { value }) => total + Number(value[i]), 0);
    expect([sum(0), sum(1)]).toEqual([mark?.nrAreas, (mark?.usedBytes ?? 0) * 2]);
    const functions = profile.function.map(({ name }) => names[Number(name)]);
    expect(functions).toEqual(expect.arrayContaining(["percpu", "__alloc_percpu_gfp", "1032 B"]));
    for (const { locationId } of profile.sample) {
      for (const id of locationId) expect(profile.location.some((location) => location.id === id)).toBe(true);
    }
  });

  test("speedscope and folded stacks hold the same bytes", () => {
    const mark = collected.marks.find(({ text }) => text === "stage 1");
    const rows = folded(report).trimEnd().split("\n");
    const bytes = rows.map((row) => Number(row.slice(row.lastIndexOf(" ") + 1)));
    expect(bytes.reduce((sum, value) => sum + value, 0)).toBe((mark?.usedBytes ?? 0) * 2);
    expect(rows[0]).toMatch(/^percpu;__alloc_percpu_gfp;__alloc_percpu_gfp\+0x12;1032 B \d+$/);
    const file = JSON.parse(speedscope(report));
    expect(file.profiles[0].weights).toEqual(bytes);
    expect(file.profiles[0].endValue).toBe((mark?.usedBytes ?? 0) * 2);
    expect(file.profiles[0].samples).toHaveLength(rows.length);
    expect(Math.max(...file.profiles[0].samples.flat())).toBe(file.shared.frames.length - 1);
  });

  test("the timeline has counters in the order of time, and the marks", () => {
    const { traceEvents } = JSON.parse(chromeTrace(report));
    const bytes = traceEvents.filter((event: { name: string }) => event.name === "bytes in areas");
    expect(bytes).toHaveLength(collected.samples.kept.length);
    const times = bytes.map(({ ts }: { ts: number }) => ts);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const marks = traceEvents.filter((event: { ph: string }) => event.ph === "i");
    expect(marks.map(({ name }: { name: string }) => name)).toEqual(collected.marks.map(({ text }) => text));
  });

  test("CSV has a row for each kind of request, JSON the same figures", () => {
    const owners = ownerRows(report);
    const [head, ...rows] = reportCsv(report).trimEnd().split("\n");
    expect(head).toMatch(/^call_site,size,align,accounted,allocs,frees,live,/);
    expect(rows).toHaveLength(owners.length);
    const json = JSON.parse(reportJson(report));
    expect(json).toMatchObject({ format: "ebb-report/1", cpus: 2, memcg: { bytesPerUnit: 1820, made: 1101 } });
    expect(json.owners.map(({ allocations }: { allocations: number }) => allocations)).toEqual(
      rows.map((row) => Number(row.split(",")[4])),
    );
  });
});

test("areas that keep a page on their own are those whose page nothing else touches", () => {
  const report = reportOn("6.1-slub-vanilla-32cpu-seed000", "2");
  const { areas, owners, chunks } = report.holders;
  expect(areas.length).toBeGreaterThan(0);
  const mark = report.collected.marks.find(({ text }) => text === "stage 2");
  expect(owners.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(mark?.usedBytes);
  expect(chunks.reduce((sum, { usedBytes }) => sum + usedBytes, 0)).toBe(mark?.usedBytes);
  expect(chunks.reduce((sum, { nrPopulated }) => sum + nrPopulated, 0)).toBe(mark?.nrPages);
  expect(printTraceReport(report)).toContain("who holds memory at 2, most pinned pages first");
});

test("what else comes with a memcg is told: the copies of caches of 5.4", () => {
  const { sequence, collected } = reportOn("5.4-slab-noguard-2cpu-seed004-n1000");
  const sizes = sequence?.requests.map((number) => collected.kinds.all[number]?.sizeBytes);
  expect(sizes).toEqual([8, 912, 912, 256, 256, 4, 8]);
  expect([sequence?.watch.nrCopies, sequence?.watch.nrLive]).toEqual([1000, 1]);
  const { peakBytes = 0, bytesBefore = 0, nrLiveAtPeak = 1 } = sequence ?? {};
  expect((peakBytes - bytesBefore) / nrLiveAtPeak).toBeGreaterThan(2 * 2356);
});

test("callers tell a memcg's requests where the kernel records them", () => {
  const { sequence, start, collected } = reportOn("6.18-slub-2cpu-memcg-v1-n200-python");
  expect([start.what, sequence?.evidence, sequence?.watch.nrCopies]).toEqual([
    "unknown",
    "callers of cgroups and memcgs",
    200,
  ]);
  expect(collected.live.nrUnknown).toBe(30);
});

test("events that no kernel writes are counted and left out", () => {
  const name = "6.1-slub-stock-2cpu-seed000-n1-stacks";
  const whole = reportOn(name).collected;
  for (const [from, to] of [
    ["size=1032 ", "size=1032000 "],
    ["size=1032 align=8 ", "size=1032 align=24 "],
    ["size=1032 align=8 ", "size=1032 align=8192 "],
  ] as const) {
    const damaged = reportOn(name, "", (text) => text.replace(from, to)).collected;
    expect([damaged.nrImplausible, damaged.nrAllocs]).toEqual([1, whole.nrAllocs - 1]);
  }
});

test("a mark that the trace does not have is no place to look at", () => {
  expect(() => reportOn("5.4-slab-stock-2cpu-boot", "nowhere")).toThrow("no mark nowhere");
});
