/** The event file: what is written is read back, however it is cut, and grows at its end. */

import fc from "fast-check";
import { expect, test } from "vitest";
import type { RecordedText } from "../trace/events.ts";
import { EbbWriter } from "./ebb-writer.ts";
import { MAX_BLOCK_EVENTS } from "./layout.ts";
import { batchesOf, type EventRow, fileOf, ORIGIN_NS, plausibleRows, read, written } from "./testing/traces.ts";

const INT32 = fc.oneof(
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, 0, -1),
);
const SAFE = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -5, max: 300 }),
  fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 51, -(2 ** 51)),
);
/** Any UTF-16 units: what an importer makes of bytes is not ours to judge. */
const NAME = fc.option(fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom("\ud800", "a\0b", "é", "\uffff")), {
  nil: undefined,
});
const ROW: fc.Arbitrary<EventRow> = fc.record({
  kind: fc.integer({ min: 0, max: 10 }),
  cpu: fc.integer({ min: 0, max: 65_535 }),
  timeNs: SAFE,
  pid: INT32,
  task: NAME,
  flags: fc.integer({ min: 0, max: 255 }),
  sizeBytes: INT32,
  alignBytes: INT32,
  offBytes: INT32,
  chunk: NAME,
  callSite: NAME,
  gfp: NAME,
  text: NAME,
  input: fc.integer({ min: 0, max: 255 }),
  line: fc.oneof(fc.maxSafeNat(), fc.nat()),
});

