/** Recorded kernels against the model: every allocation, chunk and figure; and a trace that was tampered with. */

import { percpuPolicy } from "@ebb/model";
import { earlyEventsOf61, recordedRun } from "@ebb/testkit";
import { describe, expect, test } from "vitest";
import { type CheckReport, isExplained } from "./check-report.ts";
import { CheckSession } from "./check-session.ts";
import type { EarlyEvent } from "./early-areas.ts";

const early = earlyEventsOf61();

interface CheckRunOptions {
  /** Undefined: those the kernel may have had. */
  readonly policy?: string;
  readonly before?: readonly EarlyEvent[];
  readonly change?: (text: string) => string;
}

function checkRun(name: string, options: CheckRunOptions = {}): CheckReport {
  const policy = percpuPolicy(options.policy ?? "");
  const run = recordedRun(name);
  const session = new CheckSession(
    { traceName: name, stats: run.stats, log: run.log, before: options.before, nrCpus: undefined, percpuKb: new Map() },
    policy === undefined ? undefined : [policy],
  );
  const report = session.end(run.read(session, options.change));
  if (typeof report === "string") throw new Error(report);
  return report;
}

/** What a check says in numbers, small enough to be looked at whole. */
function figures(r: CheckReport): object {
  return {
    policy: r.policyName,
    before: r.start.what,
    allocations: [r.nrAllocations, r.nrMatched, r.nrMismatched, r.nrUndetermined],
    created: [r.created.recorded, r.created.matched],
    destroyed: [r.destroyed.recorded, r.destroyed.matched],
    balance: r.balance.source,
    lines: r.swaps.filter(({ what }) => what === "line").length,
    violations: r.violations.length,
    unequal: r.stats.map(({ name, differences }) => [name, differences.length]).filter(([, nr]) => nr !== 0),
  };
}

describe("6.1 from boot, with what precedes the trace", () => {
  test("32 CPUs, depopulation off: every placement and figure", () => {
    const r = checkRun("6.1-slub-vanilla-32cpu-seed000", { before: early, policy: "vanilla" });
    expect(figures(r)).toEqual({
      policy: "vanilla",
      before: "given",
      allocations: [99272, 99272, 0, 0],
      created: [77, 77],
      destroyed: [76, 76],
      balance: "inferred",
      lines: 0,
      violations: 0,
      unequal: [],
    });
    expect(r.percpuKb).toBe(14720);
  });

  test("32 CPUs, stock: every placement; the end's figures; one page count depends on a race during a run", () => {
    const r = checkRun("6.1-slub-stock-32cpu-seed000", { before: early, policy: "upstream" });
    expect(figures(r)).toEqual({
      policy: "upstream",
      before: "given",
      allocations: [99272, 99272, 0, 0],
      created: [77, 77],
      destroyed: [76, 76],
      balance: "inferred",
      lines: 0,
      violations: 0,
      unequal: [["2", 1]],
    });
    expect(r.percpuKb).toBe(6784);
  });

  test("a probed recording: every page range, and all figures at every stage", () => {
    const r = checkRun("6.1-slub-stock-2cpu-seed000-n100-pages", { before: early });
    expect(figures(r)).toMatchObject({ allocations: [10142, 10142, 0, 0], balance: "probed", unequal: [] });
    expect(r.pages).toEqual({ recorded: 349, matched: 349 });
    expect(r.stats.map(({ name, nrFigures, nrEqual }) => [name, nrFigures - nrEqual])).toEqual([
      ["boot", 0],
      ["0", 0],
      ["1", 0],
      ["2", 0],
      ["end", 0],
    ]);
    expect(r.percpuKb).toBe(2456);
    expect(isExplained(r)).toBe(true);
  });

  test("lines that stand late behind interrupts are put in their places and named", () => {
    const r = checkRun("6.1-slub-stock-2cpu-seed001", { before: early });
    expect(figures(r)).toMatchObject({ allocations: [9239, 9239, 0, 0], lines: 2, unequal: [] });
    expect(r.swaps.map(({ line, beforeLine, nrPassed, ns }) => [line, beforeLine, nrPassed, ns])).toEqual([
      [5757, 5754, 3, 54000],
      [7052, 7049, 3, 30000],
    ]);
  });

  test("lines of two CPUs under a clock that stands still are put in their order; upstream is refuted", () => {
    const r = checkRun("6.1-slub-vanilla-2cpu-seed000-n100", { before: early });
    expect(figures(r)).toMatchObject({ policy: "vanilla", allocations: [10140, 10140, 0, 0], lines: 6, unequal: [] });
    expect(r.asGood).toEqual([]);
  });
});

