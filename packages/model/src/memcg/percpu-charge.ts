/**
 * The charge of accounted percpu areas: to the memcg that asks for them, by bytes, through an object that owns them and
 * pins nothing. Whole pages of it count as usage.
 *
 * Source: spec/memcg-slab.md A.2 (1), E.5 (obj_cgroup); the size with owners: `bytes_alloc` of the percpu trace event.
 */

import type { Machine } from "../machine/state.ts";
import { MEMCG_PERCPU_B } from "../memcg-stats/items.ts";
import { modMemcgStat } from "../memcg-stats/update.ts";
import { MIN_ALLOC_BYTES, PAGE_BYTES } from "../percpu/constants.ts";
import { addUsage } from "./references.ts";

/** What an accounted area of `sizeBytes` on each CPU is charged as, bytes. */
export function percpuChargeBytes(m: Machine, sizeBytes: number): number {
  const owners = Math.ceil(sizeBytes / MIN_ALLOC_BYTES) * m.profile.memcgRules.percpuOwnerBytes;
  return sizeBytes * m.options.nrCpus + owners;
}

/** Charges `bytes` to `memcg`, or with a negative number gives them back. */
export function chargeOwnedBytes(m: Machine, memcg: number, bytes: number, cpu: number): void {
  const { memcgs } = m;
  modMemcgStat(m.stats, memcg, MEMCG_PERCPU_B, bytes, cpu);
  const rest = memcgs.ownedRestBytes[memcg] + bytes;
  const nrPages = Math.ceil(rest / PAGE_BYTES);
  // Of the last page begun, what is not used is the stock of its owner.
  memcgs.ownedRestBytes[memcg] = rest - nrPages * PAGE_BYTES;
  memcgs.ownedPages[memcg] += nrPages;
  addUsage(memcgs, "usagePages", memcg, nrPages);
  addUsage(memcgs, "kmemPages", memcg, nrPages);
}
