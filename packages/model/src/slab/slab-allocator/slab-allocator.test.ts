/** The rules of spec/memcg-slab.md D.2 to D.5 one by one, with their figures. */

import { expect, test } from "vitest";
import { createSlabPool } from "../pool.ts";
import { slabAlloc, slabFree } from "./alloc.ts";
import { addSlabCache, destroySlabCache, type SlabCacheSpec, slabShrink } from "./lifetime.ts";
import { reapCpu } from "./reap.ts";
import { slabInfo } from "./slabinfo.ts";
import { createSlab, type SlabAllocator } from "./state.ts";
import { BARRIER_RULES, type BarrierRule, tuneSlabCache } from "./tune.ts";
import { verifySlabAllocator } from "./verify.ts";

const DENTRY: SlabCacheSpec = { objectsPerSlab: 21, pagesPerSlab: 1, limit: 120, batchcount: 60, shared: 8 };
const PASS_NS = 2e9;

interface Machine {
  readonly s: SlabAllocator;
  readonly ipis: number[];
}

function machineOf(nrCpus: number, nrNodes = 1): Machine {
  const nodeOfCpu = Int32Array.from({ length: nrCpus }, (_, cpu) => cpu % nrNodes);
  const ipis = new Array<number>(nrCpus).fill(0);
  const ipi = (_: number, to: number) => {
    ipis[to] = (ipis[to] ?? 0) + 1;
  };
  const events = { pageGained: () => undefined, pageReleased: () => undefined, ipi };
  return { s: createSlab({ pool: createSlabPool(), nrCpus, nrNodes, nodeOfCpu, events }), ipis };
}

const availOf = (s: SlabAllocator, cache: number, cpu: number) =>
  s.arrays.avail[s.caches.cpuArray[cache * s.nrCpus + cpu] ?? 0] ?? 0;

const allocMany = (s: SlabAllocator, cache: number, nr: number, cpu: number) =>
  Array.from({ length: nr }, () => slabAlloc(s, cache, cpu));

/** Leaves exactly `nr` objects in the array of CPU 0, used since the reaper came by. */
function fill(s: SlabAllocator, cache: number, nr: number): void {
  const held = allocMany(s, cache, 240, 0);
  while (availOf(s, cache, 0) > 0) held.push(slabAlloc(s, cache, 0));
  for (const object of held.slice(0, nr)) slabFree(s, object, 0);
  expect(availOf(s, cache, 0)).toBe(nr);
}

function passesUntilEmpty(s: SlabAllocator, cache: number): number {
  for (let pass = 1; ; pass++) {
    reapCpu(s, 0, pass * PASS_NS);
    if (availOf(s, cache, 0) === 0) return pass;
  }
}

test("the last freed comes back first", () => {
  const { s } = machineOf(1);
  const cache = addSlabCache(s, DENTRY, 0, "always");
  const [a = 0, b = 0] = allocMany(s, cache, 2, 0);
  slabFree(s, a, 0);
  slabFree(s, b, 0);
  expect([slabAlloc(s, cache, 0), slabAlloc(s, cache, 0)]).toEqual([b, a]);
});

test("an array that was not touched takes 16 objects at once, another a batch", () => {
  const { s } = machineOf(1);
  const cache = addSlabCache(s, { ...DENTRY, objectsPerSlab: 255 }, 0, "always");
  slabAlloc(s, cache, 0);
  expect(availOf(s, cache, 0)).toBe(15);
  allocMany(s, cache, 16, 0);
  expect(availOf(s, cache, 0)).toBe(59);
});

test("a new slab gives what it has, no second one is made for the rest of a batch", () => {
  const { s } = machineOf(1);
  const cache = addSlabCache(s, { ...DENTRY, objectsPerSlab: 7 }, 0, "always");
  allocMany(s, cache, 8, 0);
  expect([availOf(s, cache, 0), slabInfo(s, cache).slabs]).toEqual([6, 2]);
});

