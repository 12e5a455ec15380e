/**
 * How the cost of an operation grows with the number of chunks, and what a chunk's bookkeeping takes.
 *
 * All chunks are filled with areas of one page, then pairs of a free and an allocation of the same size hit random
 * chunks: each leaves exactly one hole, which the next request has to find.
 */

import {
  allocPercpu,
  createPercpu,
  embeddedGeometry,
  freePercpu,
  NR_CHUNKS,
  type Percpu,
  type PercpuPolicy,
  percpuPolicy,
  percpuStateBytes,
} from "@ebb/model";
import { cpuSeconds } from "./timing.ts";

export interface GrowthPoint {
  readonly chunks: number;
  readonly nsPerOperation: number;
  /** Typed-array bytes of the whole allocator per chunk in use. */
  readonly bytesPerChunk: number;
}

const PAIRS = 200_000;
const AREA_BYTES = 4096;

export function benchGrowth(counts: readonly number[], smoke: boolean): GrowthPoint[] {
  const policy = percpuPolicy("upstream");
  if (policy === undefined) throw new Error("no policy called upstream");
  return counts.map((count) => growthPoint(policy, count, smoke));
}

function growthPoint(policy: PercpuPolicy, count: number, smoke: boolean): GrowthPoint {
  const t = createPercpu({
    geometry: embeddedGeometry(8, 1, 212992),
    policy,
    nrKinds: 1,
    emptyCount: "global",
  });
  const areas: number[] = [];
  while ((t.globals[NR_CHUNKS] ?? 0) <= count) areas.push(allocPercpu(t, AREA_BYTES, 8, false, 0));
  const pairs = smoke ? 1000 : PAIRS;
  const seconds = cpuSeconds(() => churn(t, areas, pairs), smoke);
  return {
    chunks: t.globals[NR_CHUNKS] ?? 0,
    nsPerOperation: (seconds / (2 * pairs)) * 1e9,
    bytesPerChunk: percpuStateBytes(t) / (t.globals[NR_CHUNKS] ?? 1),
  };
}

function churn(t: Percpu, areas: number[], pairs: number): void {
  let x = 12345;
  for (let i = 0; i < pairs; i++) {
    x = (Math.imul(x, 1103515245) + 12345) & 0x7fffffff;
    const at = x % areas.length;
    freePercpu(t, areas[at] as number);
    areas[at] = allocPercpu(t, AREA_BYTES, 8, false, 0);
  }
}
