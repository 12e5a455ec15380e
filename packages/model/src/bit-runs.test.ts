/** The fused searches of bits.ts against one-line searches of arrays, over small spaces. */

import { expect, test } from "vitest";
import {
  findAreaEnd,
  findClearArea,
  findClearRun,
  NO_RUN,
  runEnd,
  runStart,
  setBit,
  setRange,
  testBit,
} from "./bits.ts";

const NR_WORDS = 3;
const NR_BITS = NR_WORDS * 32;
const BASE = 1;

/** Bit patterns whose runs cross, touch and miss word borders. */
const PATTERNS: readonly (readonly boolean[])[] = [
  () => false,
  () => true,
  (bit: number) => bit % 2 === 0,
  (bit: number) => bit === 31 || bit === 32 || bit === 95,
  (bit: number) => bit !== 63 && bit !== 64 && bit !== 0,
  (bit: number) => Math.floor(bit / 7) % 2 === 1,
  (bit: number) => bit % 13 === 0 || bit % 17 === 3,
  (bit: number) => bit >= 40 && bit < 70,
].map((pattern) => Array.from({ length: NR_BITS }, (_, bit) => pattern(bit)));

function wordsOf(bits: readonly boolean[]): Int32Array {
  const words = new Int32Array(BASE + NR_WORDS + 1);
  bits.forEach((set, bit) => {
    if (set) setBit(words, BASE, bit);
  });
  return words;
}

/** Runs of clear bits that begin at or behind `from`, cut there. */
function naiveRuns(bits: readonly boolean[], from: number): [start: number, end: number][] {
  const runs: [number, number][] = [];
  for (let bit = from; bit < NR_BITS; bit++) {
    if (bits[bit]) continue;
    let end = bit;
    while (end < NR_BITS && !bits[end]) end++;
    runs.push([bit, end]);
    bit = end;
  }
  return runs;
}

test("findClearRun gives the first long enough run", () => {
  for (const bits of PATTERNS) {
    const words = wordsOf(bits);
    for (let from = 0; from <= NR_BITS; from++) {
      for (const minBits of [0, 1, 2, 5, 31, 32, 33, 64, 96, 97]) {
        const run = findClearRun(words, BASE, from, NR_WORDS, minBits);
        const expected = naiveRuns(bits, from).find(([start, end]) => end - start >= minBits);
        const found = run === NO_RUN ? undefined : [runStart(run), runEnd(run)];
        if (JSON.stringify(found) !== JSON.stringify(expected))
          expect.fail(`${PATTERNS.indexOf(bits)} ${from} ${minBits}`);
      }
    }
  }
});

/** Place for `nrBits` at `align`, and the largest piece passed over, bit by bit (spec/percpu.md 9). */
function naiveArea(bits: readonly boolean[], from: number, limit: number, nrBits: number, align: number) {
  let kept: [start: number, length: number] = [0, 0];
  let at = from;
  for (;;) {
    let start = at;
    while (start < limit && bits[start]) start++;
    start = Math.ceil(start / align) * align;
    if (start + nrBits > limit) return undefined;
    let used = start;
    while (used < start + nrBits && !bits[used]) used++;
    if (used === start + nrBits) return { start, kept };
    const length = used - start;
    const zeros = (x: number) => (x === 0 ? 99 : 31 - Math.clz32(x & -x));
    if (length > kept[1] || (length === kept[1] && length > 0 && kept[0] !== 0 && zeros(start) > zeros(kept[0]))) {
      kept = [start, length];
    }
    at = used + 1;
  }
}

test("findClearArea gives the first fit and the largest piece it passed over", () => {
  const skipped = new Int32Array(2);
  for (const bits of PATTERNS) {
    const words = wordsOf(bits);
    for (let from = 0; from < NR_BITS; from += 3) {
      for (const limit of [NR_BITS, NR_BITS - 5, from + 20]) {
        for (const nrBits of [1, 2, 4, 7, 30, 33]) {
          for (const align of [1, 2, 8, 32]) {
            if (limit > NR_BITS) continue;
            const start = findClearArea(words, BASE, from, limit, nrBits, align, skipped);
            const expected = naiveArea(bits, from, limit, nrBits, align);
            const where = `${PATTERNS.indexOf(bits)} ${from} ${limit} ${nrBits} ${align}`;
            if (start !== (expected?.start ?? NO_RUN)) expect.fail(where);
            if (expected !== undefined && skipped[1] !== expected.kept[1]) expect.fail(`${where}: length`);
            if (expected !== undefined && skipped[1] !== 0 && skipped[0] !== expected.kept[0])
              expect.fail(`${where}: at`);
          }
        }
      }
    }
  }
});

test("findAreaEnd ends at a free bit or where the next area begins", () => {
  for (const used of PATTERNS) {
    for (const starts of PATTERNS) {
      const usedWords = wordsOf(used);
      const startWords = wordsOf(starts);
      for (let from = 0; from <= NR_BITS; from++) {
        for (const end of [NR_BITS, 64, 40]) {
          if (from > end) continue;
          let expected = from;
          while (expected < end && used[expected] && !starts[expected]) expected++;
          if (findAreaEnd(usedWords, startWords, BASE, from, end) !== expected) expect.fail(`${from} ${end}`);
        }
      }
    }
  }
});

test("long ranges are set whole", () => {
  const words = new Int32Array(64);
  setRange(words, 0, 5, 2000);
  const wrong = Array.from({ length: 2048 }, (_, bit) => bit).filter(
    (bit) => testBit(words, 0, bit) !== (bit >= 5 && bit < 2000),
  );
  expect(wrong).toEqual([]);
});
