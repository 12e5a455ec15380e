/** The same events through every format a host records, packed in every way; and inputs that are damaged. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { EventNames, EventSink, ImportTotals } from "@ebb/formats";
import { createTraceImporter } from "@ebb/formats";
import { collectTrace, fixtureFolder, type ImportedEvent, type ImportedTrace, importTrace, Random } from "@ebb/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTraces, type TraceInputOptions } from "./trace-parts.ts";
import { decompress } from "./unpack.ts";

const FOLDER = fixtureFolder("traces/formats");
let scratch = "";

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "ebb-trace-input-"));
});
afterAll(() => rmSync(scratch, { recursive: true }));

async function read(paths: readonly string[], options: TraceInputOptions = {}): Promise<ImportedTrace> {
  const state: { names: EventNames; totals: ImportTotals } = { ...createTraceImporter({ file: "" }, NO_SINK) };
  const collected = collectTrace(() => state.names);
  const input = openTraces(paths, options, collected.sink);
  state.names = input.names;
  await input.read();
  return { events: collected.events, problems: collected.problems, totals: input.totals, names: input.names };
}

const NO_SINK: EventSink = { batch: () => undefined, problem: () => undefined };

function fixture(name: string): string {
  return join(FOLDER, name);
}

/** A file of those bytes, unpacked from the fixture. */
function plain(name: string): string {
  const path = join(scratch, name.replace(/\.gz$/, ""));
  writeFileSync(path, gunzipSync(readFileSync(fixture(name))));
  return path;
}

type Column = keyof ImportedEvent;

/** Columns in which traces differ, and for times by how much at most. */
function differences(got: ImportedTrace, want: ImportedTrace, nsApart: number): readonly Column[] {
  expect(got.events.length).toBe(want.events.length);
  const columns = new Set<Column>();
  for (const [i, event] of got.events.entries()) {
    const other = want.events[i];
    if (other === undefined) continue;
    for (const column of Object.keys(event) as Column[]) {
      if (column === "timeNs" ? Math.abs(event.timeNs - other.timeNs) > nsApart : event[column] !== other[column]) {
        columns.add(column);
      }
    }
  }
  return [...columns].sort();
}

const TEXT = "6.18-instance.tracefs.txt.gz";
/** Text has µs, cut off; two times may differ by almost one. */
const US = 1000;