describe("5.4: the first 57 allocations are not recorded", () => {
  test.each([
    ["5.4-slab-noguard-2cpu-seed004-n1000", 17323, 133],
    ["5.4-slab-stock-32cpu-seed004-n300", 5454, 121],
  ])("%s: what lies in the first chunk is undetermined, the rest is checked", (run, allocations, undetermined) => {
    const r = checkRun(run);
    const matched = allocations - undetermined;
    expect(figures(r)).toMatchObject({ before: "assumed", allocations: [allocations, matched, 0, undetermined] });
    expect([r.policyName, r.start.listName, r.nrAgreed]).toEqual(["vanilla", "5.4 SLAB", undetermined]);
    expect(r.stats.every(({ differences }) => differences.length === 0)).toBe(true);
    expect(isExplained(r)).toBe(true);
  });
});

test("6.18, not from boot: all is undetermined, and what is known of the time before is told", () => {
  const r = checkRun("6.18-slub-2cpu-memcg-v1-n200-python");
  expect(figures(r)).toMatchObject({ before: "unknown", allocations: [3533, 0, 0, 3533], lines: 0 });
  expect([r.nrFrees, r.nrFreesOfEarlier]).toEqual([3512, 30]);
  expect(isExplained(r)).toBe(true);
});

describe("what contradicts the model is a mismatch", () => {
  const run = "6.1-slub-stock-2cpu-seed000-n1-stacks";

  test("the recording as it is has none", () => {
    expect(figures(checkRun(run, { before: early }))).toMatchObject({ allocations: [338, 338, 0, 0], unequal: [] });
  });

  test("an offset changed: the line, both answers and what lies around", () => {
    const change = (text: string) => text.replace(" off=27232 ", " off=27240 ");
    const r = checkRun(run, { before: early, policy: "upstream", change });
    expect(isExplained(r)).toBe(false);
    expect(r.nrMismatched).toBe(1);
    const [first] = r.mismatches;
    expect(first?.recorded).toMatch(/alloc \d+ B at 27240 of ffff/);
    expect(first?.ours).toMatch(/^at 27232 of ffff/);
    expect(first?.map).toMatch(/^recorded: .*offset 27240.*ours: .*offset 27232/s);
    expect(first?.line).toBeGreaterThan(3000);
  });

  test("a place between two units of allocation, or behind the chunk's end, is no place: a mismatch", () => {
    for (const place of [27233, 1 << 29]) {
      const change = (text: string) => text.replaceAll(" off=27232 ", ` off=${place} `);
      const r = checkRun(run, { before: early, policy: "upstream", change });
      expect(isExplained(r)).toBe(false);
      expect(r.violations).toEqual([]);
      expect(r.mismatches[0]?.recorded).toContain(` at ${place} of `);
    }
  });

  test("a line taken out: its area is missed", () => {
    const change = (text: string) => text.replace(/^.*size=1032 .*\n/m, "");
    const r = checkRun(run, { before: early, policy: "upstream", change });
    expect(isExplained(r)).toBe(false);
    expect(r.mismatches.length).toBeGreaterThan(0);
  });

  test("the wrong allocations before it", () => {
    const r = checkRun(run, { before: early.slice(1), policy: "upstream" });
    expect(isExplained(r)).toBe(false);
    expect(r.nrEarlyElsewhere).toBeGreaterThan(0);
  });
});