test("a full array hands its oldest batch to the shared one, and to slabs when that is full", () => {
  const { s } = machineOf(2);
  const spec = { objectsPerSlab: 4, pagesPerSlab: 1, limit: 8, batchcount: 4, shared: 1 };
  const cache = addSlabCache(s, spec, 0, "always");
  const held = allocMany(s, cache, 20, 0);
  for (const object of held.slice(0, 9)) slabFree(s, object, 0);
  expect([availOf(s, cache, 0), slabInfo(s, cache).sharedAvailable]).toEqual([5, 4]);
  // CPU 1 finds the four oldest in the shared array, the newest of them first.
  expect(allocMany(s, cache, 4, 1)).toEqual(held.slice(0, 4).reverse());
  for (const object of held.slice(9, 16)) slabFree(s, object, 0);
  expect(slabInfo(s, cache)).toMatchObject({ sharedAvailable: 4, slabs: 5, activeSlabs: 5, activeObjects: 20 });
  slabFree(s, held[16] ?? 0, 0);
  expect(availOf(s, cache, 0)).toBe(5);
  expect(slabInfo(s, cache)).toMatchObject({ sharedAvailable: 4, slabs: 5, activeSlabs: 4, activeObjects: 16 });
  expect(verifySlabAllocator(s)).toEqual([]);
});

test("free objects beyond the node's limit go with their slabs", () => {
  const { s } = machineOf(1);
  const spec = { objectsPerSlab: 2, pagesPerSlab: 1, limit: 2, batchcount: 2, shared: 0 };
  const cache = addSlabCache(s, spec, 0, "always");
  for (const object of allocMany(s, cache, 40, 0)) slabFree(s, object, 0);
  // (1 + 1 CPU) x 2 + 2 objects may stay free in slabs, the array keeps two.
  expect(slabInfo(s, cache)).toMatchObject({ slabs: 4, activeSlabs: 1, objects: 8, activeObjects: 2 });
});

// A pass leaves a used array alone, then takes 24 of 120 while there are so many, then half of the rest, rounded up.
test.each([
  [120, 1 + 5],
  [96, 1 + 4],
  [24, 1 + 1],
  [23, 1 + 5],
  [119, 1 + 9],
])("an idle array of limit 120 with %i objects is empty in %i passes", (nr, passes) => {
  const { s } = machineOf(1);
  const cache = addSlabCache(s, DENTRY, 0, "always");
  fill(s, cache, nr);
  expect(passesUntilEmpty(s, cache)).toBe(passes);
});

test("over all fill levels: a full array is gone by 12 s after its last use, any by 18 s after the pass that saw it", () => {
  const passes = Array.from({ length: 120 }, (_, i) => {
    const { s } = machineOf(1);
    const cache = addSlabCache(s, DENTRY, 0, "always");
    fill(s, cache, i + 1);
    return passesUntilEmpty(s, cache);
  });
  expect(passes[119]).toBe(6);
  expect(Math.max(...passes)).toBe(10);
  expect(passes.filter((nr) => nr === 10)).toHaveLength(8);
});

test("free slabs: at most a fifth of the limit at a visit, every 4 s, none when one was taken since", () => {
  const { s } = machineOf(24);
  const cache = addSlabCache(s, DENTRY, 0, "always");
  expect(s.caches.freeLimit[cache]).toBe(1521);
  const held = allocMany(s, cache, 21 * 90, 0);
  for (const object of held) slabFree(s, object, 0);
  tuneSlabCache(s, cache, 120, 60, 0, 0, "always");
  tuneSlabCache(s, cache, 120, 60, 8, 0, "always");
  const before = slabInfo(s, cache);
  expect(before).toMatchObject({ slabs: 72, activeSlabs: 0 });
  const at = (nowS: number) => {
    reapCpu(s, 1, nowS * 1e9);
    return slabInfo(s, cache).slabs;
  };
  expect([at(0), at(2), at(4), at(6), at(8)]).toEqual([57, 57, 42, 42, 27]);
  slabAlloc(s, cache, 0);
  expect([at(12), at(16)]).toEqual([27, 12]);
});

