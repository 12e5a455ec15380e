/** The explorer itself: its count of orders against walking each, shortest stories, what it refuses. */

import { expect, test } from "vitest";
import { explore, type Scenario } from "./explorer.ts";

const LIMITS = { maxStates: 100_000, onProgress: () => undefined };

/** Actors that each take so many steps, in any order; the steps of one are alike. */
function counters(lengths: readonly number[]): Scenario<readonly number[]> {
  return {
    initial: lengths.map(() => 0),
    key: (state) => state.join(" "),
    enabled: (state) => lengths.flatMap((length, actor) => ((state[actor] ?? 0) < length ? [actor] : [])),
    after: (state, actor) => state.map((done, i) => (i === actor ? done + 1 : done)),
    brokenRules: () => [],
  };
}

const factorial = (n: number): bigint => (n < 2 ? 1n : BigInt(n) * factorial(n - 1));

test.each([[[]], [[3]], [[1, 1]], [[2, 3]], [[4, 3, 2]], [[5, 5, 5, 5]], [[30, 30]]])(
  "orders of independent steps: the multinomial coefficient, %j",
  (lengths) => {
    const total = lengths.reduce((sum, length) => sum + length, 0);
    const expected = lengths.reduce((orders, length) => orders / factorial(length), factorial(total));
    const found = explore(counters(lengths), LIMITS);
    expect(found?.nrOrders).toBe(expected);
    expect(found?.nrStates).toBe(lengths.reduce((states, length) => states * (length + 1), 1));
  },
);

test("a story is a shortest one", () => {
  const scenario = { ...counters([4, 4]), brokenRules: (state: readonly number[]) => (state[1] === 2 ? ["two"] : []) };
  expect(explore(scenario, LIMITS)?.violation).toEqual({ rules: ["two"], actors: [1, 1] });
});

test("a first state that breaks a rule needs no story", () => {
  const scenario = { ...counters([1]), brokenRules: () => ["at once"] };
  expect(explore(scenario, LIMITS)?.violation).toEqual({ rules: ["at once"], actors: [] });
});

test("steps that lead back have no number of orders", () => {
  const scenario = { ...counters([1]), after: (state: readonly number[]) => state };
  expect(() => explore(scenario, LIMITS)).toThrow("repeat");
});

test("more states than asked for are not visited", () => {
  expect(explore(counters([9, 9, 9]), { ...LIMITS, maxStates: 999 })).toBeUndefined();
  expect(explore(counters([9, 9, 9]), { ...LIMITS, maxStates: 1000 })?.nrStates).toBe(1000);
});
