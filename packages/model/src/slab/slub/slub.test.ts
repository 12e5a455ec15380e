/**
 * What SLUB keeps and what it gives back, case by case: spec/memcg-slab.md E.2, E.3, E.5. Each step is also taken by the
 * naive account, and compared with it.
 */

import { SlubPair } from "@ebb/testkit";
import { expect, test } from "vitest";
import { slubFree } from "./free.ts";
import { slubCpuPartial, slubMinPartial } from "./limits.ts";
import { slubInfo } from "./slabinfo.ts";

const DENTRY = { objectsPerSlab: 42, pagesPerSlab: 2, minPartial: 5, cpuPartialObjects: 30 };

function pairOf(
  nrCpus: number,
  spec: Partial<typeof DENTRY> = {},
): { readonly pair: SlubPair; readonly cache: number } {
  const pair = new SlubPair(new Array(nrCpus).fill(0), "objects");
  return { pair, cache: pair.add({ ...DENTRY, ...spec }) };
}

function allocMany(pair: SlubPair, cache: number, cpu: number, n: number): readonly number[] {
  return Array.from({ length: n }, () => pair.alloc(cache, cpu));
}

function freeAll(pair: SlubPair, objects: readonly number[], cpu: number): void {
  for (const object of objects) pair.free(object, cpu);
}

/** Slabs of a cache by where they are, full ones as "full". */
function slabsBy(pair: SlubPair, cache: number): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const line of pair.places(cache)) {
    const place = line.split(" slab ")[0] ?? "";
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts;
}

test("one CPU allocates and frees in its own slab: one slow allocation, no slow free", () => {
  const { pair, cache } = pairOf(1);
  const objects = allocMany(pair, cache, 0, 42);
  expect(objects).toEqual(Array.from({ length: 42 }, (_, i) => i));
  freeAll(pair, objects, 0);
  expect(pair.alloc(cache, 0)).toBe(41);
  expect([pair.real.nrSlowAllocs, pair.real.nrSlowFrees, pair.nrGained]).toEqual([1, 0, 1]);
  expect(pair.findings()).toEqual([]);
});

test("after all is freed a cache keeps its active slab, a chain and min_partial slabs; nothing but shrink ends that", () => {
  const { pair, cache } = pairOf(1, { objectsPerSlab: 4, minPartial: 5, cpuPartialObjects: 6 });
  const objects = allocMany(pair, cache, 0, 80);
  expect(slabsBy(pair, cache)).toEqual({ "active 0": 1, full: 19 });
  freeAll(pair, objects, 0);
  // A slab weighs one object when it enters the chain: the eighth finds seven in it and moves them away, of which five
  // stay as min_partial; so do the next seven, of which none stays; five are left in the chain.
  expect(slabsBy(pair, cache)).toEqual({ "active 0": 1, "chain 0": 5, partial: 5 });
  expect(slubInfo(pair.real, cache)).toEqual({
    activeObjects: 24,
    objects: 44,
    objectsPerSlab: 4,
    pagesPerSlab: 2,
    activeSlabs: 11,
    slabs: 11,
  });
  expect(pair.pages.get(cache)).toBe(22);
  pair.shrink(cache, 0);
  expect(slabsBy(pair, cache)).toEqual({});
  expect(pair.pages.get(cache)).toBe(0);
  expect(pair.findings()).toEqual([]);
});

test("mail 003's hole: a slab that empties after the shrink stays; with limits 0, 0 it goes at once", () => {
  for (const [limitsFirst, left] of [
    [false, 3],
    [true, 0],
  ] as const) {
    const { pair, cache } = pairOf(2, { objectsPerSlab: 4 });
    const objects = allocMany(pair, cache, 0, 12);
    if (limitsFirst) pair.setLimits(cache, 0, 0);
    pair.shrink(cache, 1);
    freeAll(pair, objects, 1);
    expect(pair.pages.get(cache)).toBe(left * DENTRY.pagesPerSlab);
    pair.shrink(cache, 1);
    expect(pair.pages.get(cache)).toBe(0);
    expect(pair.findings()).toEqual([]);
  }
});

test("limits 0, 0: a slab that empties while it is some CPU's own stays until the shrink", () => {
  const { pair, cache } = pairOf(2, { objectsPerSlab: 4 });
  const objects = allocMany(pair, cache, 0, 3);
  pair.setLimits(cache, 0, 0);
  freeAll(pair, objects, 1);
  expect(slabsBy(pair, cache)).toEqual({ "active 0": 1 });
  pair.shrink(cache, 1);
  expect(slabsBy(pair, cache)).toEqual({});
});

