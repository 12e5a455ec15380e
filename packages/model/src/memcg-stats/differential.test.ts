/**
 * Memcg statistics against plain arithmetic: random commands that fast-check shrinks, every rule after each of them,
 * for each machinery; CPUs come and go, blocks are released early, writers straddle the publish.
 */

import { MemcgStatsPair } from "@ebb/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { NR_LRUVEC_ITEMS, NR_MEMCG_EVENTS, NR_MEMCG_ITEMS } from "./items.ts";
import { readLocalMemcgEvent } from "./read.ts";
import { foldMemcgStats, restoreMemcgStats, snapshotMemcgStats } from "./snapshot.ts";
import {
  CPU_DEAD,
  createMemcgStats,
  hasBlock,
  LIVE,
  MACHINERIES,
  type MemcgStats,
  NO_MEMCG,
  PARKED,
  RELEASED,
} from "./state.ts";

const NR_CPUS = 3;
const NR_NODES = 2;
const ROOT = 0;
const NR_ROWS = 6;

const small = fc.integer({ min: -3, max: 3 });
const delta = fc.oneof(
  { weight: 6, arbitrary: small },
  { weight: 2, arbitrary: small.map((pages) => pages * 4096) },
  { weight: 1, arbitrary: fc.constantFrom(1000, -1000, 2 ** 33, -(2 ** 33)) },
);
const memcg = fc.nat({ max: NR_ROWS - 1 });
const cpu = fc.nat({ max: NR_CPUS - 1 });

const command = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant("open" as const), memcg, memcg) },
  {
    weight: 8,
    arbitrary: fc.tuple(fc.constant("mod" as const), memcg, fc.nat({ max: NR_MEMCG_ITEMS - 1 }), delta, cpu),
  },
  {
    weight: 8,
    arbitrary: fc.tuple(
      fc.constant("lruvec" as const),
      memcg,
      fc.nat({ max: NR_NODES - 1 }),
      fc.nat({ max: NR_LRUVEC_ITEMS - 1 }),
      delta,
      cpu,
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constant("event" as const),
      memcg,
      fc.nat({ max: NR_MEMCG_EVENTS - 1 }),
      fc.nat({ max: 9 }),
      cpu,
    ),
  },
  { weight: 2, arbitrary: fc.tuple(fc.constant("load" as const), memcg, fc.nat({ max: 40 }), delta, cpu) },
  { weight: 3, arbitrary: fc.tuple(fc.constant("store" as const)) },
  { weight: 5, arbitrary: fc.tuple(fc.constant("park" as const), memcg, fc.boolean()) },
  { weight: 5, arbitrary: fc.tuple(fc.constant("callback" as const), memcg, fc.boolean()) },
  { weight: 3, arbitrary: fc.tuple(fc.constant("close" as const), memcg) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("dead" as const), cpu, cpu) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("online" as const), cpu) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("flush" as const), memcg) },
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

/** Runs the command if it is legal now. */
function run(pair: MemcgStatsPair, c: Command): void {
  const { real, naive, straddlers } = pair;
  const isOpen = (row: number) => naive.memcgs.includes(row);
  const online = (which: number) => real.cpuState[which] !== CPU_DEAD;
  switch (c[0]) {
    case "open":
      if (!isOpen(c[1]) && real.phase[c[2]] === LIVE) pair.open(c[1], c[2]);
      return;
    case "mod":
      if (isOpen(c[1]) && online(c[4])) pair.mod(c[1], c[2], c[3], c[4]);
      return;
    case "lruvec":
      if (isOpen(c[1]) && online(c[5])) pair.modLruvec(c[1], c[2], c[3], c[4], c[5]);
      return;
    case "event":
      if (isOpen(c[1]) && online(c[4])) pair.event(c[1], c[2], c[3], c[4]);
      return;
    case "load": {
      const isEvent = c[2] >= NR_MEMCG_ITEMS && c[2] < NR_MEMCG_ITEMS + NR_MEMCG_EVENTS;
      if (isOpen(c[1]) && online(c[4])) pair.load(c[1], c[2], isEvent ? Math.abs(c[3]) : c[3], c[4]);
      return;
    }
    case "store":
      pair.store();
      return;
    case "flush":
      if (isOpen(c[1])) pair.flushAll(c[1]);
      return;
    case "online":
      pair.cpuOnline(c[1]);
      return;
    case "dead":
      if (c[1] !== c[2] && online(c[1]) && online(c[2]) && !straddlers.some((writer) => writer.cpu === c[1]))
        pair.cpuDead(c[1], c[2]);
      return;
    case "close":
      runRelease(pair, c[0], c[1]);
      return;
    default:
      if (isOpen(c[1]) && c[2]) for (const one of fromBelow(pair, c[1])) runRelease(pair, c[0], one);
      else runRelease(pair, c[0], c[1]);
  }
}

/** The memcg and all below it, children before parents. */
function fromBelow({ naive }: MemcgStatsPair, row: number): readonly number[] {
  return [...naive.subtree(row)].sort((a, b) => naive.subtree(a).length - naive.subtree(b).length);
}

function runRelease(pair: MemcgStatsPair, what: "park" | "callback" | "close", row: number): void {
  const { real, naive, straddlers } = pair;
  if (!naive.memcgs.includes(row) || row === ROOT) return;
  const inFlight = straddlers.filter((writer) => writer.memcg === row);
  // Those below it went offline, and their grace periods ended, before its own.
  const below = naive.subtree(row).filter((one) => one !== row);
  if (what === "park") {
    if (real.phase[row] === LIVE && !below.some((one) => real.phase[one] === LIVE)) pair.park(row);
  } else if (what === "callback") {
    // A grace period ends only after the sections that saw the block.
    const isOver = !inFlight.some((writer) => writer.hasBlock) && !below.some((one) => hasBlock(real, one));
    if (real.phase[row] === PARKED && isOver) pair.flushParked(row);
  } else if (real.phase[row] !== PARKED && inFlight.length === 0 && below.length === 0) pair.close(row);
}

