/**
 * Dead copies of caches by policy, with their times: spec/memcg-slab.md E.4, F.3. A memcg of a 3.8 kernel takes objects
 * of two caches through a task that opens files, and dies with or without some of them alive.
 */

import { testMachine } from "@ebb/testkit";
import { expect, test } from "vitest";
import {
  advanceTo,
  attachTask,
  cgroupMkdir,
  cgroupRmdir,
  DEAD_CACHE_RETRY_NS,
  dropInodes,
  type Machine,
  memcgCaches,
  mountMemoryV1,
  ROOT_CGROUP,
  setMemcgLimit,
  shrinkDeadCaches,
  startTask,
  verifyMachine,
} from "../index.ts";
import { createFile, deleteFile } from "../memcg/file-calls.ts";
import { FILE_SYSTEMS } from "../profiles/tasks.ts";
import { COPY_DEAD, COPY_GONE, FREE_CACHE } from "./caches.ts";
import { deadCachePolicy } from "./policies.ts";

const SECOND_NS = 1e9;

interface Scene {
  readonly m: Machine;
  readonly memcg: number;
  /** Files whose inode and dentry lie in copies, in the order they were made. */
  readonly files: number[];
  /** Rows of the two copies: dentry, xfs_inode. */
  readonly copies: readonly number[];
  /** Removes the cgroup. */
  readonly die: () => void;
}

function sceneOf(policy: string, allocator: "SLAB" | "SLUB", nrFiles: number, faults: readonly "G1"[] = []): Scene {
  const ofDeadCaches = deadCachePolicy(policy);
  if (ofDeadCaches === undefined) throw new Error(`no policy ${policy}`);
  const slab = { deadCachePolicy: ofDeadCaches, slabFaults: new Set(faults) };
  const m = testMachine("3.8", { profile: { slabAllocator: allocator }, slab });
  const root = mountMemoryV1(m);
  const cgroup = cgroupMkdir(m, root, "dead");
  const memcg = m.cgroups.memcg[cgroup] ?? 0;
  setMemcgLimit(m, memcg, "kmemMaxPages", 100000, 0);
  const task = startTask(m);
  attachTask(m, task, cgroup);
  // The first object of each cache comes from the root's and asks for the copy.
  const first = createFile(m, FILE_SYSTEMS.xfs, task);
  advanceTo(m, m.nowNs + SECOND_NS);
  const files = Array.from({ length: nrFiles }, () => createFile(m, FILE_SYSTEMS.xfs, task));
  deleteFile(m, first, 0);
  attachTask(m, task, root);
  const copies = copiesOf(m, memcg);
  const die = () => {
    expect(cgroupRmdir(m, cgroup)).toBe(0);
    wait(m, 0.1);
  };
  return { m, memcg, files, copies, die };
}

function copiesOf(m: Machine, memcg: number): number[] {
  const rows: number[] = [];
  for (let row = m.memcgs.copies[memcg] ?? -1; row >= 0; row = m.caches.nextOfMemcg[row] ?? -1) rows.push(row);
  return rows;
}

function wait(m: Machine, seconds: number): void {
  advanceTo(m, m.nowNs + seconds * SECOND_NS);
  expect(verifyMachine(m)).toEqual([]);
}

function free(scene: Scene, files: readonly number[]): void {
  for (const file of files) deleteFile(scene.m, file, 0);
}

function nrDying({ m }: Scene): number {
  return m.cgroups.nrDying[m.v1Root] ?? 0;
}

function column({ m, copies }: Scene, field: "nrRuns" | "nrShrinks" | "nrPages" | "state"): number[] {
  return copies.map((row) => m.caches[field][row] ?? -1);
}

