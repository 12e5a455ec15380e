import type { TimelineCurves, TimelineMark } from "@ebb/lab/timeline-view";
import { describe, expect, it } from "vitest";
import { plotColumns, plotCurves, seriesValueText, wholeRange } from "./plot-curves.ts";
import { markNear, placeMarks } from "./time-marks.ts";
import { byteSplits, secondsTexts } from "./uplot-options.ts";

const A: TimelineCurves = {
  timeNs: Float64Array.of(0, 10, 20),
  position: Float64Array.of(0, 1, 2),
  series: [
    { name: "Percpu", unit: "kB", values: Float64Array.of(1, 2, 3) },
    { name: "chunks", unit: "", values: Float64Array.of(4, 5, 6) },
  ],
  marks: [],
};
const B: TimelineCurves = { ...A, timeNs: Float64Array.of(0, 15, 40), series: A.series.slice(0, 1) };

describe("plotColumns", () => {
  it("puts both timelines on one axis of time, memory in bytes, each to its own end", () => {
    const [times, ...columns] = plotColumns(A, B, plotCurves(A, B), wholeRange(A, B), 100);
    expect([...times]).toEqual([0, 10, 15, 20, 40]);
    expect(columns).toEqual([
      [1024, 2048, 2048, 3072, undefined],
      [4, 5, 5, 6, undefined],
      [1024, 1024, 2048, 2048, 3072],
    ]);
  });

  it("gives a series one colour under both policies", () => {
    expect(plotCurves(A, B).map(({ name, side, colourIndex }) => [name, side, colourIndex])).toEqual([
      ["Percpu", "A", 0],
      ["chunks", "A", 1],
      ["Percpu", "B", 0],
    ]);
  });
});

describe("what the axes say", () => {
  it("has round bytes", () => {
    expect(byteSplits(0, 500 * 1024 ** 2).map((bytes) => bytes / 1024 ** 2)).toEqual([0, 100, 200, 300, 400, 500]);
    expect(byteSplits(0, 4000)).toEqual([0, 1024, 2048, 3072]);
    expect(byteSplits(0, 1)).toEqual([0, 1]);
  });

  it("has as many decimals as the ticks need", () => {
    expect(secondsTexts([0, 5e9])).toEqual(["0", "5"]);
    expect(secondsTexts([1e9, 1.25e9])).toEqual(["1.00", "1.25"]);
    expect(secondsTexts([0, 2.5e9, 5e9])).toEqual(["0.0", "2.5", "5.0"]);
    expect(secondsTexts([0, 2e6])).toEqual(["0.000", "0.002"]);
  });

  it("names the unit of a value", () => {
    const text = (unit: "kB" | "B" | "pages" | "", value: number) =>
      seriesValueText({ name: "x", unit, values: new Float64Array() }, value).replaceAll("\u00a0", " ");
    expect([text("kB", 2048), text("B", 10), text("pages", 3), text("", 7), text("", Number.NaN)]).toEqual([
      "2.00 MB",
      "10 B",
      "3 pages",
      "7",
      "–",
    ]);
  });
});

describe("marks", () => {
  const mark = (kind: TimelineMark["kind"], timeNs: number): TimelineMark => ({
    kind,
    timeNs,
    position: 0,
    label: kind,
  });
  const marks = [
    mark("reading", 50),
    mark("deferred", 50),
    mark("deferred", 50.1),
    mark("mark", 90),
    mark("mark", 300),
  ];
  const placed = placeMarks(marks, { fromNs: 0, toNs: 100 }, 200);

  it("stand once on each pixel, readings on top", () => {
    expect(placed.map(({ xPx, mark: { kind } }) => [kind, xPx])).toEqual([
      ["deferred", 100],
      ["mark", 180],
      ["reading", 100],
    ]);
  });

  it("are found near the pointer, readings before deferred work", () => {
    expect(markNear(placed, 103, 6)?.kind).toBe("reading");
    expect(markNear(placed, 120, 6)).toBeUndefined();
  });
});
