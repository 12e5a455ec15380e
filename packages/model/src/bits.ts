/**
 * Bitmaps in 32-bit words, and the few questions about the bits of an integer that the model asks. Shifts and masks
 * live here and nowhere else.
 *
 * A bitmap is a run of words of an `Int32Array` that begins at word `base`; bit `i` of it is bit `i % 32` of word
 * `base + i / 32`. Ranges are half-open. All functions are leaves: they allocate nothing and check nothing.
 */

const LOG_WORD = 5;
const WORD_MASK = 31;
const ALL = -1;
const FILL_BY_HAND = 24;

/** Position of the lowest set bit of a word that is not 0. */
function lowestBit(word: number): number {
  return WORD_MASK - Math.clz32(word & -word);
}

/** Number of trailing zero bits of a positive integer below 2^31. */
export function trailingZeros(x: number): number {
  return lowestBit(x);
}

/** Position of the highest set bit counted from 1: 1 → 1, 4096 → 13. `x` is positive and below 2^32. */
export function bitLength(x: number): number {
  return 32 - Math.clz32(x);
}

export function isPowerOfTwo(x: number): boolean {
  return x > 0 && x < 0x80000000 && (x & (x - 1)) === 0;
}

/** Smallest multiple of `powerOfTwo` not below `x`; both below 2^30. */
export function alignUpPowerOfTwo(x: number, powerOfTwo: number): number {
  return (x + powerOfTwo - 1) & -powerOfTwo;
}

/** Words a bitmap of `nrBits` bits takes. */
export function wordsFor(nrBits: number): number {
  return (nrBits + WORD_MASK) >> LOG_WORD;
}

/** `x / 1024` rounded down: the block a position lies in. */
export function blockOf(bit: number): number {
  return bit >> 10;
}

/** `x % 1024`: the position inside its block. */
export function offsetInBlock(bit: number): number {
  return bit & 1023;
}

/** `x * 2^log`. */
export function shiftLeft(x: number, log: number): number {
  return x << log;
}

/** `x / 2^log` rounded down, of a non-negative integer below 2^31. */
export function shiftRight(x: number, log: number): number {
  return x >> log;
}

/** The lowest `log` bits of `x`. */
export function lowBits(x: number, log: number): number {
  return x & ~(ALL << log);
}

/** `x / 4` of a non-negative integer below 2^31. */
export function quarter(x: number): number {
  return x >> 2;
}

/** `x / 8` of a non-negative integer below 2^31. */
export function eighth(x: number): number {
  return x >> 3;
}

export function testBit(words: Int32Array, base: number, bit: number): boolean {
  return (words[base + (bit >> LOG_WORD)] & (1 << (bit & WORD_MASK))) !== 0;
}

export function setBit(words: Int32Array, base: number, bit: number): void {
  words[base + (bit >> LOG_WORD)] |= 1 << (bit & WORD_MASK);
}

export function clearBit(words: Int32Array, base: number, bit: number): void {
  words[base + (bit >> LOG_WORD)] &= ~(1 << (bit & WORD_MASK));
}

/** The words strictly between `first` and `last`: few by hand, many by the built-in. */
function fillBetween(words: Int32Array, first: number, last: number, value: number): void {
  if (last - first > FILL_BY_HAND) words.fill(value, first + 1, last);
  else for (let w = first + 1; w < last; w++) words[w] = value;
}

/** Sets `[from, end)`; `from < end`. */
export function setRange(words: Int32Array, base: number, from: number, end: number): void {
  const first = base + (from >> LOG_WORD);
  const last = base + ((end - 1) >> LOG_WORD);
  const head = ALL << (from & WORD_MASK);
  const tail = ALL >>> (-end & WORD_MASK);
  if (first === last) {
    words[first] |= head & tail;
    return;
  }
  words[first] |= head;
  fillBetween(words, first, last, ALL);
  words[last] |= tail;
}