test("SLUB without the mail: copies with only empty slabs stay for ever, and so does the memcg", () => {
  const scene = sceneOf("dead-caches-kept", "SLUB", 40);
  free(scene, scene.files);
  scene.die();
  expect(column(scene, "nrRuns")).toEqual([1, 1]);
  wait(scene.m, 3600);
  expect(nrDying(scene)).toBe(1);
  expect(column(scene, "nrShrinks")).toEqual([0, 0]);
  for (const pages of column(scene, "nrPages")) expect(pages).toBeGreaterThan(0);
  // Somebody who shrinks them for whatever reason ends it.
  shrinkDeadCaches(scene.m, 0);
  wait(scene.m, 1);
  expect(nrDying(scene)).toBe(0);
});

test("s003-v5: all slabs empty: the first run shrinks, the second destroys, at once", () => {
  const scene = sceneOf("s003-v5", "SLUB", 40);
  free(scene, scene.files);
  expect(column(scene, "nrRuns")).toEqual([0, 0]);
  scene.die();
  expect(column(scene, "state")).toEqual([FREE_CACHE, FREE_CACHE]);
  expect(column(scene, "nrRuns")).toEqual([2, 2]);
  expect(column(scene, "nrShrinks")).toEqual([1, 1]);
  wait(scene.m, 1);
  expect(nrDying(scene)).toBe(0);
});

test.each(["dead-caches-kept", "s003-v5", "v3.8-merged"])(
  "%s: a copy that never had a page takes one run",
  (policy) => {
    const scene = sceneOf(policy, "SLUB", 0);
    scene.die();
    expect(column(scene, "nrRuns")).toEqual([1, 1]);
    expect(column(scene, "nrShrinks")).toEqual([0, 0]);
    wait(scene.m, 1);
    expect(nrDying(scene)).toBe(0);
  },
);

test("s003-v5: live objects: a shrink every 60 s; destroyed by the first tick after the last free", () => {
  const scene = sceneOf("s003-v5", "SLUB", 40);
  const { m } = scene;
  free(scene, scene.files.slice(1));
  scene.die();
  const diedNs = m.nowNs;
  expect(column(scene, "nrShrinks")).toEqual([1, 1]);
  for (let ticks = 1; ticks <= 3; ticks++) {
    wait(m, 60);
    expect(column(scene, "nrRuns")).toEqual([1 + ticks, 1 + ticks]);
    expect(column(scene, "nrShrinks")).toEqual([1 + ticks, 1 + ticks]);
  }
  // Half way to the next tick the last objects go: SLUB keeps the slabs, and nothing happens until the tick.
  wait(m, 30);
  free(scene, scene.files.slice(0, 1));
  wait(m, 29);
  expect(nrDying(scene)).toBe(1);
  expect(column(scene, "state")).toEqual([COPY_DEAD, COPY_DEAD]);
  wait(m, 1.5);
  expect(nrDying(scene)).toBe(0);
  // 1 + 4 ticks, and one more since the last had to shrink.
  expect(column(scene, "nrRuns")).toEqual([6, 6]);
  expect(m.nowNs - diedNs).toBeLessThan(5 * DEAD_CACHE_RETRY_NS);
});

test("s003-v5: a count that falls to 0 under a pending timer waits for the tick", () => {
  const scene = sceneOf("s003-v5", "SLUB", 1);
  scene.die();
  free(scene, scene.files);
  // Memory pressure in between gives the slabs back: the trigger finds a timer pending and is dropped.
  shrinkDeadCaches(scene.m, 0);
  expect(column(scene, "nrPages")).toEqual([0, 0]);
  wait(scene.m, 59);
  expect(column(scene, "nrRuns")).toEqual([1, 1]);
  expect(column(scene, "state")).toEqual([COPY_DEAD, COPY_DEAD]);
  wait(scene.m, 2);
  // The tick sees 0: it destroys without another run.
  expect(column(scene, "nrRuns")).toEqual([2, 2]);
  expect(nrDying(scene)).toBe(0);
});

