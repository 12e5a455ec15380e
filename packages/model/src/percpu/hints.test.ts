/** Hint records: the table of spec/percpu.md 5 over a small space, and its worked example. */

import { expect, test } from "vitest";
import { blockUpdate, initHint } from "./hints.ts";
import { CONTIG_HINT, CONTIG_START, FIRST_FREE, LEFT_FREE, RIGHT_FREE, SCAN_HINT, SCAN_START, WIDTH } from "./words.ts";

/** A record by the names of the specification. */
interface Hint {
  best: number;
  bestAt: number;
  spare: number;
  spareAt: number;
  lead: number;
  tail: number;
  low: number;
}

function zeros(x: number): number {
  return x === 0 ? 32 : Math.log2(x & -x);
}

/** Spec 5, row by row. */
function fold(h: Hint, from: number, to: number, width: number): Hint {
  const n = to - from;
  const out = { ...h, low: Math.min(h.low, from), lead: from === 0 ? n : h.lead, tail: to === width ? n : h.tail };
  const best = { best: n, bestAt: from };
  const spare = { spare: n, spareAt: from };
  if (n > h.best && from > h.bestAt && h.best > h.spare) return { ...out, spareAt: h.bestAt, spare: h.best, ...best };
  if (n > h.best && from > h.bestAt) return { ...out, ...best, spare: from < h.spareAt ? 0 : h.spare };
  if (n > h.best) return { ...out, spare: 0, ...best };
  if (n === h.best && h.bestAt !== 0 && (from === 0 || zeros(from) > zeros(h.bestAt))) {
    return { ...out, bestAt: from, spare: from < h.spareAt && h.best > h.spare ? 0 : h.spare };
  }
  if (n === h.best) return from > h.spareAt || h.best > h.spare ? { ...out, ...spare } : out;
  const beats = n > h.spare || (n === h.spare && from > h.spareAt);
  return from < h.bestAt && beats ? { ...out, ...spare } : out;
}

function write(hints: Int32Array, r: number, h: Hint, width: number): void {
  hints[r + CONTIG_HINT] = h.best;
  hints[r + CONTIG_START] = h.bestAt;
  hints[r + SCAN_HINT] = h.spare;
  hints[r + SCAN_START] = h.spareAt;
  hints[r + LEFT_FREE] = h.lead;
  hints[r + RIGHT_FREE] = h.tail;
  hints[r + FIRST_FREE] = h.low;
  hints[r + WIDTH] = width;
}

function read(hints: Int32Array, r: number): Hint {
  const word = (field: number) => hints[r + field] ?? 0;
  return {
    best: word(CONTIG_HINT),
    bestAt: word(CONTIG_START),
    spare: word(SCAN_HINT),
    spareAt: word(SCAN_START),
    lead: word(LEFT_FREE),
    tail: word(RIGHT_FREE),
    low: word(FIRST_FREE),
  };
}

function isSame(a: Hint, b: Hint): boolean {
  return (
    a.best === b.best &&
    a.bestAt === b.bestAt &&
    a.spare === b.spare &&
    a.spareAt === b.spareAt &&
    a.lead === b.lead &&
    a.tail === b.tail &&
    a.low === b.low
  );
}

test("blockUpdate follows the table for every hole of a small record", () => {
  const width = 8;
  const hints = new Int32Array(16);
  const wrong: string[] = [];
  const check = (h: Hint, from: number, to: number) => {
    write(hints, 8, h, width);
    blockUpdate(hints, 8, from, to);
    if (!isSame(read(hints, 8), fold(h, from, to, width))) wrong.push(`${JSON.stringify(h)} ${from} ${to}`);
  };
  for (let best = 0; best <= 4; best++) {
    for (let bestAt = 0; bestAt < width; bestAt++) {
      for (let spare = 0; spare <= best; spare++) {
        for (let spareAt = 0; spareAt < width; spareAt++) {
          const h = { best, bestAt, spare, spareAt, lead: 7, tail: 6, low: 3 };
          for (let from = 0; from < width; from++) for (let to = from + 1; to <= width; to++) check(h, from, to);
        }
      }
    }
  }
  expect(wrong).toEqual([]);
});

test("a new record covers one hole", () => {
  const hints = new Int32Array(8).fill(9);
  initHint(hints, 0, 64);
  expect(read(hints, 0)).toEqual({ best: 64, bestAt: 0, spare: 0, spareAt: 0, lead: 64, tail: 64, low: 0 });
  expect(hints[WIDTH]).toBe(64);
});

test("equal holes appear one after the other (golden 070)", () => {
  const hints = new Int32Array(8);
  write(hints, 0, { best: 0, bestAt: 1020, spare: 0, spareAt: 0, lead: 0, tail: 0, low: 1024 }, 1024);
  const rows: readonly (readonly [number, number, number, number, number, number])[] = [
    [12, 16, 4, 12, 0, 0],
    [28, 32, 4, 12, 4, 28],
    [64, 68, 4, 64, 4, 28],
    [20, 24, 4, 64, 4, 28],
    [96, 100, 4, 64, 4, 96],
    [128, 132, 4, 128, 4, 96],
    [192, 196, 4, 128, 4, 192],
    [128, 136, 8, 128, 0, 192],
    [256, 260, 8, 128, 0, 192],
    [0, 4, 8, 128, 4, 0],
  ];
  for (const [from, to, best, bestAt, spare, spareAt] of rows) {
    blockUpdate(hints, 0, from, to);
    expect(read(hints, 0)).toMatchObject({ best, bestAt, spare, spareAt });
  }
  expect(read(hints, 0)).toMatchObject({ lead: 4, low: 0 });
});