test("any events come back as they were", () => {
  fc.assert(
    fc.property(fc.array(ROW, { maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (rows, nrBytes) => {
      const found = read(fileOf(rows), nrBytes);
      expect(found.rows).toEqual(rows);
      expect(found.problems).toEqual([]);
    }),
  );
});

test("a trace of several blocks, in pieces of one byte and whole", () => {
  const rows = plausibleRows(1500);
  const file = fileOf(rows);
  expect(rows.length).toBeGreaterThan(4 * MAX_BLOCK_EVENTS);
  for (const nrBytes of [file.length, 1, 4096]) {
    const { reader, ...found } = read(file, nrBytes);
    expect(found.rows).toEqual(rows);
    expect(found.problems).toEqual([]);
    expect(reader.isFinished).toBe(true);
    expect(reader.names.originNs).toBe(ORIGIN_NS);
    expect(reader.totals).toEqual({
      nrRead: rows.length + 17,
      nrEvents: rows.length,
      nrOther: 12,
      nrForeign: 3,
      nrBad: 2,
      nrLost: 5,
    });
  }
  expect(file.length / rows.length).toBeLessThan(5);
});

test("names and chunks keep their numbers", () => {
  const rows = plausibleRows(30);
  const { names } = batchesOf(rows);
  const { reader } = read(fileOf(rows));
  expect(reader.names).toEqual(names);
});

test("texts of the host, and what was wrong with the recording", () => {
  const meminfo = (kb: number) => `MemTotal: 1000 kB\nPercpu: ${kb} kB\nHugePages: 0\n${"Zero: 0 kB\n".repeat(30)}`;
  const texts: RecordedText[] = [
    { key: "/proc/version", stage: "", timeNs: undefined, text: "Linux version 6.1.0 é" },
    { key: "/proc/meminfo", stage: "start", timeNs: -70_000, text: meminfo(408) },
    { key: "/proc/meminfo", stage: "1", timeNs: 5_000_000, text: meminfo(412) },
    { key: "/proc/meminfo", stage: "2", timeNs: 6_000_000, text: `${meminfo(9)}more\nand more` },
    { key: "/proc/meminfo", stage: "3", timeNs: 7_000_000, text: "" },
    { key: "/proc/meminfo", stage: "end", timeNs: 8_000_000, text: meminfo(412) },
  ];
  const problem = {
    severity: "data-loss",
    file: "boot.trace",
    line: 41_822,
    message: "no such field",
    expected: "size=<bytes>",
    found: "x".repeat(5000),
    toDo: "record again",
  } as const;
  const file = fileOf(plausibleRows(1), (writer) => {
    for (const text of texts) writer.text(text, ORIGIN_NS);
    writer.problem(problem);
  });
  const found = read(file, 7);
  expect(found.texts).toEqual(texts);
  expect(found.problems).toEqual([{ ...problem, found: "x".repeat(4096) }]);
  expect(found.reader).toMatchObject({ nrTexts: 6, nrProblems: 1 });
});

test("a snapshot that is much like the last one takes little room, and a chain of them has whole ones", () => {
  const slabinfo = (n: number) => `${"kmalloc-64   1280   1280     64\n".repeat(200)}dentry ${n}\n`;
  const file = fileOf([], (writer) => {
    for (let n = 0; n < 70; n++) writer.text({ key: "slabinfo", stage: "", timeNs: n, text: slabinfo(n) }, ORIGIN_NS);
  });
  const found = read(file);
  expect(found.texts.map(({ text }) => text)).toEqual(Array.from({ length: 70 }, (_, n) => slabinfo(n)));
  expect(found.problems).toEqual([]);
  // Three whole ones: the first, and after each 32 differences.
  expect(file.length).toBeLessThan(3 * slabinfo(0).length + 70 * 60);
});

test("a file is written on at its end, by another importer with other numbers and another origin", () => {
  const rows = plausibleRows(3);
  const first = fileOf(rows, (writer) => writer.text({ key: "k", stage: "", timeNs: 1, text: "a\nb\nc" }, ORIGIN_NS));
  const { reader } = read(first);
  expect(reader.nrWholeBytes).toBe(first.length);
  const second = written((write) => {
    const writer = new EbbWriter(write, "test", reader);
    const { names, batches } = batchesOf(plausibleRows(4).reverse(), ORIGIN_NS + 5_000_000_000n);
    for (const batch of batches) writer.events(batch, names);
    writer.text({ key: "k", stage: "", timeNs: 2, text: "a\nb\nd" }, ORIGIN_NS);
    writer.end({ nrRead: 0, nrEvents: 0, nrOther: 20, nrForeign: 3, nrBad: 2, nrLost: 6 });
  });
  const found = read(Uint8Array.of(...first, ...second));
  expect(found.problems).toEqual([]);
  const later = plausibleRows(4).reverse();
  expect(found.rows).toEqual([...rows, ...later.map((row) => ({ ...row, timeNs: row.timeNs + 5_000_000_000 }))]);
  expect(found.texts.map(({ text }) => text)).toEqual(["a\nb\nc", "a\nb\nd"]);
  expect(found.reader.totals).toMatchObject({ nrOther: 20, nrLost: 6, nrEvents: rows.length + later.length });
});

test("a file that is being written shows what is in whole blocks", () => {
  const rows = plausibleRows(10);
  const { names, batches } = batchesOf(rows, ORIGIN_NS, 50);
  const totals = { nrRead: 0, nrEvents: 0, nrOther: 0, nrForeign: 0, nrBad: 0, nrLost: 1 };
  const file = written((write) => {
    const writer = new EbbWriter(write, "test");
    for (const batch of batches) {
      writer.events(batch, names);
      writer.flush(totals);
    }
    expect(writer.nrEvents).toBe(rows.length);
  });
  const whole = read(file);
  expect(whole.rows).toEqual(rows);
  expect(whole.reader.totals.nrLost).toBe(1);
  expect(whole.problems.map(({ severity, message }) => `${severity}: ${message}`)).toEqual([
    "info: the file has no end",
  ]);
  const torn = read(file.subarray(0, file.length - 30));
  expect(torn.rows).toEqual(rows.slice(0, torn.rows.length));
  expect(torn.problems.map(({ message }) => message)).toContain("the last block is not whole");
});

test("an empty trace is a file too", () => {
  expect(read(fileOf([]))).toMatchObject({ rows: [], problems: [], texts: [] });
});

test("the layout stays: a small file, byte by byte", () => {
  const hex = [...fileOf(plausibleRows(1).slice(0, 2))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  expect(hex.match(/.{1,64}/g)).toMatchInlineSnapshot(`
    [
      "894542420d0a1a01ebb00c011300000010dcdb781ea3b20a04746573740d3437",
      "3231333438363139303030ebb00c022c0000000af731463dc69e010004056d6b",
      "6469720b616c6c6f635f302b3078300a4746505f4b45524e454c0c616c6c6f63",
      "5f312b30783130ebb00c0313000000631ba8556f72e388000110666666666538",
      "66666666303030303030ebb00c0441000000b94bd5bda1f194ea0002040100e8",
      "07000b0200000000011078000101080400010102020001000401000100010100",
      "0200f806000000000100d00f000101006400010000000100000002ebb00c0708",
      "0000003259db348c44d6ca010200000c030205",
    ]
  `);
});
