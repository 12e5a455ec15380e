/**
 * What SLUB keeps of a cache by the size of its objects.
 *
 * Source: spec/memcg-slab.md E.1.
 */

import { bitLength } from "../../bits.ts";

/** What the budget of a CPU's chain of partial slabs is counted in: free objects up to 5.15, slabs from 5.16 on. */
export type ChainBudget = "objects" | "slabs";

/** Slabs that the partial list of a node keeps however empty they are. */
export function slubMinPartial(sizeBytes: number): number {
  const log2 = bitLength(sizeBytes) - 1;
  return Math.min(Math.max(Math.floor(log2 / 2), 5), 10);
}

/** Free objects that a CPU's chain of partial slabs may hold; with a budget in slabs, in slabs that are half full. */
export function slubCpuPartial(sizeBytes: number, era: ChainBudget): number {
  const large = era === "objects" ? 1 : 3;
  if (sizeBytes >= 4096) return 2 * large;
  const other = era === "objects" ? 1 : 4;
  if (sizeBytes >= 1024) return 6 * other;
  if (sizeBytes >= 256) return 13 * other;
  return 30 * other;
}
