/** Every profile against itself and against the totals of spec/memcg-slab.md B.1. */

import { expect, test } from "vitest";
import { eraAreas } from "./cgroup-areas.ts";
import { ERA_4_12, ERA_5_0, ERA_5_4, ERA_5_12, ERA_6_1, type EraConstants } from "./era-constants.ts";
import { KERNEL_PROFILES, kernelProfile } from "./index.ts";
import type { PercpuAreaSpec } from "./profile.ts";

const DISTRO = { numa: true, psi: true, bpf: true };

function bytesPerCpu(areas: readonly PercpuAreaSpec[], nrNodes: number): number {
  return areas.reduce((sum, { sizeBytes, perNode }) => sum + sizeBytes * (perNode ? nrNodes : 1), 0);
}

test.each<[EraConstants, number, number, number]>([
  [ERA_4_12, 1012, 1012, 0],
  [ERA_5_0, 1476, 1348, 240],
  [ERA_5_4, 2788, 2660, 512],
  [ERA_5_12, 2976, 2848, 468],
  [ERA_6_1, 2052, 1924, 688],
])("$era.era: bytes per CPU and cgroup", (era, withPsi, withoutPsi, furtherNode) => {
  const areas = eraAreas(era, DISTRO);
  expect(bytesPerCpu(areas, 1)).toBe(withPsi);
  expect(bytesPerCpu(eraAreas(era, { ...DISTRO, psi: false }), 1)).toBe(withoutPsi);
  expect(bytesPerCpu(areas, 2) - bytesPerCpu(areas, 1)).toBe(furtherNode);
});

test.each([
  ["3.8", 1012],
  ["4.12", 1012],
  ["5.0", 1300],
  ["5.4", 2444],
  ["5.12", 2752],
  ["6.1", 1820],
  ["7.1", 2052],
])("%s: bytes per CPU and cgroup of its machine", (name, bytes) => {
  expect(bytesPerCpu(kernelProfile(name)?.cgroupAreas ?? [], 1)).toBe(bytes);
});

test("5.12's written list is the one its constants give", () => {
  const profile = kernelProfile("v5.12");
  expect(profile?.cgroupAreas).toEqual(eraAreas(ERA_5_12, { numa: false, psi: false, bpf: true }));
});

test.each(KERNEL_PROFILES)("$name: every cache that is named is there, once", (profile) => {
  const { caches, task, cacheCopies } = profile;
  const names = caches.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const used = [
    ...profile.cgroupObjects.map(({ cache }) => cache),
    ...[...task.forkObjects, ...task.execObjects, ...task.openObjects].map(([cache]) => cache),
    ...(cacheCopies?.objects ?? []),
    ...caches.flatMap((cache) => cacheCopies?.cacheObjects?.(cache) ?? []),
    profile.tmpFileSystem.inodeCache,
    "dentry",
    "radix_tree_node",
  ];
  if (profile.writebackAreas.length > 0) used.push(profile.writebackCache);
  expect(used.filter((name) => !names.includes(name))).toEqual([]);
  const tooSmall = profile.cgroupObjects.filter(({ cache, sizeBytes }) =>
    caches.some((one) => one.name === cache && one.sizeBytes < sizeBytes),
  );
  expect(tooSmall).toEqual([]);
});

test("5.0: a program that writes a file touches 16 accounted caches", () => {
  const profile = kernelProfile("5.0");
  if (profile === undefined) throw new Error("profile 5.0 is gone");
  const { forkObjects, execObjects, openObjects } = profile.task;
  const touched = new Set([...forkObjects, ...execObjects, ...openObjects].map(([cache]) => cache));
  touched.add("dentry").add(profile.tmpFileSystem.inodeCache);
  const accounted = new Set(profile.caches.filter((cache) => cache.accounted).map(({ name }) => name));
  expect([...touched].filter((name) => accounted.has(name))).toHaveLength(16);
});
