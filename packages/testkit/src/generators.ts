/**
 * What random tests ask for: sizes, geometries, configurations. The size distributions are those of the goldens
 * (fixtures/percpu-golden/README.md).
 */

import { embeddedGeometry, explicitGeometry, type Geometry, PERCPU_POLICIES, type PercpuConfig } from "@ebb/model";
import type { Random } from "./random.ts";

/** Draws a size and an alignment, bytes. */
export interface SizeMix {
  readonly name: string;
  size(random: Random): number;
  align(random: Random): number;
}

const LARGEST_BYTES = 32768;
const plainAlign = (random: Random) => (random.perMille(300) ? 4 : 8);

export const SIZE_MIXES: readonly [SizeMix, ...SizeMix[]] = [
  { name: "small", size: (random) => random.between(8, 256), align: plainAlign },
  { name: "mixed", size: (random) => random.logUniform(4, LARGEST_BYTES), align: plainAlign },
  { name: "page", size: (random) => random.between(2048, LARGEST_BYTES), align: plainAlign },
  { name: "align", size: (random) => random.logUniform(4, 8192), align: (random) => 2 ** random.between(2, 12) },
  { name: "odd", size: (random) => random.between(1, 199), align: (random) => 2 ** random.between(0, 4) },
  {
    name: "bimodal",
    size: (random) => (random.perMille(900) ? 8 : random.between(8192, LARGEST_BYTES)),
    align: plainAlign,
  },
  {
    // The size decides the answer at a hint's edge, so a few sizes that recur find more than many.
    name: "few",
    size: (random) => random.pick([4, 8, 12, 64, 1020, 2048, 4092, 4096, 4100, 8192]),
    align: (random) => random.pick([4, 4, 4, 8, 64, 4096]),
  },
];

function explicit(unitBytes: number, staticBytes: number, reservedBytes: number, dynamicBytes: number): Geometry {
  const atomBytes = 4096;
  return explicitGeometry({ nrUnits: 4, unitBytes, staticBytes, reservedBytes, dynamicBytes, atomBytes });
}

/** Least unit, units that are not powers of two, odd static sizes, with and without a reserved chunk, booted. */
export const GEOMETRIES = [
  explicit(32768, 1, 0, 12291),
  explicit(32768, 4096, 0, 28672),
  explicit(36864, 5001, 6000, 20003),
  explicit(40960, 4093, 8192, 12291),
  explicit(65536, 8192, 4096, 32768),
  explicit(86016, 6001, 0, 16387),
  embeddedGeometry(16, 1, 212992),
] as const;

/** Configurations of every policy: one kind, and two kinds with either count of empty pages. */
export function percpuConfigs(geometry: Geometry): readonly PercpuConfig[] {
  return PERCPU_POLICIES.flatMap((policy): PercpuConfig[] => [
    { geometry, policy, nrKinds: 1, emptyCount: "perkind" },
    { geometry, policy, nrKinds: 2, emptyCount: "global" },
    { geometry, policy, nrKinds: 2, emptyCount: "perkind" },
  ]);
}

/** A configuration in words, for messages. */
export function configTitle(c: PercpuConfig): string {
  const g = c.geometry;
  const layout = `unit ${g.unitBytes} static ${g.staticBytes} reserved ${g.reservedBytes} dyn ${g.dynamicBytes}`;
  return `${c.policy.name}, ${c.nrKinds} kind${c.nrKinds > 1 ? `s ${c.emptyCount}` : ""}, ${layout}`;
}