/** Clears `[from, end)`; `from < end`. */
export function clearRange(words: Int32Array, base: number, from: number, end: number): void {
  const first = base + (from >> LOG_WORD);
  const last = base + ((end - 1) >> LOG_WORD);
  const head = ALL << (from & WORD_MASK);
  const tail = ALL >>> (-end & WORD_MASK);
  if (first === last) {
    words[first] &= ~(head & tail);
    return;
  }
  words[first] &= ~head;
  fillBetween(words, first, last, 0);
  words[last] &= ~tail;
}

/** First set bit of `[from, end)`; `end` if there is none. */
export function findNextSet(words: Int32Array, base: number, from: number, end: number): number {
  if (from >= end) return end;
  let w = from >> LOG_WORD;
  const last = (end - 1) >> LOG_WORD;
  let word = words[base + w] & (ALL << (from & WORD_MASK));
  while (word === 0) {
    if (++w > last) return end;
    word = words[base + w];
  }
  const bit = (w << LOG_WORD) + lowestBit(word);
  return bit < end ? bit : end;
}

/** First clear bit of `[from, end)`; `end` if there is none. */
export function findNextClear(words: Int32Array, base: number, from: number, end: number): number {
  if (from >= end) return end;
  let w = from >> LOG_WORD;
  const last = (end - 1) >> LOG_WORD;
  let word = ~words[base + w] & (ALL << (from & WORD_MASK));
  while (word === 0) {
    if (++w > last) return end;
    word = ~words[base + w];
  }
  const bit = (w << LOG_WORD) + lowestBit(word);
  return bit < end ? bit : end;
}

/** "No run found": what the packed answers below never are. */
export const NO_RUN = -1;
const LOG_PACK = 16;
const PACK_MASK = 0xffff;

/** Start of a packed run. */
export function runStart(run: number): number {
  return run >>> LOG_PACK;
}

/** End of a packed run. */
export function runEnd(run: number): number {
  return run & PACK_MASK;
}

function packIfLong(start: number, end: number, minBits: number): number {
  return end - start >= minBits ? (start << LOG_PACK) | end : NO_RUN;
}

/**
 * First whole run of clear bits, at least `minBits` long, that begins at or behind `from`, in a bitmap of
 * `nrWords` whole words (at most 1024): start and end packed in one word, NO_RUN if there is none. Bit `from` counts as
 * the start of a run whatever stands before it.
 */
export function findClearRun(words: Int32Array, base: number, from: number, nrWords: number, minBits: number): number {
  let bit = from;
  for (;;) {
    let w = bit >> LOG_WORD;
    if (w >= nrWords) return NO_RUN;
    let word = ~words[base + w] & (ALL << (bit & WORD_MASK));
    while (word === 0) {
      if (++w >= nrWords) return NO_RUN;
      word = ~words[base + w];
    }
    const start = (w << LOG_WORD) + WORD_MASK - Math.clz32(word & -word);
    word = words[base + w] & (ALL << (start & WORD_MASK));
    while (word === 0) {
      if (++w >= nrWords) return packIfLong(start, nrWords << LOG_WORD, minBits);
      word = words[base + w];
    }
    const end = (w << LOG_WORD) + WORD_MASK - Math.clz32(word & -word);
    if (end - start >= minBits) return (start << LOG_PACK) | end;
    bit = end + 1;
  }
}

/**
 * First place at or behind `from` for `bits` clear bits at a multiple of `align`, below `limit`; NO_RUN if there is
 * none. The largest piece passed over (the first of equals, unless a later one is better aligned) goes to `skipped`:
 * start, then length, which is 0 when nothing was passed over.
 *
 * @pre the bitmap has a whole word at and behind `limit - 1`
 */
