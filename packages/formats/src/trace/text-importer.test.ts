/** Text traces: recorded ones read whole, and each form of line by itself. */

import { fixtureFolder, type ImportedTrace, importTrace, readFixture } from "@ebb/testkit";
import { describe, expect, test } from "vitest";
import { EVENT_ALLOC, EVENT_BALANCE, EVENT_FREE, EVENT_MARK, EVENT_POPULATE } from "./events.ts";
import { createTraceImporter } from "./trace-importer.ts";

const FOLDER = fixtureFolder("traces");

function read(text: string, cut?: () => number): ImportedTrace {
  return importTrace((sink) => createTraceImporter({ file: "t" }, sink), Buffer.from(text, "latin1"), cut);
}

/** Events by kind, and lines that are none, of each recorded trace. */
const RECORDED: readonly (readonly [file: string, byKind: readonly number[], nrOther: number, nrChunks: number])[] = [
  ["5.4-slab-stock-2cpu-boot.trace.txt.gz", [285, 65, 0, 1, 0, 2], 11, 2],
  ["6.1-slub-stock-2cpu-boot.trace.txt.gz", [233, 22, 0, 0, 0, 2], 12, 1],
  ["5.4-slab-stock-2cpu-seed000-n1-stacks.trace.txt.gz", [404, 185, 0, 1, 0, 5], 7111, 2],
  ["6.1-slub-stock-2cpu-seed000-n1-stacks.trace.txt.gz", [338, 129, 0, 1, 0, 5], 5505, 2],
  ["6.1-slub-stock-2cpu-seed000-n1-stacks.early-allocs.txt", [146], 2, 1],
  ["6.1-slub-stock-2cpu-seed000-n100-pages.trace.txt.gz", [10142, 9930, 0, 2, 0, 5, 313, 164, 185], 12, 3],
  ["6.18-slub-2cpu-memcg-v1-n200-python.trace.txt.gz", [3533, 3512, 0, 0, 0, 4], 12, 1],
];

describe("a recorded trace", () => {
  test.each(RECORDED)("%s is read whole", (file, byKind, nrOther, nrChunks) => {
    const text = readFixture(FOLDER, file) ?? "";
    const { events, totals, problems, names } = read(text, () => 40_000);
    const counted = byKind.map((_, kind) => events.filter((event) => event.kind === kind).length);
    const nrEvents = byKind.reduce((sum, nr) => sum + nr, 0);
    expect(problems).toEqual([]);
    expect(counted).toEqual(byKind);
    expect(totals).toEqual({
      nrRead: text.split("\n").length - 1,
      nrEvents,
      nrOther,
      nrForeign: 0,
      nrBad: 0,
      nrLost: 0,
    });
    expect(names.chunks.length).toBe(nrChunks);
  });
});

const TRACEFS =
  "              sh-11413   [001] d..2.  8182.781528: percpu_alloc_percpu: call_site=mm_init+0x2bf/0x4d0 reserved=0 is_atomic=1 size=16 align=8 base_addr=000000008b1efc50 off=24792 ptr=0000000034538b9a bytes_alloc=64 gfp_flags=GFP_KERNEL\n";
const TRACE_CMD =
  "ebbsample:               sh-11413 [001]  8182.781528: percpu_alloc_percpu:  call_site=mm_init+0x2bf reserved=0 is_atomic=1 size=16 align=8 base_addr=0xffffe8ffffc00000 off=24792 ptr=0x60795baff098 bytes_alloc=64 gfp_flags=GFP_KERNEL\n";
const PERF =
  "              sh 11413 [001]  8182.781528:      percpu:percpu_alloc_percpu: call_site=mm_init+0x2bf reserved=0 is_atomic=1 size=16 align=8 base_addr=0xffffe8ffffc00000 off=24792 ptr=0x60795baff168 bytes_alloc=64 gfp_flags=GFP_KERNEL\n";

test.each([TRACEFS, TRACE_CMD, PERF])("one allocation, %s", (line) => {
  const { events, names } = read(line);
  expect(events).toEqual([
    {
      kind: EVENT_ALLOC,
      cpu: 1,
      timeNs: 0,
      pid: 11413,
      task: "sh",
      flags: 2,
      sizeBytes: 16,
      alignBytes: 8,
      offBytes: 24792,
      chunk: 0,
      callSite: "mm_init+0x2bf",
      gfp: "GFP_KERNEL",
      text: "",
      input: 0,
      line: 1,
    },
  ]);
  expect(names.originNs).toBe(8_182_781_528_000n);
});

