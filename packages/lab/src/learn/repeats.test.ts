/** Sequences planted in noise are found, whatever they are. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { findRepeats, type Stream } from "./repeats.ts";

const PAUSE_NS = 1000;

/** Numbers said one after the other, each unit with a long pause before it. */
function streamOf(units: readonly (readonly number[])[]): Stream {
  const said = units.flat();
  const pauseNs = units.flatMap((unit) => unit.map((_, i) => (i === 0 ? 50 * PAUSE_NS : PAUSE_NS)));
  return { said, pauseNs, isConfirmed: said.map(() => false) };
}

test("a sequence is found with its beginning, in streams of noise", () => {
  const unit = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 2, maxLength: 20 });
  const noise = fc.array(fc.integer({ min: 100, max: 100_000 }), { maxLength: 30 });
  fc.assert(
    fc.property(unit, noise, noise, fc.integer({ min: 3, max: 12 }), (sequence, before, after, nrCopies) => {
      const stream = streamOf([before, ...Array.from({ length: nrCopies }, () => sequence), after]);
      const found = findRepeats([stream]).find((repeat) => repeat.sequence.join() === sequence.join());
      expect(found?.nrCopies).toBe(nrCopies);
    }),
  );
});

test("numbers may occur several times in a sequence", () => {
  const sequence = [1, 2, 3, 4, 1, 1, 5, 1];
  const found = findRepeats([streamOf([sequence, sequence, sequence])]);
  expect(found).toContainEqual(expect.objectContaining({ sequence, nrCopies: 3, nrConfirmed: 0 }));
});

test("copies of a shorter sequence are not told as one of a longer", () => {
  const found = findRepeats([
    streamOf([
      [7, 8],
      [7, 8],
      [7, 8],
      [7, 8],
    ]),
  ]);
  expect(found).toEqual([{ sequence: [7, 8], leastPauseNs: [50_000, 1000], nrCopies: 4, nrConfirmed: 0 }]);
});

test("nothing is found where nothing is repeated", () => {
  expect(findRepeats([streamOf([[1, 2, 3, 4, 5]]), streamOf([[1, 2, 3]])])).toEqual([]);
});
