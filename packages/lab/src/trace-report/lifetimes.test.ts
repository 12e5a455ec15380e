/** Quantiles of lifetimes are those of the lives themselves, up to the width of a class. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { Lifetimes } from "./lifetimes.ts";

const lives = fc.array(fc.oneof(fc.nat(100), fc.nat(2 ** 31 - 1), fc.maxSafeNat()), { minLength: 1, maxLength: 300 });

test("a quantile is at most an eighth above the life it stands for, and never below", () => {
  fc.assert(
    fc.property(lives, fc.double({ min: 0.01, max: 1, noNaN: true }), (all, share) => {
      const lifetimes = new Lifetimes();
      for (const ns of all) lifetimes.add(ns);
      const sorted = [...all].sort((a, b) => a - b);
      const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
      const found = lifetimes.quantileNs(share);
      expect(found).toBeGreaterThanOrEqual(exact);
      expect(found).toBeLessThanOrEqual(Math.max(1, exact * (1 + 1 / 8)));
      expect(lifetimes.quantileNs(1)).toBe(sorted.at(-1));
    }),
  );
});

test("lives of several callers together are those of each", () => {
  const [a, b, both] = [new Lifetimes(), new Lifetimes(), new Lifetimes()];
  for (const ns of [1, 10, 1e9]) a.add(ns);
  for (const ns of [5, 2e12]) b.add(ns);
  both.addAll(a);
  both.addAll(b);
  expect([both.nr, both.maxNs]).toEqual([5, 2e12]);
  expect(both.classes.reduce((sum, [, nr]) => sum + nr, 0)).toBe(5);
});

test("without lives there is nothing to tell", () => {
  expect([new Lifetimes().quantileNs(0.5), new Lifetimes().classes]).toEqual([0, []]);
});