test("v3.8-merged: one shrink at death, then as without the mail", () => {
  const scene = sceneOf("v3.8-merged", "SLUB", 40);
  free(scene, scene.files.slice(1));
  scene.die();
  wait(scene.m, 300);
  expect(column(scene, "nrRuns")).toEqual([1, 1]);
  expect(column(scene, "nrShrinks")).toEqual([1, 1]);
  free(scene, scene.files.slice(0, 1));
  wait(scene.m, 3600);
  expect(column(scene, "state")).toEqual([COPY_DEAD, COPY_DEAD]);
  expect(nrDying(scene)).toBe(1);
  shrinkDeadCaches(scene.m, 0);
  wait(scene.m, 1);
  expect(column(scene, "nrRuns")).toEqual([2, 2]);
  expect(nrDying(scene)).toBe(0);
});

test("SLAB empties by its reaper, at its pace, and the page count's trigger destroys", () => {
  const scene = sceneOf("dead-caches-kept", "SLAB", 100);
  free(scene, scene.files);
  scene.die();
  const pages = column(scene, "nrPages");
  for (const nr of pages) expect(nr).toBeGreaterThan(0);
  wait(scene.m, 8);
  expect(nrDying(scene)).toBe(1);
  wait(scene.m, 22);
  expect(column(scene, "nrPages")).toEqual([0, 0]);
  expect(column(scene, "nrShrinks")).toEqual([0, 0]);
  // One run at death, one by the trigger.
  expect(column(scene, "nrRuns")).toEqual([2, 2]);
  expect(nrDying(scene)).toBe(0);
});

test.each(["SLAB", "SLUB"] as const)(
  "%s: freeing an object counts nothing, a slab of a copy counts once",
  (allocator) => {
    const scene = sceneOf("s003-v5", allocator, 200);
    const t = scene.m.caches;
    const before = t.nrPageCounts;
    const slabsBefore = nrSlabsOf(scene);
    free(scene, scene.files.slice(20, 40));
    expect(t.nrPageCounts - before).toBe(slabsBefore - nrSlabsOf(scene));
    free(scene, scene.files.slice(0, 20));
    free(scene, scene.files.slice(40));
    scene.die();
    wait(scene.m, 30);
    // Every slab that was there went, and each counted once.
    expect(t.nrPageCounts - before).toBe(slabsBefore);
  },
);

/** Slabs of the two copies. */
function nrSlabsOf({ m, copies }: Scene): number {
  const { slabs } = m.caches.kmem.pool;
  let nr = 0;
  for (let slab = 0; slab < slabs.nrRows; slab++) {
    if (slabs.used[slab] === 1 && copies.includes(m.caches.rowOf[slabs.cache[slab] ?? 0] ?? -1)) nr++;
  }
  return nr;
}

test("without the guard a page count of 0 under a pending timer runs the work twice, on what is destroyed", () => {
  const scene = sceneOf("s003-v5", "SLUB", 1, ["G1"]);
  const { m } = scene;
  scene.die();
  free(scene, scene.files);
  shrinkDeadCaches(m, 0);
  advanceTo(m, m.nowNs + SECOND_NS);
  expect(column(scene, "state")).toEqual([COPY_GONE, COPY_GONE]);
  expect(m.caches.nrUsesAfterDestroy).toBe(0);
  advanceTo(m, m.nowNs + 60 * SECOND_NS);
  expect(m.caches.nrUsesAfterDestroy).toBe(2);
  expect(verifyMachine(m).map(({ rule }) => rule)).toContain("no copy is used after it is destroyed");
});

test("memory.kmem.slabinfo lists what the memcg has copies of", () => {
  const { m, memcg } = sceneOf("s003-v5", "SLUB", 3);
  expect(memcgCaches(m, memcg).map(({ name, slabs }) => [name, slabs])).toEqual([
    ["xfs_inode", 1],
    ["dentry", 1],
  ]);
  expect(m.cgroups.parent[ROOT_CGROUP]).toBe(-1);
  dropInodes(m, 0);
});