test("an empty slab of a node's list is discarded from min_partial slabs on", () => {
  const { pair, cache } = pairOf(1, { objectsPerSlab: 2, minPartial: 2, cpuPartialObjects: 0 });
  const objects = allocMany(pair, cache, 0, 9);
  // With no chain each slab goes to the node's list at its first free, and is looked at when its second comes.
  const pagesAfter = objects.slice(0, 8).map((object) => {
    pair.free(object, 0);
    return (pair.pages.get(cache) ?? 0) / 2;
  });
  expect(pagesAfter).toEqual([5, 5, 5, 4, 4, 3, 3, 2]);
  expect(slabsBy(pair, cache)).toEqual({ "active 0": 1, partial: 1 });
  expect(pair.findings()).toEqual([]);
});

test("counting pages costs one operation for each slab made or dropped, and none for each object", () => {
  const { pair, cache } = pairOf(2);
  const objects = allocMany(pair, cache, 0, 420);
  expect([pair.nrGained, pair.real.nrPageCounts]).toEqual([10, 10]);
  const costs: number[] = [];
  for (const [i, object] of objects.entries()) {
    const before = [pair.real.nrPageCounts, pair.nrReleased];
    pair.free(object, i % 2);
    const after = [pair.real.nrPageCounts, pair.nrReleased];
    const released = (after[1] ?? 0) - (before[1] ?? 0);
    costs.push((after[0] ?? 0) - (before[0] ?? 0) - released);
  }
  expect(new Set(costs)).toEqual(new Set([0]));
  pair.shrink(cache, 0);
  expect([pair.nrReleased, pair.real.nrPageCounts]).toEqual([10, 20]);
});

test("a shrink interrupts only other CPUs that have a slab or a chain", () => {
  const { pair, cache } = pairOf(6);
  const other = pair.add(DENTRY);
  allocMany(pair, other, 4, 1);
  const objects = allocMany(pair, cache, 1, 42);
  allocMany(pair, cache, 2, 1);
  // CPU 1's slab is full and still its own; CPU 3 gets the one before into its chain.
  const more = allocMany(pair, cache, 1, 1);
  freeAll(pair, objects.slice(0, 1), 3);
  pair.shrink(cache, 2);
  expect(pair.ipis).toEqual([
    [2, 1],
    [2, 3],
  ]);
  pair.shrink(cache, 2);
  expect(pair.ipis.length).toBe(2);
  freeAll(pair, more, 5);
  expect(pair.findings()).toEqual([]);
});

test("a shrink orders the partial slabs by use, fullest first", () => {
  const { pair, cache } = pairOf(1, { objectsPerSlab: 4, cpuPartialObjects: 0 });
  const objects = allocMany(pair, cache, 0, 16);
  allocMany(pair, cache, 0, 1);
  // One, three, two and one objects go, from the four slabs in turn.
  freeAll(
    pair,
    [0, 4, 5, 6, 8, 9, 12].map((i) => objects[i] ?? 0),
    0,
  );
  pair.shrink(cache, 0);
  const firsts = pair.places(cache).map((line) => Number(/slab (\d+)/.exec(line)?.[1]));
  expect(firsts).toEqual([0, 12, 8, 16, 4]);
  expect(pair.findings()).toEqual([]);
});

test("a CPU that dies leaves nothing of its own behind, and nobody is interrupted", () => {
  const { pair, cache } = pairOf(2, { objectsPerSlab: 4 });
  const objects = allocMany(pair, cache, 0, 9);
  freeAll(pair, objects.slice(0, 5), 1);
  expect(slabsBy(pair, cache)).toEqual({ "active 0": 1, "chain 1": 2 });
  pair.cpuDead(1);
  expect(slabsBy(pair, cache)).toEqual({ "active 0": 1, partial: 2 });
  pair.cpuDead(0);
  expect(slabsBy(pair, cache)).toEqual({ partial: 3 });
  expect(pair.ipis).toEqual([]);
  expect(pair.findings()).toEqual([]);
});

