/** Layouts by rule against recorded /proc/slabinfo and the computed examples of the specification. */

import { fixtureFolder, readFixture } from "@ebb/testkit";
import { expect, test } from "vitest";
import { slabLayout, slabTunables, slubLayout } from "./slab-geometry.ts";

// biome-ignore format: a table
test.each([
  // Recorded on 32 CPUs, 6.1.192: object size, objects, pages.
  [192, 42, 2], [256, 32, 2], [616, 53, 8], [760, 43, 8], [688, 47, 8], [5376, 6, 8], [960, 34, 8], [2112, 15, 8],
  [704, 46, 8], [144, 28, 1], [104, 39, 1], [200, 40, 2], [128, 32, 1], [64, 64, 1], [4096, 8, 8], [2048, 16, 8],
  [1024, 32, 8], [512, 32, 4], [96, 42, 1], [8, 512, 1], [8192, 4, 8], [448, 36, 4], [216, 37, 2], [1280, 25, 8],
  // Computed for 16 and 32 CPUs: spec/memcg-slab.md E.1.
  [584, 28, 4], [1072, 30, 8], [9024, 3, 8], [1152, 28, 8], [384, 42, 4],
])("SLUB: objects of %i bytes, 32 CPUs: %i in %i pages", (sizeBytes, objectsPerSlab, pagesPerSlab) => {
  expect(slubLayout(sizeBytes, 32)).toEqual({ objectsPerSlab, pagesPerSlab });
});

test.each([1, 8, 32])("SLUB: each cache of the recorded slabinfo, %i CPUs; each slab counts as active", (nrCpus) => {
  const text = readFixture(fixtureFolder("real-kernels"), `6.1-${nrCpus}cpu.slabinfo.txt`) ?? "";
  const rows = text.split("\n").filter((row) => row.includes(" : slabdata ") && !row.startsWith("#"));
  expect(rows.length).toBe(105);
  for (const row of rows) {
    const [name = "", , , sizeBytes = 0, ...layout] = row
      .split(/ +/, 6)
      .map((word, i) => (i === 0 ? word : Number(word)));
    const { objectsPerSlab, pagesPerSlab } = slubLayout(Number(sizeBytes), nrCpus);
    expect([name, objectsPerSlab, pagesPerSlab]).toEqual([name, ...layout]);
    const [activeSlabs, slabs] = (row.split(" : slabdata ")[1] ?? "").trim().split(/ +/);
    expect([name, activeSlabs]).toEqual([name, slabs]);
  }
});

// biome-ignore format: a table
test.each([
  // Recorded, 5.4.286: object size, reclaimable, in an object, objects, pages.
  [192, true, true, 21, 1], [256, false, true, 16, 1], [576, true, false, 7, 1], [688, false, false, 11, 2],
  [648, true, false, 6, 1], [5184, false, true, 1, 2], [2112, false, false, 3, 2], [960, false, true, 4, 1],
  [704, false, true, 11, 2], [64, false, true, 64, 1], [32, false, true, 124, 1], [8192, false, true, 1, 2],
  [4096, false, true, 1, 1], [320, false, true, 12, 1],
  // Computed, 4.12: spec/memcg-slab.md D.1.
  [584, true, false, 7, 1], [1072, true, false, 3, 1], [184, false, true, 22, 1], [80, false, false, 50, 1],
  [8960, false, true, 1, 4], [1984, false, true, 2, 1],
])("SLAB: %i bytes, reclaimable %s, in object %s: %i in %i pages", (sizeBytes, reclaimable, inObject, nr, pages) => {
  expect(slabLayout(sizeBytes, reclaimable, inObject)).toEqual({ objectsPerSlab: nr, pagesPerSlab: pages });
});

// biome-ignore format: a table
test.each([
  [192, 120, 60, 8], [688, 54, 27, 8], [1072, 24, 12, 8], [8960, 8, 4, 0], [262144, 1, 1, 0],
])("SLAB: arrays for objects of %i bytes", (sizeBytes, ...tunables) => {
  expect(slabTunables(sizeBytes)).toEqual(tunables);
});
