import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { heldAt, mergedTimes, sampleAt, samplesToDraw, valueAt } from "./step-curves.ts";

const TIMES = Float64Array.of(0, 10, 10, 40);
const VALUES = Float64Array.of(5, 6, 7, 8);

describe("a step curve", () => {
  it.each([
    [-1, Number.NaN],
    [0, 5],
    [9, 5],
    [10, 7],
    [39, 7],
    [1000, 8],
  ])("at %d", (atNs, expected) => {
    expect(valueAt(TIMES, VALUES, atNs)).toBe(expected);
  });

  it("is held at other times", () => {
    expect(heldAt(TIMES, VALUES, Float64Array.of(-5, 3, 10, 50))).toEqual([undefined, 5, 7, 8]);
  });

  it("takes all times of two", () => {
    expect([...mergedTimes(Float64Array.of(0, 2, 4), Float64Array.of(1, 2, 9))]).toEqual([0, 1, 2, 4, 9]);
  });
});

describe("samplesToDraw", () => {
  const anyCurve = fc.array(
    fc.record({ gapNs: fc.integer({ min: 0, max: 50 }), value: fc.integer({ min: -99, max: 99 }) }),
    {
      minLength: 1,
      maxLength: 400,
    },
  );

  it("keeps each column's first, last, lowest and highest, and few more", () => {
    fc.assert(
      fc.property(anyCurve, fc.integer({ min: 1, max: 20 }), (samples, nrColumns) => {
        let atNs = 0;
        const timeNs = Float64Array.from(samples, ({ gapNs }) => (atNs += gapNs));
        const values = Float64Array.from(samples, ({ value }) => value);
        const range = { fromNs: 0, toNs: Math.max(1, atNs) };
        const picked = [...samplesToDraw(timeNs, [values], range, nrColumns)];
        expect(picked).toEqual([...new Set(picked)].sort((a, b) => a - b));
        expect(picked.length).toBeLessThanOrEqual((nrColumns + 1) * 4);
        const kept = picked.map((i) => values[i] ?? Number.NaN);
        expect(Math.max(...kept)).toBe(Math.max(...values));
        expect(Math.min(...kept)).toBe(Math.min(...values));
        expect([picked[0], picked.at(-1)]).toEqual([0, samples.length - 1]);
      }),
    );
  });

  it("reaches past both edges of the range", () => {
    const timeNs = Float64Array.of(0, 10, 20, 30, 40);
    expect([...samplesToDraw(timeNs, [timeNs], { fromNs: 15, toNs: 25 }, 100)]).toEqual([1, 2, 3]);
  });

  it("keeps all that happened at the edge", () => {
    expect([...samplesToDraw(Float64Array.of(0, 0), [Float64Array.of(0, 0)], { fromNs: 0, toNs: 1 }, 1)]).toEqual([
      0, 1,
    ]);
  });

  it("takes a million samples to what a screen shows", () => {
    const timeNs = Float64Array.from({ length: 1_000_000 }, (_, i) => i);
    const values = timeNs.map((i) => (i === 654_321 ? 99 : i % 3));
    const picked = samplesToDraw(timeNs, [values], { fromNs: 0, toNs: 999_999 }, 1000);
    expect(picked.length).toBeLessThan(4010);
    expect(picked.includes(654_321)).toBe(true);
  });
});

describe("sampleAt", () => {
  it("is the last of several at one time", () => {
    expect(sampleAt(TIMES, 10)).toBe(2);
  });
});