test("another node's objects wait in twelves and go to that node's shared array", () => {
  const { s } = machineOf(2, 2);
  const cache = addSlabCache(s, DENTRY, 0, "always");
  const held = allocMany(s, cache, 13, 0);
  for (const object of held.slice(0, 12)) slabFree(s, object, 1);
  expect([slabInfo(s, cache).sharedAvailable, availOf(s, cache, 1)]).toEqual([0, 0]);
  slabFree(s, held[12] ?? 0, 1);
  expect(slabInfo(s, cache).sharedAvailable).toBe(12);
  reapCpu(s, 1, 0);
  expect([slabInfo(s, cache).sharedAvailable, verifySlabAllocator(s)]).toEqual([13, []]);
});

test.each([
  ["always", 21, 42],
  ["only-when-replacing", 0, 21],
  ["never", 0, 0],
] satisfies [BarrierRule, number, number][])(
  "barrier %s on 22 CPUs: %i IPIs to create, %i with a tuning",
  (rule, created, tuned) => {
    const { s, ipis } = machineOf(22);
    const sum = () => ipis.reduce((all, one) => all + one, 0);
    const cache = addSlabCache(s, DENTRY, 3, rule);
    expect([sum(), ipis[3]]).toEqual([created, 0]);
    tuneSlabCache(s, cache, 60, 30, 4, 3, rule);
    expect([sum(), ipis[3]]).toEqual([tuned, 0]);
  },
);

test("mail 004: 10000 memcgs, five caches each, made by any of 22 CPUs: 47727 IPIs on CPU 0, none with the guard", () => {
  const onCpu0 = (rule: BarrierRule) => {
    const { s, ipis } = machineOf(22);
    for (let i = 0; i < 50_000; i++) {
      const cpu = i % 22;
      destroySlabCacheQuietly(s, addSlabCache(s, DENTRY, cpu, rule), cpu, ipis);
    }
    return ipis[0];
  };
  expect([onCpu0("always"), onCpu0("only-when-replacing")]).toEqual([47727, 0]);
});

/** Takes the cache away again without counting what that interrupts. */
function destroySlabCacheQuietly(s: SlabAllocator, cache: number, cpu: number, ipis: number[]): void {
  const before = [...ipis];
  destroySlabCache(s, cache, cpu);
  before.forEach((nr, i) => {
    ipis[i] = nr;
  });
}

test("one CPU: no IPI under any rule", () => {
  for (const rule of BARRIER_RULES) {
    const { s, ipis } = machineOf(1);
    const cache = addSlabCache(s, DENTRY, 0, rule);
    tuneSlabCache(s, cache, 60, 30, 4, 0, rule);
    slabShrink(s, cache, 0);
    expect(ipis).toEqual([0]);
  }
});

test("shrinking and destroying interrupt each other CPU once; what is live stays", () => {
  const { s, ipis } = machineOf(3);
  const cache = addSlabCache(s, DENTRY, 0, "only-when-replacing");
  const held = allocMany(s, cache, 25, 1);
  for (const object of held.slice(1)) slabFree(s, object, 2);
  slabShrink(s, cache, 0);
  expect(ipis).toEqual([0, 1, 1]);
  expect(slabInfo(s, cache)).toMatchObject({ activeObjects: 1, slabs: 1, sharedAvailable: 0 });
  expect(destroySlabCache(s, cache, 1)).toBe(1);
  slabFree(s, held[0] ?? 0, 0);
  expect(destroySlabCache(s, cache, 0)).toBe(0);
  expect(ipis).toEqual([1, 2, 3]);
  expect(verifySlabAllocator(s)).toEqual([]);
});