test("the CPU's slab is followed by its chain, then by its node's list, then by another node's beyond min_partial", () => {
  const pair = new SlubPair([0, 1], "objects");
  const cache = pair.add({ objectsPerSlab: 2, pagesPerSlab: 1, minPartial: 1, cpuPartialObjects: 0 });
  const objects = allocMany(pair, cache, 0, 6);
  for (const i of [0, 2]) pair.free(objects[i] ?? 0, 0);
  expect(slabsBy(pair, cache)).toEqual({ "active 0": 1, partial: 2 });
  // Node 0 has two and lends one; then CPU 1 makes a slab of its own node.
  expect(pair.alloc(cache, 1)).toBe(objects[0]);
  const own = pair.alloc(cache, 1);
  expect(own).toBe(6);
  expect(pair.alloc(cache, 0)).toBe(objects[2]);
  expect(pair.findings()).toEqual([]);
});

test("a cache with live objects is not destroyed; without, its row is free for the next", () => {
  const { pair, cache } = pairOf(1);
  const objects = allocMany(pair, cache, 0, 43);
  freeAll(pair, objects.slice(3), 0);
  expect(pair.destroy(cache, 0)).toBe(3);
  expect(pair.findings()).toEqual([]);
  freeAll(pair, objects.slice(0, 3), 0);
  expect(pair.destroy(cache, 0)).toBe(0);
  expect([pair.pages.get(cache), pair.nrGained, pair.nrReleased]).toEqual([0, 2, 2]);
  expect(pair.add({ ...DENTRY, objectsPerSlab: 7 })).toBe(cache);
  expect(pair.alloc(cache, 0)).toBe(84);
  expect(pair.findings()).toEqual([]);
});

test("an object that nobody holds cannot be freed", () => {
  const { pair, cache } = pairOf(1);
  const object = pair.alloc(cache, 0);
  pair.free(object, 0);
  for (const wrong of [object, object + 1, -1, 1e6]) {
    expect(() => slubFree(pair.real, wrong, 0)).toThrow("an object that is freed is allocated");
  }
});

/** All small machines and orders of freeing: what is kept is bounded, sound, and gone after a shrink. */
test("exhaustive: up to seven objects, two CPUs, every small limit", () => {
  for (const budget of ["objects", "slabs"] as const) {
    for (let code = 0; code < 3 * 3 * 3; code++) {
      const spec = {
        objectsPerSlab: 1 + (code % 3),
        pagesPerSlab: 1,
        minPartial: Math.floor(code / 3) % 3,
        cpuPartialObjects: Math.floor(code / 9) * 2,
      };
      for (let n = 1; n <= 7; n++) {
        // Each object is freed on the CPU that its bit says, in order and in reverse.
        for (let bits = 0; bits < 2 ** n; bits++) checkKept(budget, spec, n, bits, code % 2 === 0);
      }
    }
  }
});

function checkKept(budget: "objects" | "slabs", spec: typeof DENTRY, n: number, bits: number, reverse: boolean): void {
  const pair = new SlubPair([0, 0], budget);
  const cache = pair.add(spec);
  const objects = [...allocMany(pair, cache, 0, n)];
  if (reverse) objects.reverse();
  for (const [i, object] of objects.entries()) pair.free(object, Math.floor(bits / 2 ** i) % 2);
  expect(pair.findings()).toEqual([]);
  const kept = slabsBy(pair, cache);
  expect(kept.full ?? 0).toBe(0);
  expect(kept["active 0"]).toBe(1);
  expect(kept["active 1"]).toBe(undefined);
  expect(kept.partial ?? 0).toBeLessThanOrEqual(spec.minPartial);
  const inChain = (kept["chain 0"] ?? 0) + (kept["chain 1"] ?? 0);
  if (spec.cpuPartialObjects === 0) expect(inChain).toBe(0);
  pair.shrink(cache, 1);
  expect(pair.places(cache)).toEqual([]);
  expect(pair.findings()).toEqual([]);
}

// biome-ignore format: a table
test.each([
  [8, 5, 30, 120], [192, 5, 30, 120], [255, 5, 30, 120], [256, 5, 13, 52], [1023, 5, 13, 52], [1024, 5, 6, 24],
  [4088, 5, 6, 24], [4096, 6, 2, 6], [8192, 6, 2, 6], [16384, 7, 2, 6], [2 ** 20, 10, 2, 6], [2 ** 22, 10, 2, 6],
])("objects of %i bytes: min_partial %i; chains of %i objects, from 5.16 on of %i", (sizeBytes, kept, old, now) => {
  expect(slubMinPartial(sizeBytes)).toBe(kept);
  expect(slubCpuPartial(sizeBytes, "objects")).toBe(old);
  expect(slubCpuPartial(sizeBytes, "slabs")).toBe(now);
});
