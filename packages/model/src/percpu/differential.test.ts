/**
 * Random commands on the allocator, the naive model and the slow search at once, with `verifyPercpu` after each: short
 * sequences that fast-check shrinks, and longer runs of one seed each. Every policy, kinds, counts and geometries.
 */

import { configTitle, GEOMETRIES, KEPT_SEEDS, PercpuPair, percpuConfigs, randomRun } from "@ebb/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { PercpuConfig } from "./state.ts";

type Command =
  | { readonly name: "alloc"; readonly size: number; readonly align: number; readonly atomic: boolean; kind: number }
  | { readonly name: "reserved"; readonly size: number; readonly align: number }
  | { readonly name: "free"; readonly which: number }
  | { readonly name: "balance" }
  | { readonly name: "step"; readonly nrSteps: number };

const sizes = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(4, 8, 12, 64, 256, 1020, 2048, 4092, 4096, 4100, 8192, 32768) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 300 }) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 32768 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 32769, 65536) },
);
const aligns = fc.constantFrom(4, 4, 4, 8, 8, 16, 64, 1024, 4096, 1, 3, 24, 8192);

const commands: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      name: fc.constant("alloc" as const),
      size: sizes,
      align: aligns,
      atomic: fc.boolean(),
      kind: fc.constantFrom(0, 1),
    }),
  },
  { weight: 1, arbitrary: fc.record({ name: fc.constant("reserved" as const), size: sizes, align: aligns }) },
  { weight: 7, arbitrary: fc.record({ name: fc.constant("free" as const), which: fc.nat({ max: 999 }) }) },
  { weight: 1, arbitrary: fc.record({ name: fc.constant("balance" as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ name: fc.constant("step" as const), nrSteps: fc.integer({ min: 1, max: 6 }) }),
  },
);

function runCommand(pair: PercpuPair, command: Command): void {
  if (command.name === "alloc") {
    pair.alloc(command.size, command.align, command.atomic, pair.t.nrKinds > 1 ? command.kind : 0);
  } else if (command.name === "reserved") pair.allocReserved(command.size, command.align);
  else if (command.name === "free") {
    if (pair.nrLive > 0) pair.free(command.which % pair.nrLive);
  } else if (command.name === "balance") pair.balance();
  else for (let i = 0; i < command.nrSteps && pair.balanceStep(); i++) pair.verify();
}

const ALL_CONFIGS = GEOMETRIES.flatMap((geometry) => percpuConfigs(geometry));

test.each(ALL_CONFIGS.map((config) => ({ title: configTitle(config), config })))("commands: $title", ({ config }) => {
  fc.assert(
    fc.property(fc.array(commands, { maxLength: 120, size: "max" }), (script) => {
      const pair = new PercpuPair(config);
      for (const command of script) {
        runCommand(pair, command);
        pair.verify();
      }
    }),
    { numRuns: 5 },
  );
});

/** Each policy with one kind and with two, over the geometries in turn. */
const PER_GEOMETRY = ALL_CONFIGS.length / GEOMETRIES.length;
const RUN_CONFIGS = ALL_CONFIGS.filter((_, i) => {
  return Math.floor(i / PER_GEOMETRY) === (i % PER_GEOMETRY) % GEOMETRIES.length;
});
const SEED = 20261120;
const RUN = { verifyEvery: 499, maxLive: 250, interleaved: true };

test.each(RUN_CONFIGS.map((config) => ({ title: configTitle(config), config })))("10000 operations: $title", (c) => {
  const run = { ...RUN, config: c.config, seed: SEED, nrOperations: 10_000 };
  expect(randomRun(run)).toMatch(/^[0-9a-f]{16}$/);
});

test("seeds that once found a fault", () => {
  for (const kept of KEPT_SEEDS) {
    for (const config of ALL_CONFIGS.filter((c: PercpuConfig) => c.policy.name === kept.policyName)) {
      randomRun({ ...RUN, config, seed: kept.seed, nrOperations: 1000 });
    }
  }
});
