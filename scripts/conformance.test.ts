/** Every published figure is reproduced, or stands in the list of those whose distance docs/limits.md explains. */

import { expect, test } from "vitest";
import { MEMCG_ROWS } from "./conformance/memcg-rows.ts";
import { PERCPU_ROWS } from "./conformance/percpu-rows.ts";
import { judge } from "./conformance/row.ts";
import { SLAB_ROWS } from "./conformance/slab-rows.ts";

/** Nothing may join this list unseen. */
const EXPLAINED = [
  "5.18: memcg statistics, per CPU",
  "5.18: statistics of a memcg, 96 CPUs, 2 nodes",
  "6.12: memcg and lruvec statistics of one node, per CPU",
  "memory of one mkdir, 4 CPUs, 2022 kernel",
  "1000 memcgs, 1024 possible CPUs of which 16 are online",
  "time of a reclaim walk, for each memcg",
];

test("figures", () => {
  const off = [...PERCPU_ROWS, ...MEMCG_ROWS, ...SLAB_ROWS].map(judge).filter(({ isNear }) => !isNear);
  expect(off.map(({ row }) => row.what)).toEqual(EXPLAINED);
  expect(off.filter(({ row }) => row.explained === undefined)).toEqual([]);
});
