import { describe, expect, it } from "vitest";
import { ageText, bytesText, countOf, countText, timeText } from "./words.ts";

const GAP = "\u00a0";
const GROUP = "\u202f";

describe("countText", () => {
  it.each([
    [0, "0"],
    [999, "999"],
    [1000, `1${GROUP}000`],
    [-1234567, `-1${GROUP}234${GROUP}567`],
    [12.6, "13"],
  ])("%d", (n, expected) => {
    expect(countText(n)).toBe(expected);
  });

  it("agrees with its noun", () => {
    expect([countOf(1, "page"), countOf(2, "page")]).toEqual([`1${GAP}page`, `2${GAP}pages`]);
  });
});

describe("bytesText", () => {
  it.each([
    [0, "0 B"],
    [1023, `1${GROUP}023 B`],
    [1024, "1.00 kB"],
    [4000 * 16, "62.5 kB"],
    [481024 * 1024, "470 MB"],
    [3 * 1024 ** 3, "3.00 GB"],
    [-2048, "-2.00 kB"],
  ])("%d", (bytes, expected) => {
    expect(bytesText(bytes)).toBe(expected.replace(" ", GAP));
  });
});

describe("timeText", () => {
  it.each([
    [0, "0 s"],
    [999, "999 ns"],
    [1500, "1.50 µs"],
    [12_300_000, "12.3 ms"],
    [10_632_000_000, "10.63 s"],
    [245e9, "4 min 05 s"],
  ])("%d", (ns, expected) => {
    expect(timeText(ns)).toBe(expected.replaceAll(" ", GAP));
  });

  it("says when an age is not known", () => {
    expect(ageText(Number.NaN, 5)).toBe("age not known");
    expect(ageText(1e9, 3e9)).toBe(`2.00${GAP}s old`);
  });
});
