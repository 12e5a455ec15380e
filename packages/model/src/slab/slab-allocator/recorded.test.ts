/** Recorded /proc/slabinfo of SLAB kernels: layout and tunables of every cache by rule, and counts the allocator can have. */

import { fixtureFolder, readFixture } from "@ebb/testkit";
import { expect, test } from "vitest";
import { slabLayout, slabTunables } from "../../profiles/slab-geometry.ts";
import { createSlabPool } from "../pool.ts";
import { slabAlloc } from "./alloc.ts";
import { addSlabCache } from "./lifetime.ts";
import { slabInfo } from "./slabinfo.ts";
import { createSlab } from "./state.ts";

const RECORDED = [
  { file: "5.4-2cpu-boot.slabinfo.txt", nrCpus: 2, nrCaches: 122 },
  { file: "5.4-32cpu.slabinfo.txt", nrCpus: 32, nrCaches: 122 },
  { file: "6.1-slab-8cpu-boot.slabinfo.txt", nrCpus: 8, nrCaches: 99 },
] as const;

/**
 * What the size alone does not say: `r` reclaimable, `c` no index in a free object (spec D.1). All others are neither,
 * or it makes no difference to them.
 */
const FLAGS: ReadonlyMap<string, string> = new Map([
  ["fs_cache", "c"],
  ["tcp_bind_bucket", "c"],
  ["sock_inode_cache", "cr"],
  ["bdev_cache", "cr"],
]);

interface Line {
  readonly name: string;
  readonly activeObjects: number;
  readonly objects: number;
  readonly sizeBytes: number;
  readonly objectsPerSlab: number;
  readonly pagesPerSlab: number;
  readonly tunables: readonly [limit: number, batchcount: number, shared: number];
  readonly activeSlabs: number;
  readonly slabs: number;
  readonly sharedAvailable: number;
}

function linesOf(file: string): readonly Line[] {
  const text = readFixture(fixtureFolder("real-kernels"), file) ?? "";
  return text
    .split("\n")
    .filter((line) => line.includes(": slabdata") && !line.startsWith("#"))
    .map((line) => {
      const numbers = line.slice(line.indexOf(" ")).match(/[0-9]+/g) ?? [];
      const at = (i: number) => Number(numbers[i]);
      return {
        name: line.slice(0, line.indexOf(" ")),
        activeObjects: at(0),
        objects: at(1),
        sizeBytes: at(2),
        objectsPerSlab: at(3),
        pagesPerSlab: at(4),
        tunables: [at(5), at(6), at(7)],
        activeSlabs: at(8),
        slabs: at(9),
        sharedAvailable: at(10),
      };
    });
}

test.each(RECORDED)("$file: objects and pages of a slab, limit, batchcount and shared of every cache", (recorded) => {
  const { file, nrCpus, nrCaches } = recorded;
  const lines = linesOf(file);
  expect(lines).toHaveLength(nrCaches);
  const nodeOfCpu = new Int32Array(nrCpus);
  const s = createSlab({ pool: createSlabPool(), nrCpus, nrNodes: 1, nodeOfCpu });
  for (const { name, sizeBytes, objectsPerSlab, pagesPerSlab, tunables } of lines) {
    const flags = FLAGS.get(name) ?? "";
    const [limit, batchcount, shared] = slabTunables(sizeBytes);
    const layout = slabLayout(sizeBytes, flags.includes("r"), !flags.includes("c"));
    const cache = addSlabCache(s, { ...layout, limit, batchcount, shared }, 0, "only-when-replacing");
    slabAlloc(s, cache, 0);
    const found = slabInfo(s, cache);
    expect({ name, ...found }).toMatchObject({
      name,
      objects: objectsPerSlab,
      objectsPerSlab,
      pagesPerSlab,
      limit: tunables[0],
      batchcount: tunables[1],
      shared: tunables[2],
      slabs: 1,
    });
  }
});

test.each(RECORDED)("$file: counts are ones the rules allow", ({ file, nrCpus }) => {
  for (const line of linesOf(file)) {
    const { name, objects, activeObjects, objectsPerSlab, tunables, slabs, activeSlabs, sharedAvailable } = line;
    const [, batchcount, shared] = tunables;
    expect([name, objects]).toEqual([name, slabs * objectsPerSlab]);
    const free = objects - activeObjects;
    expect(free, name).toBeGreaterThanOrEqual((slabs - activeSlabs) * objectsPerSlab);
    expect(free, name).toBeLessThanOrEqual((1 + nrCpus) * batchcount + objectsPerSlab);
    expect(sharedAvailable, name).toBeLessThanOrEqual(shared * batchcount);
  }
});