describe("one recording", () => {
  test.each([
    ["6.18-instance.trace-cmd-report.txt.gz", 0, ["line"]],
    ["6.18-instance-v6.dat.gz", US, ["line"]],
    ["6.18-instance-v7-uncompressed.dat.gz", US, ["line"]],
    ["6.18-instance-v7-zstd.dat.gz", US, ["line"]],
  ] as const)("in %s is what the text of the kernel says", async (name, nsApart, columns) => {
    const text = await read([fixture(TEXT)]);
    const got = await read([fixture(name)]);
    expect(differences(got, text, nsApart)).toEqual(columns);
    expect(got.events.length).toBe(1928);
    expect(got.problems.map((p) => p.message)).toEqual(
      name.includes(".dat") ? ["percpu events are those of buffer ebbsample"] : [],
    );
    expect(sumOf(got.totals)).toBe(got.totals.nrRead);
  });

  test.each(["6.18-instance-v7-uncompressed.dat.gz", "6.18-instance-v7-zstd.dat.gz"])(
    "in %s is that of version 6 to the last column",
    async (name) => {
      expect(differences(await read([fixture(name)]), await read([fixture("6.18-instance-v6.dat.gz")]), 0)).toEqual([]);
    },
  );

  test.each(["6.18-instance-v6.dat.gz", "6.18-instance-v7-zstd.dat.gz", "6.18.perf.data.gz"])(
    "%s is the same unpacked, where it is read in parts",
    async (name) => {
      const packed = await read([fixture(name)]);
      const unpacked = await read([plain(name)]);
      expect(differences(unpacked, packed, 0)).toEqual([]);
      expect(unpacked.totals).toEqual(packed.totals);
    },
  );

  test("in perf.data is what perf script says of it, but for names of callers, which it does not have", async () => {
    const data = await read([fixture("6.18.perf.data.gz")]);
    const script = await read([fixture("6.18.perf-script.txt.gz")]);
    expect(data.problems).toEqual([]);
    expect(differences(data, script, US)).toEqual(["callSite", "line"]);
    const kallsyms = join(scratch, "kallsyms");
    writeFileSync(kallsyms, "ffffffff81353550 t mm_init\nffffffff81c39f90 t __percpu_counter_init_many\n");
    const named = await read([fixture("6.18.perf.data.gz")], { kallsyms });
    expect(named.events[0]?.callSite).toBe(script.events[0]?.callSite);
  });

  test("in pages is what the text of the buffer says, but for names of callers and tasks", async () => {
    const pages = await read([fixture("6.18-raw.cpu0.bin.gz"), fixture("6.18-raw.cpu1.bin.gz")]);
    const text = await read([fixture("6.18-raw.trace.txt.gz")]);
    expect(pages.problems).toEqual([]);
    expect(differences(pages, text, US)).toEqual(["callSite", "input", "line", "task"]);
  });

  test("has the chunks of all its formats in one order, hashed or plain", async () => {
    const text = await read([fixture(TEXT)]);
    const data = await read([fixture("6.18-instance-v6.dat.gz")]);
    expect(text.names.chunks).toEqual(["000000008b1efc50"]);
    expect(data.names.chunks).toEqual(["ffffe8ffffc00000"]);
    expect(data.names.nrCpus).toBe(2);
  });
});

describe("bytes cut anywhere", () => {
  const forms = [TEXT, "6.18-instance.trace-cmd-report.txt.gz", "6.18.perf-script.txt.gz", "6.18.perf.data.gz"];
  test.each([...forms, "6.18-instance-v7-zstd.dat.gz"])("make no difference to %s", (name) => {
    const bytes = gunzipSync(readFileSync(fixture(name)));
    const create = (sink: EventSink) => createTraceImporter({ file: name, decompress }, sink);
    const whole = importTrace(create, bytes);
    const seed = 618;
    const random = new Random(seed);
    for (const cut of [() => 1, () => random.between(1, 300), () => random.between(1, 100_000)]) {
      const pieces = importTrace(create, bytes, cut);
      expect(differences(pieces, whole, 0), `seed ${seed}`).toEqual([]);
      expect(pieces.totals).toEqual(whole.totals);
      expect(pieces.problems).toEqual(whole.problems);
    }
  });
});

describe("several inputs", () => {
  test("are one trace, in their order, with the input of each event", async () => {
    const lines = gunzipSync(readFileSync(fixture(TEXT)))
      .toString("latin1")
      .split("\n");
    const parts = [lines.slice(0, 500), lines.slice(500, 900), lines.slice(900)].map((part, i) => {
      const path = join(scratch, `part${i}`);
      writeFileSync(path, i < 2 ? `${part.join("\n")}\n` : part.join("\n"));
      return path;
    });
    const whole = await read([fixture(TEXT)]);
    const got = await read(parts);
    expect(differences(got, whole, 0)).toEqual(["input", "line"]);
    expect(got.totals).toEqual(whole.totals);
    expect([0, 1, 2].map((input) => got.events.filter((event) => event.input === input).length)).toEqual([
      488, 400, 1040,
    ]);
  });

  test("may be of different formats, on one clock", async () => {
    const pages = [fixture("6.18-raw.cpu0.bin.gz"), fixture("6.18-raw.cpu1.bin.gz")];
    const got = await read([fixture(TEXT), ...pages, fixture("6.18-instance-v6.dat.gz")]);
    expect(got.totals.nrEvents).toBe(1928 + 1808 + 1928);
    expect(got.names.originNs).toBe(8_125_738_067_000n);
    const first = (input: number) => got.events.find((event) => event.input === input)?.timeNs;
    // The first event of the pages is CPU 1's.
    expect([first(2), first(3)]).toEqual([57_043_460_830, 230]);
    expect(got.events.filter((event) => event.input === 1).length).toBe(458);
    expect(got.problems.map((p) => p.message).sort()).toEqual([
      expect.stringMatching(/^percpu events are those of buffer/),
      expect.stringMatching(/steps back/),
    ]);
  });
});

