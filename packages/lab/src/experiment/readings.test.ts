import { expect, test } from "vitest";
import type { MachineFigures } from "./machine-figures.ts";
import { memoryFigures, type PrintedCommand, ReadingLog } from "./readings.ts";

const FIGURES: MachineFigures = {
  nrOnline: 0,
  nrDying: 0,
  percpuKb: 0,
  nrChunks: 0,
  nrPopulatedPages: 0,
  nrEmptyPopPages: 0,
  liveBytes: 0,
  nrDeadCaches: 0,
  nrDeadCachePages: 0,
  nrIpisCpu0: 0,
  nrIpis: 0,
};

test.each([
  ["Percpu:             7296 kB\n", [["Percpu", 7296]]],
  [
    "MemFree:  5 kB\nPercpu:  7 kB\n",
    [
      ["MemFree", 5],
      ["Percpu", 7],
    ],
  ],
  ["Percpu:  1 kB\nPercpu:  2 kB\n", [["Percpu", 1]]],
  ["no newline: 1 kB\nSlab: 3 kB", [["Slab", 3]]],
  ["Percpu: 7296 MB\nPercpu 7296 kB\nPercpu: x kB\n", []],
  ["", []],
])("%j holds %j", (output, expected) => {
  expect(memoryFigures(output)).toEqual(expected);
});

function check(events: readonly Partial<PrintedCommand>[], expected: readonly string[]): void {
  const log = new ReadingLog();
  for (const event of events) log.add({ text: "grep", line: 1, stdout: "", endNs: 0, ...event }, () => FIGURES);
  expect(log.readings.map((r) => `${r.line}#${r.occurrence} ${r.command} ${r.percpuKb}`)).toEqual(expected);
}

test("readings are counted by line", () => {
  const stdout = "Percpu: 5 kB\n";
  check(
    [{ stdout }, { stdout: "hello\n" }, { line: 2, stdout }, { stdout }, { line: 3, stdout: "Slab: 1 kB\n" }],
    ["1#1 grep 5", "2#1 grep 5", "1#2 grep 5", "3#1 grep undefined"],
  );
});

test("what eval and source run is reported by itself", () => {
  const stdout = "Percpu: 5 kB\n";
  check([{ stdout }, { text: "eval grep", stdout }, { text: ". file", stdout }], ["1#1 grep 5"]);
});

test("the count of dying cgroups is a reading by itself", () => {
  const log = new ReadingLog();
  const event = { text: "grep", line: 1, endNs: 0 };
  log.add({ ...event, stdout: "nr_descendants 3\nnr_dying_descendants 12\n" }, () => FIGURES);
  log.add({ ...event, stdout: "nr_dying_descendants\n" }, () => FIGURES);
  log.add({ ...event, stdout: "Slab: 5 kB\n" }, () => FIGURES);
  expect(log.readings.map(({ nrDyingPrinted, slabKb }) => [nrDyingPrinted, slabKb])).toEqual([
    [12, undefined],
    [undefined, 5],
  ]);
});