test.each([
  ["  kworker/0:1-ev-15 [000] 1.5: x: y\n", "foreign"],
  ["  a [3] b-15 [000] .... 1.000000001: percpu_free_percpu: base_addr=1 off=4\n", "a [3] b"],
  [" perf-exec 77/78 [000] 1.0: percpu:percpu_free_percpu: base_addr=1 off=4\n", "perf-exec"],
  ["  sh-7 (      7) [000] d..1 1.0: percpu_free_percpu: base_addr=1 off=4\r\n", "sh"],
  ["  <idle>-0 [000] d..1 77: percpu_free_percpu: base_addr=(null) off=4\n", "<idle>"],
])("the task of %s", (line, task) => {
  const { events, totals, problems } = read(line);
  expect(problems).toEqual([]);
  expect(events[0]?.task ?? (totals.nrForeign === 1 ? "foreign" : "")).toBe(task);
});

test("probe events of the balance work name the chunk as the percpu events do", () => {
  const { events } = read(
    [
      "  w-1 [000] .... 1.0: percpu_free_percpu: base_addr=ffffe8ffffc00000 off=4 ptr=0\n",
      "  w-1 [000] .... 1.1: myprobe: (pcpu_balance_workfn+0x0/0x540)\n",
      "  w-1 [000] d... 1.2: pop: (pcpu_chunk_populated+0x0/0x60) base=0xffffe8ffffc00000 start=0x3 end=6\n",
    ].join(""),
  );
  expect(events.map((e) => [e.kind, e.chunk, e.offBytes, e.sizeBytes])).toEqual([
    [EVENT_FREE, 0, 4, -1],
    [EVENT_BALANCE, -1, -1, -1],
    [EVENT_POPULATE, 0, 3, 6],
  ]);
});

test("marks and paths are text to the end of the line", () => {
  const { events } = read(
    [
      "  s-1 [000] .... 1.0: tracing_mark_write: stage a: b\n",
      "  s-1 [000] 1.1: print:                tracing_mark_write: stage a: b\n",
      "  s-1 [000] .... 1.2: cgroup_mkdir: root=4 id=9 level=1 path=/a b\n",
    ].join(""),
  );
  expect(events.map((e) => e.text)).toEqual(["stage a: b", "stage a: b", "/a b"]);
  expect(events[0]?.kind).toBe(EVENT_MARK);
});

/** Line, and the sort of problem it makes. */
const WRONG: readonly (readonly [line: string, message: RegExp, severity: string])[] = [
  ["what is this\n", /not a line of a trace/, "error"],
  ["  s-1 [000] .... 1.0: percpu_free_percpu: base_addr=1\n", /percpu_free_percpu has no off/, "error"],
  ["  s-1 [000] .... 1.0: percpu_free_percpu: base_addr=1 off=x\n", /not a whole number/, "error"],
  ["  s-1 [000] .... 1.0: percpu_free_percpu: base_addr=zz off=1\n", /not an address/, "error"],
  ["  s-1 [000] .... 1.0: percpu_free_percpu: base_addr=1 off=1 color=2\n", /a field color/, "info"],
  ["  s-1 [000] .... 1.0: percpu_free_percpu: base_addr=(____ptrval____) off=1\n", /its chunk/, "data-loss"],
  ["  s-1 [000] .... 1.0: percpu_free_percpu: base_addr=1 off=12", /ends inside a line/, "data-loss"],
  ["CPU:1 [LOST 12 EVENTS]\n", /lost 12 events/, "data-loss"],
  ["# entries-in-buffer/entries-written: 88/100   #P:2\n", /lost 12 events/, "data-loss"],
  [`${"x".repeat(70_000)}\n`, /longer than 65536 bytes/, "error"],
];

describe("a line that is not as it should be", () => {
  test.each(WRONG)("%s", (line, message, severity) => {
    for (const cut of [undefined, () => 1]) {
      const { problems, totals } = read(line, cut);
      expect(problems.map((p) => [p.line, p.severity])).toEqual([[1, severity]]);
      expect(problems[0]?.message).toMatch(message);
      expect(totals.nrRead).toBe(1);
      expect(totals.nrEvents + totals.nrOther + totals.nrForeign + totals.nrBad).toBe(1);
    }
  });

  test("is told once, and the others of its sort counted", () => {
    const { problems, totals } = read("nonsense\n".repeat(1000));
    expect(totals.nrBad).toBe(1000);
    expect(problems.map((p) => p.line)).toEqual([1, 1000]);
    expect(problems[1]?.message).toBe("not a line of a trace: 1000 in all, this is the last");
  });
});
