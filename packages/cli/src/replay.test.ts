/** `ebb replay`, `ebb report` and `ebb profile learn` as a user calls them, on recorded runs. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { fixtureFolder, readFixture, readFixtureBytes } from "@ebb/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BundledEbb } from "./testing/bundled-ebb.ts";

const RUNS = fixtureFolder("replay");
const TRACES = fixtureFolder("traces");
const PAGES = "6.1-slub-stock-2cpu-seed000-n100-pages";
const STACKS = "6.1-slub-stock-2cpu-seed000-n1-stacks";
const EARLY = `${STACKS}.early-allocs.txt`;

const ebb = new BundledEbb();
afterAll(() => ebb.remove());

function bytesOf(folder: string, name: string): Uint8Array {
  const bytes = readFixtureBytes(folder, name);
  if (bytes === undefined) throw new Error(`no fixture ${name}`);
  return bytes;
}

/** The text of a run's trace. */
function traceOf(run: string): Uint8Array {
  return bytesOf(TRACES, `${run}.trace.txt.gz`);
}

beforeAll(() => {
  for (const run of [PAGES, STACKS]) {
    ebb.file(`${run}.trace.txt.gz`, gzipSync(traceOf(run)));
    for (const stage of ["boot", "0", "1", "2", "end"]) {
      const name = `${run}.percpu_stats.${stage}.txt`;
      ebb.file(name, readFixture(RUNS, name) ?? "");
    }
  }
  ebb.file("early.txt", bytesOf(TRACES, EARLY));
  ebb.file(EARLY, bytesOf(TRACES, EARLY));
});

describe("replay --check", () => {
  test("with what lies beside the trace every allocation is explained", () => {
    const { status, stdout, stderr } = ebb.run(["replay", `${STACKS}.trace.txt.gz`, "--check", "--json"]);
    expect([status, stderr]).toEqual([0, ""]);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      format: "ebb-replay-check/1",
      allocations: 338,
      matched: 338,
      mismatched: 0,
      undetermined: 0,
      problems: 0,
      before: { what: "given", events: 57 },
    });
  });

  test("with what is given, the probed run's final percpu_stats is met, all fields", () => {
    const args = ["replay", `${PAGES}.trace.txt.gz`, "--check", "--before", "early.txt"];
    const { status, stdout } = ebb.run(args);
    expect(status).toBe(0);
    expect(stdout).toContain("matched 10142 of 10142 allocations");
    expect(stdout).toContain("runs where the recording has them");
    const report = JSON.parse(ebb.run([...args, "--json"]).stdout);
    expect(report.stats.map((stage: { differences: unknown[] }) => stage.differences)).toEqual([[], [], [], [], []]);
  });

  test("a trace in several parts, packed or not, is one", () => {
    const text = Buffer.from(traceOf(STACKS)).toString("latin1");
    const cut = text.indexOf("\n", text.length / 2) + 1;
    ebb.file("part1.txt", text.slice(0, cut));
    ebb.file("part2.txt", text.slice(cut));
    const stats = ["--percpu-stats", `${STACKS}.percpu_stats.boot.txt`];
    const { status, stdout } = ebb.run([
      "replay",
      "part1.txt",
      "part2.txt",
      "--check",
      "--before",
      "early.txt",
      ...stats,
      "--json",
    ]);
    expect([status, JSON.parse(stdout).matched]).toEqual([0, 338]);
    const piped = ebb.run(["replay", "-", "--check", "--before", "early.txt", ...stats, "--json"], text);
    expect([piped.status, JSON.parse(piped.stdout).matched]).toEqual([0, 338]);
  });

  test("a place that the allocator does not give is a mismatch, shown with the chunk around it", () => {
    const text = Buffer.from(traceOf(STACKS)).toString("latin1");
    const [line = ""] = /^.*percpu_alloc_percpu: .* size=1032 .*$/m.exec(text.slice(text.indexOf("stage 0"))) ?? [];
    const moved = line.replace(/ off=(\d+) /, (_, off: string) => ` off=${Number(off) + 4096} `);
    expect(moved).not.toBe(line);
    ebb.file(`moved.trace.txt`, text.replace(line, moved));
    const stats = ["--percpu-stats", `${STACKS}.percpu_stats.boot.txt`, "--before", "early.txt"];
    const { status, stdout } = ebb.run(["replay", "moved.trace.txt", "--check", ...stats]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/matched 33\d of 338 allocations/);
    expect(stdout).toContain(` ${/ off=(\d+) /.exec(moved)?.[1]}`);
  });
});