export function findClearArea(
  words: Int32Array,
  base: number,
  from: number,
  limit: number,
  bits: number,
  align: number,
  skipped: Int32Array,
): number {
  const lastWord = (limit - 1) >> LOG_WORD;
  let keptStart = 0;
  let kept = 0;
  let bit = from;
  for (;;) {
    let w = bit >> LOG_WORD;
    if (w > lastWord) return NO_RUN;
    let word = ~words[base + w] & (ALL << (bit & WORD_MASK));
    while (word === 0) {
      if (++w > lastWord) return NO_RUN;
      word = ~words[base + w];
    }
    const start = ((w << LOG_WORD) + WORD_MASK - Math.clz32(word & -word) + align - 1) & -align;
    const end = start + bits;
    if (end > limit) return NO_RUN;
    w = start >> LOG_WORD;
    const lastOfArea = (end - 1) >> LOG_WORD;
    word = words[base + w] & (ALL << (start & WORD_MASK));
    while (word === 0 && w < lastOfArea) word = words[base + ++w];
    const used = word === 0 ? end : (w << LOG_WORD) + WORD_MASK - Math.clz32(word & -word);
    if (used >= end) {
      skipped[0] = keptStart;
      skipped[1] = kept;
      return start;
    }
    const piece = used - start;
    if (piece > kept || (piece === kept && piece !== 0 && isBetterAligned(start, keptStart))) {
      kept = piece;
      keptStart = start;
    }
    bit = used + 1;
  }
}

/** `start` has more trailing zero bits than `than`; 0 has the most. */
export function isBetterAligned(start: number, than: number): boolean {
  return than !== 0 && (start === 0 || lowestBit(start) > lowestBit(than));
}

/**
 * Where the area ends that goes on at `from`: the first bit of `[from, end)` that is clear in `used` or set in
 * `starts`, two bitmaps at the same base; `end` if there is none.
 */
export function findAreaEnd(used: Int32Array, starts: Int32Array, base: number, from: number, end: number): number {
  if (from >= end) return end;
  let w = from >> LOG_WORD;
  const last = (end - 1) >> LOG_WORD;
  let word = (~used[base + w] | starts[base + w]) & (ALL << (from & WORD_MASK));
  while (word === 0) {
    if (++w > last) return end;
    word = ~used[base + w] | starts[base + w];
  }
  const bit = (w << LOG_WORD) + lowestBit(word);
  return bit < end ? bit : end;
}

/** One past the last set bit of `[from, end)`; `from` if there is none. */
export function findEndOfLastSet(words: Int32Array, base: number, from: number, end: number): number {
  if (from >= end) return from;
  const first = from >> LOG_WORD;
  let w = (end - 1) >> LOG_WORD;
  let word = words[base + w] & (ALL >>> (-end & WORD_MASK));
  while (word === 0) {
    if (--w < first) return from;
    word = words[base + w];
  }
  const bitEnd = (w << LOG_WORD) + 32 - Math.clz32(word);
  return bitEnd > from ? bitEnd : from;
}

/** Number of set bits of a word. */
function popCount(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Number of set bits of `[from, end)`. */
export function countSet(words: Int32Array, base: number, from: number, end: number): number {
  if (from >= end) return 0;
  const first = from >> LOG_WORD;
  const last = (end - 1) >> LOG_WORD;
  let count = 0;
  for (let w = first; w <= last; w++) {
    let word = words[base + w];
    if (w === first) word &= ALL << (from & WORD_MASK);
    if (w === last) word &= ALL >>> (-end & WORD_MASK);
    count += popCount(word);
  }
  return count;
}

/** One step of a 32-bit FNV-1a style fold over whole words; high bits come down, so that no pair of words cancels. */
export function foldHash(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x01000193);
  return product ^ (product >>> 15);
}

/** One step of a second 32-bit fold, which also moves high bits down: independent of `foldHash`. */
export function foldHashTurned(hash: number, word: number): number {
  const mixed = Math.imul(word, 0xcc9e2d51);
  const turned = hash ^ Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
  return (Math.imul((turned << 13) | (turned >>> 19), 5) + 0xe6546b64) | 0;
}

/** Spreads a fold's last steps over all bits of the result. */
export function finishHash(hash: number): number {
  let x = hash ^ (hash >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** Eight hexadecimal digits of a 32-bit word. */
export function toHex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}