describe("an input that is damaged", () => {
  const damaged: readonly (readonly [what: string, make: () => Uint8Array, message: RegExp])[] = [
    ["gzip cut off", () => readFileSync(fixture(TEXT)).subarray(0, 20_000), /the gzip file is cut off/],
    ["gzip with other bytes", () => spoiled(readFileSync(fixture(TEXT))), /the gzip file is damaged|not a line/],
    ["zstd cut off", () => Buffer.from("28b52ffd6064", "hex"), /the zstd file is cut off/],
    [
      "zstd with other bytes",
      () => Buffer.concat([Buffer.from("28b52ffd", "hex"), Buffer.alloc(99, 255)]),
      /the zstd file/,
    ],
    [
      "trace.dat cut off",
      () => gunzipSync(readFileSync(fixture("6.18-instance-v6.dat.gz"))).subarray(0, 7_550_000),
      /file ends before/,
    ],
    [
      "perf.data cut off",
      () => gunzipSync(readFileSync(fixture("6.18.perf.data.gz"))).subarray(0, 300_000),
      /ends before its records/,
    ],
    ["nothing", () => Buffer.alloc(16), /no such file/],
  ];

  test.each(damaged)("%s is told, with its name", async (what, make, message) => {
    const path = join(scratch, what.replaceAll(" ", "-"));
    writeFileSync(path, make());
    const { problems, totals } = await read([path]);
    expect(problems.map((p) => p.message).join("\n")).toMatch(message);
    expect(sumOf(totals)).toBe(totals.nrRead);
  });

  test("does not keep the next one from being read", async () => {
    const { problems, events } = await read([join(scratch, "is-not-there"), fixture(TEXT)]);
    expect(problems.map((p) => p.message)).toEqual(["no such file"]);
    expect(events.length).toBe(1928);
    expect(events[0]?.input).toBe(1);
  });

  test("pages without what describes them say what is missing", async () => {
    const path = join(scratch, "alone.cpu0.bin");
    writeFileSync(path, gunzipSync(readFileSync(fixture("6.18-raw.cpu0.bin.gz"))));
    const { problems } = await read([path]);
    expect(problems.map((p) => p.file.split("/").at(-1))).toEqual([
      "alone.header_page.txt",
      "alone.header_event.txt",
      "alone.formats.txt",
    ]);
  });
});

test("zstd is unpacked frame by frame, from a file", async () => {
  const got = await read([fixture("6.18-raw.trace.txt.zst")]);
  const want = await read([fixture("6.18-raw.trace.txt.gz")]);
  expect(differences(got, want, 0)).toEqual([]);
  expect(got.totals).toEqual(want.totals);
});

test("only the buffer that is asked for is read", async () => {
  const all = await read([fixture("6.18-instance-v6.dat.gz")], { buffer: "ebbsample" });
  expect(all.totals.nrEvents).toBe(1928);
  const own = await read([fixture("6.18-instance-v6.dat.gz")], { buffer: "" });
  expect(own.totals.nrEvents).toBe(0);
  expect(own.problems.map((p) => p.message)).toEqual(["no buffer has percpu events"]);
});

function spoiled(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => (i > 10_000 && i < 10_050 ? byte ^ 0x55 : byte));
}

function sumOf(totals: ImportTotals): number {
  return totals.nrEvents + totals.nrOther + totals.nrForeign + totals.nrBad;
}