/** What each open memcg's own events read. */
function eventsOf(pair: MemcgStatsPair): ReadonlyMap<number, readonly number[]> {
  const read = (row: number) =>
    Array.from({ length: NR_MEMCG_EVENTS }, (_, i) => readLocalMemcgEvent(pair.real, row, i));
  return new Map(pair.naive.memcgs.map((row) => [row, read(row)]));
}

test.each(MACHINERIES)("events never go back: %s", (machinery) => {
  const config = { nrCpus: NR_CPUS, nrNodes: 1, machinery, batchPages: 2, faults: new Set<never>() };
  const never: readonly string[] = ["mod", "lruvec"];
  fc.assert(
    fc.property(fc.array(command, { maxLength: 150, size: "max" }), (commands) => {
      const pair = new MemcgStatsPair(config);
      pair.open(ROOT, NO_MEMCG);
      for (const one of commands) {
        if (never.includes(one[0])) continue;
        const before = eventsOf(pair);
        const isAnew = one[0] === "open" && !before.has(one[1]);
        run(pair, one);
        if (isAnew) continue;
        for (const [row, events] of eventsOf(pair)) {
          events.forEach((count, i) => {
            expect(count).toBeGreaterThanOrEqual(before.get(row)?.[i] ?? 0);
          });
        }
      }
    }),
    { numRuns: 40 },
  );
});

function fold(s: MemcgStats): readonly number[] {
  const words: number[] = [];
  foldMemcgStats(s, (word) => words.push(word));
  return words;
}

/** A copy through a snapshot is the same state, and sound. */
function roundTrip(pair: MemcgStatsPair, into: MemcgStats): void {
  restoreMemcgStats(into, snapshotMemcgStats(pair.real));
  expect(fold(into)).toEqual(fold(pair.real));
  expect(snapshotMemcgStats(into)).toEqual(snapshotMemcgStats(pair.real));
}

test.each(MACHINERIES.flatMap((machinery) => [1, 2, 32].map((batchPages) => ({ machinery, batchPages }))))(
  "random commands: $machinery, batch $batchPages",
  ({ machinery, batchPages }) => {
    const config = { nrCpus: NR_CPUS, nrNodes: NR_NODES, machinery, batchPages, faults: new Set<never>() };
    const copy = createMemcgStats(config);
    fc.assert(
      fc.property(fc.array(command, { maxLength: 150, size: "max" }), (commands) => {
        const pair = new MemcgStatsPair(config);
        pair.open(ROOT, NO_MEMCG);
        for (const one of commands) {
          run(pair, one);
          expect(pair.findings()).toEqual([]);
        }
        roundTrip(pair, copy);
      }),
      { numRuns: 60 },
    );
  },
);

const SEED = 20261120;

test.each(MACHINERIES)("6000 commands of one seed: %s", (machinery) => {
  const config = { nrCpus: NR_CPUS, nrNodes: NR_NODES, machinery, batchPages: 2, faults: new Set<never>() };
  const pair = new MemcgStatsPair(config);
  pair.open(ROOT, NO_MEMCG);
  const { real } = pair;
  const met = { released: 0, aboveReleased: 0, counted: 0, cpuDied: 0 };
  for (const one of fc.sample(command, { seed: SEED, numRuns: 6000 })) {
    const before = real.phase.slice();
    run(pair, one);
    expect(pair.findings()).toEqual([]);
    const released = pair.naive.memcgs.filter((row) => real.phase[row] === RELEASED);
    if (one[0] === "dead" && released.length > 0) met.cpuDied++;
    if (one[0] === "mod" && released.includes(one[1])) met.counted++;
    const now = released.filter((row) => before[row] === PARKED);
    met.released += now.length;
    met.aboveReleased += now.filter((row) => pair.naive.subtree(row).length > 1).length;
  }
  // Blocks have come and gone; they were released early one by one and in whole subtrees.
  expect(real.nrBlocksFreed).toBeGreaterThan(20);
  expect(Math.min(...Object.values(met)), JSON.stringify(met)).toBeGreaterThan(5);
});

test.each(MACHINERIES)("a state restored goes on as the one it was taken from: %s", (machinery) => {
  const config = { nrCpus: NR_CPUS, nrNodes: NR_NODES, machinery, batchPages: 2, faults: new Set<never>() };
  const commands = fc.array(command, { maxLength: 60, size: "max" });
  fc.assert(
    fc.property(commands, commands, commands, (first, between, then) => {
      const pair = new MemcgStatsPair(config);
      pair.open(ROOT, NO_MEMCG);
      for (const one of first) if (one[0] !== "load") run(pair, one);
      const snapshot = snapshotMemcgStats(pair.real);
      const isPlain = (one: Command) => ["mod", "lruvec", "event", "dead", "online", "flush"].includes(one[0]);
      const later = then.filter(isPlain);
      for (const one of later) run(pair, one);
      const expected = fold(pair.real);
      // What happened in between leaves no trace.
      for (const one of between.filter(isPlain)) run(pair, one);
      restoreMemcgStats(pair.real, snapshot);
      for (const one of later) run(pair, one);
      expect(fold(pair.real)).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});
