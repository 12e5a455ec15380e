/**
 * Any bytes, cut anywhere: problems, never a throw, a hang or an uncounted line. Recorded traces with a few bytes changed
 * get further than noise does, so most runs are those. A failing run prints its seed.
 */

import { fixtureFolder, importTrace, Random, readFixture } from "@ebb/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EventSink, Importer } from "./events.ts";
import { createRawImporter } from "./raw-importer.ts";
import { createTraceImporter } from "./trace-importer.ts";

const FOLDER = fixtureFolder("traces/formats");
const TEXTS = {
  headerPage: readFixture(FOLDER, "6.18-raw.header_page.txt") ?? "",
  headerEvent: readFixture(FOLDER, "6.18-raw.header_event.txt") ?? "",
  formats: readFixture(FOLDER, "6.18-raw.formats.txt") ?? "",
};
/** A damaged trace has few sorts of problems, however long it is. */
const MAX_PROBLEMS = 500;
const SEED = 5;

function recorded(name: string, from = 0, to = 60_000): Uint8Array {
  return Buffer.from(readFixture(FOLDER, name) ?? "", "latin1").subarray(from, to);
}

/** Reads the bytes in random cuts; the importer accounts for all and its events are whole. */
function check(create: (sink: EventSink) => Importer, bytes: Uint8Array, seed: number): void {
  const random = new Random(seed);
  const most = random.below(3) === 0 ? 5 : 5000;
  const { totals, events, problems, names } = importTrace(create, bytes, () => random.between(1, most));
  expect(totals.nrEvents + totals.nrOther + totals.nrForeign + totals.nrBad).toBe(totals.nrRead);
  expect(events.length).toBe(totals.nrEvents);
  expect(problems.length).toBeLessThan(MAX_PROBLEMS);
  if (totals.nrBad > 0) expect(problems.length).toBeGreaterThan(0);
  for (const event of events) {
    expect(event.kind).toBeLessThanOrEqual(10);
    expect(Number.isSafeInteger(event.timeNs)).toBe(true);
    expect(event.chunk).toBeLessThan(names.chunks.length);
    expect(event.line).toBeGreaterThan(0);
  }
}

const createAny = (sink: EventSink) => createTraceImporter({ file: "fuzz", decompress: () => undefined }, sink);

/** The raw importer as if it were pushed: each CPU gets a half of the bytes, as they are asked for. */
function createRaw(sink: EventSink): Importer {
  const cpus = [0, 1].map((cpu) => ({ cpu, file: `cpu${cpu}` }));
  const importer = createRawImporter({ ...TEXTS, cpus }, sink);
  if (!("wanted" in importer)) throw new Error(importer.message);
  const pieces: Uint8Array[][] = [[], []];
  let nr = 0;
  return {
    names: importer.names,
    totals: importer.totals,
    push: (bytes) => pieces[nr++ % 2]?.push(bytes.slice()),
    end: () => {
      for (let cpu = importer.wanted; cpu !== undefined; cpu = importer.wanted) {
        const piece = pieces[cpu]?.shift();
        if (piece === undefined) importer.endWanted();
        else importer.push(piece);
      }
      importer.end();
    },
  };
}

/** Some bytes changed, some runs of bytes left out, doubled or made random. */
function mutated(bytes: Uint8Array, seed: number): Uint8Array {
  const random = new Random(seed);
  let all = Uint8Array.from(bytes);
  for (let nr = random.between(1, 12); nr > 0; nr--) {
    const at = random.below(Math.max(1, all.length));
    const length = random.below(random.below(4) === 0 ? 3000 : 9);
    switch (random.below(6)) {
      case 0:
        all = Uint8Array.from([...all.subarray(0, at), ...all.subarray(at + length)]);
        break;
      case 1:
        all = Uint8Array.from([...all.subarray(0, at + length), ...all.subarray(at)]);
        break;
      case 2:
        all.fill(random.below(2) * 255, at, at + length);
        break;
      case 3:
        all = all.slice(0, at);
        break;
      default:
        for (let i = at; i < Math.min(all.length, at + length); i++) all[i] = random.below(256);
    }
  }
  return all;
}

