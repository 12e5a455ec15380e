/**
 * SLUB against plain sets and arrays: random commands that fast-check shrinks, each slab's place and every rule after
 * each of them; with chains counted in objects and in slabs, on one node and on two.
 */

import { SlubPair } from "@ebb/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { foldSlabPool, restoreSlabPool, snapshotSlabPool } from "../pool.ts";
import { slubAlloc } from "./alloc.ts";
import type { ChainBudget } from "./limits.ts";
import { foldSlub, restoreSlub, snapshotSlub } from "./snapshot.ts";
import { addSlubCache } from "./state.ts";

const NR_CPUS = 3;
const cpu = fc.nat({ max: NR_CPUS - 1 });
const minPartial = fc.nat({ max: 3 });
const cpuPartialObjects = fc.nat({ max: 9 });
const which = fc.nat({ max: 1000 });
const LONG = { maxLength: 60, size: "max" } as const;
const many = fc.integer({ min: 1, max: 12 });

const command = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constant("add" as const),
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom(1, 2, 8),
      minPartial,
      cpuPartialObjects,
    ),
  },
  { weight: 10, arbitrary: fc.tuple(fc.constant("alloc" as const), which, cpu, many) },
  { weight: 10, arbitrary: fc.tuple(fc.constant("free" as const), which, cpu, many) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("shrink" as const), which, cpu) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("limits" as const), which, minPartial, cpuPartialObjects) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("dead" as const), cpu) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("destroy" as const), which, cpu) },
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

/** Runs the command if it is legal now. */
function run(pair: SlubPair, c: Command): void {
  const caches = [...pair.naive.caches.keys()];
  const cacheOf = (place: number) => caches[place % caches.length] ?? 0;
  if (c[0] === "add") {
    const [, objectsPerSlab, pagesPerSlab, kept, inChain] = c;
    pair.add({ objectsPerSlab, pagesPerSlab, minPartial: kept, cpuPartialObjects: inChain });
    return;
  }
  if (c[0] === "dead") {
    pair.cpuDead(c[1]);
    return;
  }
  if (caches.length === 0) return;
  switch (c[0]) {
    case "alloc":
      for (let i = 0; i < c[3]; i++) pair.alloc(cacheOf(c[1]), c[2]);
      return;
    case "free":
      for (let i = 0; i < c[3]; i++) {
        const held = [...pair.naive.held.keys()];
        if (held.length > 0) pair.free(held[(c[1] * (i + 1)) % held.length] ?? 0, c[2]);
      }
      return;
    case "shrink":
      pair.shrink(cacheOf(c[1]), c[2]);
      return;
    case "limits":
      pair.setLimits(cacheOf(c[1]), c[2], c[3]);
      return;
    case "destroy":
      pair.destroy(cacheOf(c[1]), c[2]);
      return;
  }
}

/** Two caches, of many objects in a slab and of few. */
function startWith(pair: SlubPair): void {
  pair.add({ objectsPerSlab: 4, pagesPerSlab: 1, minPartial: 2, cpuPartialObjects: 5 });
  pair.add({ objectsPerSlab: 2, pagesPerSlab: 2, minPartial: 1, cpuPartialObjects: 2 });
}

function wordsOf(pair: SlubPair): readonly number[] {
  const words: number[] = [];
  foldSlub(pair.real, (word) => words.push(word));
  foldSlabPool(pair.real.pool, (word) => words.push(word));
  return words;
}

const KINDS: readonly (readonly [ChainBudget, readonly number[]])[] = [
  ["objects", [0, 0, 0]],
  ["objects", [0, 1, 0]],
  ["slabs", [0, 0, 0]],
  ["slabs", [1, 0, 1]],
];

test.each(KINDS)("chains in %s, CPUs on nodes %j: each slab is where plain rules say", (budget, nodeOfCpu) => {
  fc.assert(
    fc.property(fc.array(command, LONG), (commands) => {
      const pair = new SlubPair(nodeOfCpu, budget);
      startWith(pair);
      for (const c of commands) {
        run(pair, c);
        expect(pair.findings()).toEqual([]);
      }
    }),
    { numRuns: 150 },
  );
});

test.each(KINDS)("chains in %s, CPUs on nodes %j: a snapshot goes on as the original does", (budget, nodeOfCpu) => {
  fc.assert(
    fc.property(fc.array(command, LONG), fc.nat({ max: 60 }), (commands, cut) => {
      const through = new SlubPair(nodeOfCpu, budget);
      startWith(through);
      for (const c of commands.slice(0, cut)) run(through, c);
      const snapshot = snapshotSlub(through.real);
      const pool = snapshotSlabPool(through.real.pool);
      const then = wordsOf(through);
      for (const c of commands.slice(cut)) run(through, c);
      const after = wordsOf(through);

      const again = new SlubPair(nodeOfCpu, budget);
      startWith(again);
      for (const c of commands.slice(0, cut)) run(again, c);
      // Restored over other caches and slabs; what the naive account knew by then comes along.
      const { naive, pages, nrGained, nrReleased, ipis } = again;
      const fresh = new SlubPair(nodeOfCpu, budget);
      const other = addSlubCache(fresh.real, {
        objectsPerSlab: 9,
        pagesPerSlab: 1,
        minPartial: 1,
        cpuPartialObjects: 1,
      });
      for (let i = 0; i < 200; i++) slubAlloc(fresh.real, other, i % NR_CPUS);
      restoreSlabPool(fresh.real.pool, pool);
      restoreSlub(fresh.real, snapshot);
      expect(wordsOf(fresh)).toEqual(then);
      Object.assign(fresh, { naive, pages, nrGained, nrReleased, ipis });
      for (const c of commands.slice(cut)) run(fresh, c);
      expect(wordsOf(fresh)).toEqual(after);
      expect(fresh.findings()).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
