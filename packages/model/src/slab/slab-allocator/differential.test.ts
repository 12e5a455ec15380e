/** The SLAB allocator against plain lists: random commands that fast-check shrinks, every rule after each of them. */

import { SlabPair } from "@ebb/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createSlabPool, foldSlabPool, restoreSlabPool, type SlabPool, snapshotSlabPool } from "../pool.ts";
import { slabAlloc, slabFree } from "./alloc.ts";
import { reapCpu } from "./reap.ts";
import { foldSlabAllocator, restoreSlabAllocator, snapshotSlabAllocator } from "./snapshot.ts";
import { createSlab, type SlabAllocator } from "./state.ts";

const MACHINES = [
  { title: "1 CPU, 1 node", nodeOfCpu: [0], nrNodes: 1 },
  { title: "3 CPUs, 1 node", nodeOfCpu: [0, 0, 0], nrNodes: 1 },
  { title: "4 CPUs, 2 nodes", nodeOfCpu: [0, 1, 0, 1], nrNodes: 2 },
  { title: "3 CPUs, 3 nodes", nodeOfCpu: [2, 0, 1], nrNodes: 3 },
] as const;

const SPECS = [
  { objectsPerSlab: 3, pagesPerSlab: 1, limit: 4, batchcount: 2, shared: 2 },
  { objectsPerSlab: 21, pagesPerSlab: 1, limit: 40, batchcount: 20, shared: 1 },
  { objectsPerSlab: 1, pagesPerSlab: 4, limit: 8, batchcount: 4, shared: 0 },
  { objectsPerSlab: 2, pagesPerSlab: 2, limit: 1, batchcount: 1, shared: 8 },
] as const;

const number = fc.nat({ max: 1000 });
const run = fc.integer({ min: 1, max: 30 });
const tunables = fc
  .tuple(fc.integer({ min: 1, max: 20 }), number, fc.nat({ max: 3 }))
  .map(([limit, n, shared]) => [limit, 1 + (n % limit), shared] as const);

const command = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constant("alloc" as const), number, number, run) },
  { weight: 8, arbitrary: fc.tuple(fc.constant("free" as const), number, number, run) },
  { weight: 5, arbitrary: fc.tuple(fc.constant("reap" as const), number, number, run) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("tune" as const), number, number, tunables) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("shrink" as const), number, number) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("destroy" as const), number, number) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("add" as const), number, number) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("cpu" as const), number, number) },
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

/** Pairs that have come this far in virtual time. */
const clocks = new WeakMap<SlabPair, number>();

function take(pair: SlabPair, c: Command): void {
  const caches = [...pair.naive.caches.keys()];
  const cache = caches[c[1] % Math.max(1, caches.length)];
  const online = [...pair.naive.online].sort((a, b) => a - b);
  const cpu = online[c[2] % online.length] ?? 0;
  if (c[0] === "add") {
    if (caches.length < 3) pair.add(SPECS[c[1] % SPECS.length] ?? SPECS[0], cpu, "only-when-replacing");
    return;
  }
  if (cache === undefined) return;
  switch (c[0]) {
    case "alloc":
      for (let i = 0; i < c[3]; i++) pair.alloc(cache, cpu);
      return;
    case "free":
      for (let i = 0; i < c[3]; i++) pair.free((c[1] * (i + 1)) % Math.max(1, pair.held.length), cpu);
      return;
    case "reap": {
      const nowNs = (clocks.get(pair) ?? 0) + c[3] * 0.5e9;
      clocks.set(pair, nowNs);
      pair.reap(cpu, nowNs);
      return;
    }
    case "tune":
      pair.tune(cache, c[3], cpu);
      return;
    case "shrink":
      pair.shrink(cache, cpu);
      return;
    case "destroy":
      pair.destroy(cache, cpu);
      return;
    default: {
      const which = c[1] % pair.ipis.length;
      if (!pair.naive.online.has(which)) pair.cpuOnline(which);
      else if (online.length > 1) pair.cpuDead(which);
    }
  }
}

function pairOf({ nodeOfCpu, nrNodes }: (typeof MACHINES)[number]): SlabPair {
  const pair = new SlabPair(nodeOfCpu, nrNodes);
  for (const spec of SPECS.slice(0, 2)) pair.add(spec, 0, "only-when-replacing");
  return pair;
}

function fold(s: SlabAllocator, pool: SlabPool): readonly number[] {
  const words: number[] = [];
  foldSlabAllocator(s, (word) => words.push(word));
  foldSlabPool(pool, (word) => words.push(word));
  return words;
}

function copyOf({ real }: SlabPair): SlabAllocator {
  const pool = createSlabPool();
  const { nrCpus, nrNodes, nodeOfCpu } = real;
  const copy = createSlab({ pool, nrCpus, nrNodes, nodeOfCpu });
  restoreSlabPool(pool, snapshotSlabPool(real.pool));
  restoreSlabAllocator(copy, snapshotSlabAllocator(real));
  return copy;
}

test.each(MACHINES)("random commands: $title", (machine) => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 120, size: "max" }), (commands) => {
      const pair = pairOf(machine);
      for (const one of commands) {
        take(pair, one);
        expect(pair.findings()).toEqual([]);
      }
      const copy = copyOf(pair);
      expect(fold(copy, copy.pool)).toEqual(fold(pair.real, pair.real.pool));
      expect(snapshotSlabAllocator(copy)).toEqual(snapshotSlabAllocator(pair.real));
      expect(snapshotSlabPool(copy.pool)).toEqual(snapshotSlabPool(pair.real.pool));
    }),
    { numRuns: 60 },
  );
});

const SEED = 20261121;

test.each(MACHINES)("8000 commands of one seed: $title", (machine) => {
  const pair = pairOf(machine);
  for (const [i, one] of fc.sample(command, { seed: SEED, numRuns: 8000 }).entries()) {
    take(pair, one);
    if (i % 7 === 0) expect(pair.findings(), `command ${i}`).toEqual([]);
  }
  while (pair.held.length > 0) pair.free(pair.held.length - 1, [...pair.naive.online][0] ?? 0);
  for (const cache of [...pair.naive.caches.keys()]) pair.destroy(cache, [...pair.naive.online][0] ?? 0);
  expect(pair.findings()).toEqual([]);
  expect([pair.naive.caches.size, pair.pages.size]).toEqual([0, 0]);
});

test.each(MACHINES)("a state restored goes on as the one it was taken from: $title", (machine) => {
  const commands = fc.array(command, { maxLength: 60, size: "max" });
  fc.assert(
    fc.property(commands, number, (first, salt) => {
      const pair = pairOf(machine);
      for (const one of first) take(pair, one);
      const cache = [...pair.naive.caches.keys()][0];
      const cpu = [...pair.naive.online][0] ?? 0;
      if (cache === undefined) return;
      const later = (s: SlabAllocator) => {
        const held: number[] = [];
        for (let i = 0; i < 200; i++) {
          if ((salt * i) % 3 === 1 && held.length > 0)
            slabFree(s, held.splice((salt + i) % held.length, 1)[0] ?? 0, cpu);
          else held.push(slabAlloc(s, cache, cpu));
          if (i % 50 === 49) reapCpu(s, cpu, 1e12 + i * 1e9);
        }
        return [...held, ...fold(s, s.pool)];
      };
      const copy = copyOf(pair);
      expect(later(copy)).toEqual(later(pair.real));
    }),
    { numRuns: 30 },
  );
});
