/** Slabs and object numbers: what is made, dropped, used again; copied out and back; and what its rules find. */

import fc from "fast-check";
import { expect, test } from "vitest";
import type { Violation } from "../violation.ts";
import {
  createSlabPool,
  dropSlab,
  foldSlabPool,
  makeSlab,
  NO_OBJECT,
  restoreSlabPool,
  type SlabPool,
  snapshotSlabPool,
} from "./pool.ts";
import { verifySlabPool } from "./pool-verify.ts";

function findings(p: SlabPool): readonly string[] {
  const out: Violation[] = [];
  verifySlabPool(p, out);
  return out.map((v) => v.rule);
}

function wordsOf(p: SlabPool): readonly number[] {
  const words: number[] = [];
  foldSlabPool(p, (word) => words.push(word));
  return words;
}

test("a slab's objects are numbered side by side and linked in ascending order", () => {
  const p = createSlabPool();
  const slab = makeSlab(p, 3, 1, 4, 2);
  expect(p.slabs.freeHead[slab]).toBe(0);
  expect([...p.nextFree.slice(0, 4)]).toEqual([1, 2, 3, NO_OBJECT]);
  expect([p.slabs.cache[slab], p.slabs.node[slab], p.slabs.nrPages[slab], p.slabs.nrInUse[slab]]).toEqual([3, 1, 2, 0]);
  expect(findings(p)).toEqual([]);
});

test("the numbers of a dropped slab go to the next of as many objects, last in, first out", () => {
  const p = createSlabPool();
  const slabs = [4, 4, 2, 2000].map((nrObjects) => makeSlab(p, 0, 0, nrObjects, 1));
  for (const slab of slabs) dropSlab(p, slab);
  expect(findings(p)).toEqual([]);
  const firsts = [4, 4, 2, 3, 2000, 4].map((nrObjects) => p.slabs.firstObject[makeSlab(p, 0, 0, nrObjects, 1)]);
  expect(firsts).toEqual([4, 0, 8, 2010, 10, 2013]);
  expect(p.nrObjectNumbers).toBe(2017);
  expect(findings(p)).toEqual([]);
});

test("a slab with an object in use is not given back", () => {
  const p = createSlabPool();
  const slab = makeSlab(p, 0, 0, 4, 1);
  p.slabs.nrInUse[slab] = 1;
  expect(() => dropSlab(p, slab)).toThrow("no object in use");
});

/** An operation: 0 drops the oldest slab, anything else makes one of so many objects. */
function run(p: SlabPool, live: number[], nrObjects: number): void {
  if (nrObjects > 0) live.push(makeSlab(p, 0, 0, nrObjects, 1));
  else if (live.length > 0) dropSlab(p, live.shift() ?? 0);
}

test("random slabs come and go; a snapshot goes on as the original does", () => {
  const counts = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 6 }), fc.constantFrom(700, 1500)), {
    maxLength: 40,
    size: "max",
  });
  fc.assert(
    fc.property(counts, fc.nat({ max: 40 }), (operations, cut) => {
      const p = createSlabPool();
      const live: number[] = [];
      for (const n of operations.slice(0, cut)) run(p, live, n);
      const snapshot = snapshotSlabPool(p);
      const then = wordsOf(p);
      const liveThen = [...live];
      for (const n of operations.slice(cut)) {
        run(p, live, n);
        expect(findings(p)).toEqual([]);
      }
      const after = wordsOf(p);
      for (const target of [p, createSlabPool()]) {
        restoreSlabPool(target, snapshot);
        expect(wordsOf(target)).toEqual(then);
        const again = [...liveThen];
        for (const n of operations.slice(cut)) run(target, again, n);
        expect(wordsOf(target)).toEqual(after);
      }
    }),
    { numRuns: 100 },
  );
});

test.each<readonly [string, (p: SlabPool, slab: number) => void]>([
  ["the objects of a slab know it", (p) => p.slabOf.fill(7, 1, 2)],
  ["a free object of a slab lies in it and nobody holds it", (p) => p.isAllocated.fill(1, 1, 2)],
  ["a free object of a slab lies in it and nobody holds it", (p) => p.nextFree.fill(6, 1, 2)],
  ["a slab's objects in use are those off its list", (p) => p.nextFree.fill(NO_OBJECT, 1, 2)],
  ["a slab's objects in use are those off its list", (p) => p.nextFree.fill(0, 1, 2)],
  ["a slab's objects in use are those off its list", (p, slab) => p.slabs.nrInUse.fill(2, slab, slab + 1)],
  ["each object number is of one slab or spare", (p) => p.spareHead.fill(NO_OBJECT)],
  ["a spare object number is of no slab", (p) => p.slabOf.fill(0, 5, 6)],
])("a broken pool is found: %s", (rule, spoil) => {
  const p = createSlabPool();
  const slab = makeSlab(p, 0, 0, 4, 1);
  dropSlab(p, makeSlab(p, 0, 0, 3, 1));
  expect(findings(p)).toEqual([]);
  spoil(p, slab);
  expect(findings(p)).toContain(rule);
});
