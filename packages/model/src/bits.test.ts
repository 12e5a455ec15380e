/** Bitmap functions on every range of a small bitmap, against versions of one line. */

import { expect, test } from "vitest";
import {
  alignUpPowerOfTwo,
  bitLength,
  blockOf,
  clearBit,
  clearRange,
  countSet,
  eighth,
  findEndOfLastSet,
  findNextClear,
  findNextSet,
  finishHash,
  foldHash,
  foldHashTurned,
  isPowerOfTwo,
  offsetInBlock,
  quarter,
  setBit,
  setRange,
  testBit,
  toHex,
  trailingZeros,
  wordsFor,
} from "./bits.ts";

/** Three words behind one that no function may touch. */
const NR_BITS = 96;
const BASE = 1;
const GUARD = 0x5a5a5a5a;

type Bits = readonly boolean[];

const PATTERNS: readonly Bits[] = [
  (_bit: number) => false,
  (_bit: number) => true,
  (bit: number) => bit % 2 === 0,
  (bit: number) => bit === 31 || bit === 32 || bit === 95,
  (bit: number) => bit !== 63 && bit !== 64 && bit !== 0,
  (bit: number) => Math.floor(bit / 7) % 2 === 1,
].map((pattern) => Array.from({ length: NR_BITS }, (_, bit) => pattern(bit)));

function wordsOf(bits: Bits): Int32Array {
  const words = new Int32Array(BASE + 3 + 1).fill(GUARD);
  bits.forEach((set, bit) => {
    (set ? setBit : clearBit)(words, BASE, bit);
  });
  return words;
}

function bitsOf(words: Int32Array): Bits {
  return Array.from({ length: NR_BITS }, (_, bit) => testBit(words, BASE, bit));
}

function forEachRange(visit: (from: number, end: number) => void): void {
  for (let from = 0; from <= NR_BITS; from++) for (let end = from; end <= NR_BITS; end++) visit(from, end);
}

/** Runs `check` on every range of every pattern; one assertion at the end keeps it quick. */
function check(answer: (words: Int32Array, from: number, end: number) => unknown, naive: typeof naiveForm): void {
  const wrong: string[] = [];
  for (const bits of PATTERNS) {
    const words = wordsOf(bits);
    forEachRange((from, end) => {
      if (answer(words, from, end) !== naive(bits, from, end)) wrong.push(`${PATTERNS.indexOf(bits)} ${from} ${end}`);
    });
  }
  expect(wrong).toEqual([]);
}

declare function naiveForm(bits: Bits, from: number, end: number): unknown;

const orEnd = (bit: number, from: number, end: number) => (bit < 0 ? end : from + bit);

test("single bits are written and read", () => {
  for (const bits of PATTERNS) {
    const words = wordsOf(bits);
    expect(bitsOf(words)).toEqual(bits);
    expect([words[0], words[4]]).toEqual([GUARD, GUARD]);
  }
});

test("searches find what a search of an array finds", () => {
  check(
    (words, from, end) => findNextSet(words, BASE, from, end),
    (bits, from, end) => orEnd(bits.slice(from, end).indexOf(true), from, end),
  );
  check(
    (words, from, end) => findNextClear(words, BASE, from, end),
    (bits, from, end) => orEnd(bits.slice(from, end).indexOf(false), from, end),
  );
  check(
    (words, from, end) => findEndOfLastSet(words, BASE, from, end),
    (bits, from, end) => from + bits.slice(from, end).lastIndexOf(true) + 1,
  );
  check(
    (words, from, end) => countSet(words, BASE, from, end),
    (bits, from, end) => bits.slice(from, end).filter(Boolean).length,
  );
});

test("ranges are set and cleared, and nothing beside them", () => {
  const changed = (change: typeof setRange, bits: Bits, from: number, end: number) => {
    const words = wordsOf(bits);
    if (from < end) change(words, BASE, from, end);
    return words.join();
  };
  const wanted = (bits: Bits, from: number, end: number, value: boolean) =>
    wordsOf(bits.map((bit, i) => (i >= from && i < end ? value : bit))).join();
  const wrong: string[] = [];
  for (const bits of PATTERNS) {
    forEachRange((from, end) => {
      if (changed(setRange, bits, from, end) !== wanted(bits, from, end, true)) wrong.push(`set ${from} ${end}`);
      if (changed(clearRange, bits, from, end) !== wanted(bits, from, end, false)) wrong.push(`clear ${from} ${end}`);
    });
  }
  expect(wrong).toEqual([]);
});

test("questions about one integer", () => {
  for (let x = 0; x <= 70000; x++) {
    const digits = x.toString(2);
    const zeros = digits.length - 1 - digits.lastIndexOf("1");
    const ones = digits.split("1").length - 1;
    const holds =
      bitLength(x) === (x === 0 ? 0 : digits.length) &&
      (x === 0 || trailingZeros(x) === zeros) &&
      isPowerOfTwo(x) === (ones === 1) &&
      wordsFor(x) === Math.ceil(x / 32) &&
      blockOf(x) === Math.floor(x / 1024) &&
      offsetInBlock(x) === x % 1024 &&
      quarter(x) === Math.floor(x / 4) &&
      eighth(x) === Math.floor(x / 8) &&
      alignUpPowerOfTwo(x, 64) === Math.ceil(x / 64) * 64;
    if (!holds) expect.fail(`wrong for ${x}`);
  }
  expect([2 ** 30, 2 ** 31, 2 ** 32, -4].map(isPowerOfTwo)).toEqual([true, false, false, false]);
});

test("folds tell words, their order and single bits apart", () => {
  for (const fold of [foldHash, foldHashTurned]) {
    const hashes = new Set<number>();
    for (let bit = 0; bit < 32; bit++) {
      hashes.add(finishHash(fold(fold(1, 2 ** bit), 0)));
      hashes.add(finishHash(fold(fold(1, 0), 2 ** bit)));
    }
    expect(hashes.size).toBe(64);
  }
  expect([toHex(0), toHex(-1), toHex(0xbeef)]).toEqual(["00000000", "ffffffff", "0000beef"]);
});