const seeds = fc.integer({ min: 1, max: 2_000_000_000 });

/** Start of each recorded form: what comes first is what can go wrong first. */
const FORMS: readonly (readonly [
  name: string,
  create: (sink: EventSink) => Importer,
  bytes: Uint8Array,
  runs: number,
])[] = [
  ["tracefs text", createAny, recorded("6.18-instance.tracefs.txt.gz", 0, 20_000), 150],
  ["trace-cmd report", createAny, recorded("6.18-instance.trace-cmd-report.txt.gz", 0, 20_000), 150],
  ["perf script", createAny, recorded("6.18.perf-script.txt.gz", 0, 20_000), 100],
  ["early allocations", createAny, Buffer.from(earlyAllocs(), "latin1"), 100],
  ["pages", createRaw, recorded("6.18-raw.cpu1.bin.gz", 0, 40_960), 200],
  ["perf.data", createAny, Buffer.from(readFixture(FOLDER, "6.18.perf.data.gz") ?? "", "latin1"), 30],
];

function earlyAllocs(): string {
  return readFixture(fixtureFolder("traces"), "6.1-slub-stock-2cpu-seed000-n1-stacks.early-allocs.txt") ?? "";
}

describe("a recorded trace that was damaged", () => {
  test.each(FORMS)("%s", (_name, create, bytes, runs) => {
    fc.assert(
      fc.property(seeds, (seed) => check(create, mutated(bytes, seed), seed)),
      { seed: SEED, numRuns: runs },
    );
  });
});

describe("bytes that are no trace", () => {
  test.each([
    ["read as whatever they seem", createAny],
    ["read as pages", createRaw],
  ] as const)("%s", (_name, create) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 9000 }), seeds, (bytes, seed) => check(create, bytes, seed)),
      { seed: SEED, numRuns: 300 },
    );
  });

  test("made of the pieces that lines are made of", () => {
    const piece = fc.constantFrom(
      ..."\n|\r\n| |[0]|[00|] |d..1|1.000001|: |1:|percpu_free_percpu: |percpu_alloc_percpu: |base_addr=|ffff8880|0x|off=|4|size=|align=".split(
        "|",
      ),
      ..."reserved=0 |is_atomic=1 |call_site=|a+0x1/0x2|[m]|gfp_flags=|(|)|-|/|5|#|=>|<stack trace>|cgroup_mkdir: path=|print: |pop: |start=1 |end=2 ".split(
        "|",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 200 }), seeds, (pieces, seed) =>
        check(createAny, Buffer.from(pieces.join(""), "latin1"), seed),
      ),
      { seed: SEED, numRuns: 1500 },
    );
  });
});

describe("memory and time stay bounded", () => {
  const MB = 1_048_576;

  test("with a line that never ends", () => {
    const importer = createAny({ batch: () => undefined, problem: () => undefined });
    const piece = new Uint8Array(MB).fill(0x61);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 200; i++) importer.push(piece);
    importer.end();
    expect(importer.totals).toMatchObject({ nrRead: 1, nrBad: 1 });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * MB);
  });

  test.each([
    ["brackets in one word", "[1]".repeat(21_000)],
    ["groups without start", ")[1] 1.0: ".repeat(6000)],
    ["blanks", `a${" ".repeat(60_000)}[1] 1.0: `],
    ["colons", `  a-1 [0] 1.0: ${"a:".repeat(30_000)}`],
    ["fields", `  a-1 [0] 1.0: percpu_free_percpu: ${"a=1 ".repeat(15_000)}`],
  ])("with many %s in a line", (_what, line) => {
    const importer = createAny({ batch: () => undefined, problem: () => undefined });
    const bytes = Buffer.from(`${line}\n`.repeat(50), "latin1");
    const start = process.cpuUsage();
    importer.push(bytes);
    importer.end();
    expect(importer.totals.nrRead).toBe(50);
    // 3 MB; a second is some thirty times what they take.
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(5);
  });
});
