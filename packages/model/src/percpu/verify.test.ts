/** verifyPercpu sees each field that is changed behind its back. */

import { GEOMETRIES, percpuConfigs } from "@ebb/testkit";
import { expect, test } from "vitest";
import { allocPercpu, createPercpu, freePercpu } from "./allocator.ts";
import { upstream } from "./policies/upstream.ts";
import { CHUNK_FIELDS, type Percpu } from "./state.ts";
import { verifyPercpu } from "./verify.ts";
import { CHARGED_BYTES, EMPTY_POP, NR_CHUNKS, NR_CUR_ALLOC, NR_MARKED, NR_POPULATED } from "./words.ts";

/** A few chunks, some areas, some holes. */
function worked(): Percpu {
  const t = createPercpu({ geometry: GEOMETRIES[0], policy: upstream, nrKinds: 2, emptyCount: "perkind" });
  const areas: number[] = [];
  for (let i = 0; i < 60; i++) areas.push(allocPercpu(t, 1000 + 100 * i, 8, false, i % 2));
  for (let i = 0; i < 60; i += 3) freePercpu(t, areas[i] ?? 0);
  return t;
}

test("a state that was worked on is sound", () => {
  expect(verifyPercpu(worked())).toEqual([]);
  for (const geometry of GEOMETRIES) {
    for (const config of percpuConfigs(geometry)) expect(verifyPercpu(createPercpu(config))).toEqual([]);
  }
});

test.each(CHUNK_FIELDS)("%s", (field) => {
  const t = worked();
  t[field][2] = field === "maxAllocBytes" ? 0 : (t[field][2] ?? 0) + 1;
  expect(verifyPercpu(t)).not.toEqual([]);
});

test.each([EMPTY_POP, EMPTY_POP + 1, NR_MARKED, NR_POPULATED, NR_CHUNKS, NR_CUR_ALLOC])(
  "word %i of globals",
  (word) => {
    const t = worked();
    t.globals[word] = (t.globals[word] ?? 0) + 1;
    expect(verifyPercpu(t)).not.toEqual([]);
  },
);

test("the bytes charged", () => {
  const t = worked();
  t.totals[CHARGED_BYTES] = (t.totals[CHARGED_BYTES] ?? 0) + 4;
  expect(verifyPercpu(t)).not.toEqual([]);
});

test("each bit of the maps, the class bitmaps and the lists", () => {
  for (const field of ["allocMap", "populated", "freeBlocks", "boundMap", "largestHole", "areasInBlock"] as const) {
    const t = worked();
    const words = t[field].length / t.ordinal.length;
    t[field][2 * words] = ~(t[field][2 * words] ?? 0);
    expect(verifyPercpu(t), field).not.toEqual([]);
  }
  {
    const t = worked();
    t.usedLists[0] = ~(t.usedLists[0] ?? 0);
    expect(verifyPercpu(t), "usedLists").not.toEqual([]);
  }
  for (const field of ["listHead", "listTail"] as const) {
    const t = worked();
    t[field][t.list[2] ?? 0] = 0;
    expect(verifyPercpu(t), field).not.toEqual([]);
  }
});