describe("replay --policy", () => {
  test("the same requests under two policies, with ranges", () => {
    const { status, stdout } = ebb.run([
      "replay",
      `${PAGES}.trace.txt.gz`,
      "--policy",
      "vanilla,upstream",
      "--at",
      "2",
    ]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/stage 1 +4320 +4320\n/);
    expect(stdout).toContain("who holds memory at 2");
  });
});

describe("report", () => {
  test("text, and files for other programs", () => {
    const files = ["--pprof", "p.pb.gz", "--speedscope", "s.json", "--folded", "f.txt", "--timeline", "t.json"];
    const { status, stdout, stderr } = ebb.run(["report", `${PAGES}.trace.txt.gz`, "--at", "1", ...files]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("one memcg takes 1820 bytes of each unit in 9 areas");
    const written = (name: string) => readFileSync(join(ebb.folder, name));
    expect(gunzipSync(written("p.pb.gz")).includes("__alloc_percpu_gfp")).toBe(true);
    expect(JSON.parse(written("s.json").toString())).toMatchObject({ exporter: "ebb" });
    expect(written("f.txt").toString()).toMatch(/^percpu;__alloc_percpu/);
    expect(JSON.parse(written("t.json").toString()).traceEvents.length).toBeGreaterThan(100);
  });

  test("rows for other programs", () => {
    const csv = ebb.run(["report", `${STACKS}.trace.txt.gz`, "--csv"]);
    expect(csv.stdout).toMatch(/^call_site,size,align,/);
    const json = ebb.run(["report", `${STACKS}.trace.txt.gz`, "--json"]);
    expect(JSON.parse(json.stdout).owners).toHaveLength(csv.stdout.trimEnd().split("\n").length - 1);
  });
});

describe("profile learn", () => {
  test("the file it writes is a kernel to run scripts on", () => {
    const learnt = ebb.run([
      "profile",
      "learn",
      `${PAGES}.trace.txt.gz`,
      "--before",
      "early.txt",
      "--output",
      "mine.json",
    ]);
    expect([learnt.status, learnt.stderr]).toEqual([0, ""]);
    expect(learnt.stdout).toContain("9 of them as in 6.1");
    ebb.file("look.sh", "grep Percpu /proc/meminfo\n");
    const run = ebb.run(["run", "look.sh", "--kernel", "./mine.json"]);
    expect([run.status, run.stdout]).toEqual([0, "Percpu:              408 kB\n"]);
    expect(ebb.run(["cost", "--kernel", "mine.json"]).stdout).toContain("1820 bytes of percpu memory per CPU");
    expect(ebb.run(["compare", "look.sh", "--kernel", "mine.json"]).stdout).toContain("on learnt, 2 CPUs");
  });
});

describe("called wrongly", () => {
  test.each([
    [["replay", `${STACKS}.trace.txt.gz`], "nothing was asked for"],
    [["replay", "nowhere.txt", "--check"], "no such file"],
    [["replay", "part1.txt", "--check"], "cannot be replayed"],
    [["replay", `${STACKS}.trace.txt.gz`, "--check", "--policy", "none"], "no such policy"],
    [["report", `${STACKS}.trace.txt.gz`, "--at", "nowhere"], "no mark nowhere"],
    [["report", `${STACKS}.trace.txt.gz`, "--json", "--csv"], "two forms of one report"],
    [["report", `${STACKS}.trace.txt.gz`, "--folded", "no/such/folder"], "cannot be written"],
    [["profile", "learn", `${STACKS}.trace.txt.gz`, "--base", "2.4"], "no such kernel"],
    [["run", "look.sh", "--kernel", "./nowhere.json"], "no such file"],
    [["run", "look.sh", "--kernel", "./part1.txt"], "not JSON"],
  ])("%j", (args, message) => {
    const { status, stdout, stderr } = ebb.run(args);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });

  test("a trace without memcgs is a finding of profile learn", () => {
    const name = ebb.file("boot.trace.txt", traceOf("5.4-slab-stock-2cpu-boot"));
    const { status, stderr } = ebb.run(["profile", "learn", name]);
    expect([status, stderr.includes("no profile can be learnt")]).toEqual([1, true]);
  });
});

test.each(["replay", "report", "profile learn"])("%s --help has examples", (command) => {
  const { status, stdout } = ebb.run([...command.split(" "), "--help"]);
  expect([status, stdout.includes("EXAMPLES")]).toEqual([0, true]);
});
