/** Profiles 5.4 and 6.1 against the recorded kernels: lists of boot areas, the allocator after boot, the slab caches. */

import { fixtureFolder, readFixture } from "@ebb/testkit";
import { describe, expect, test } from "vitest";
import {
  cgroupMkdir,
  createMachine,
  KEEP_STATS,
  kernelProfile,
  type Machine,
  ownSlabPolicies,
  percpuKb,
  percpuPolicy,
  percpuStats,
  ROOT_CGROUP,
  verifyMachine,
} from "../index.ts";
import { BOOT_AREAS_5_4 } from "./boot-5-4.ts";
import { BOOT_AREAS_6_1 } from "./boot-6-1.ts";
import type { BootAreas } from "./profile.ts";

const FOLDER = fixtureFolder("real-kernels");
/** The script's first cgroup, made before its first reading. */
const NR_AREAS_OF_FIRST_CGROUP = 9;

interface RecordedArea {
  readonly size: number;
  readonly align: number;
}

function read(name: string): string {
  const text = readFixture(FOLDER, name);
  if (text === undefined) throw new Error(`no fixture ${name}`);
  return text;
}

function field(row: string, name: string): number {
  return Number(new RegExp(` ${name}=(\\d+)`).exec(row)?.[1]);
}

/** Areas alive at the end of the recorded boot, in the order of their allocation. */
function recordedAreas(): RecordedArea[] {
  const live = new Map<number, RecordedArea>();
  for (const row of `${read("6.1-early-allocs.txt")}${read("6.1-32cpu-boot.trace.txt")}`.split("\n")) {
    if (/percpu_alloc_percpu|percpu-early: alloc/.test(row)) {
      live.set(field(row, "off"), { size: field(row, "size"), align: field(row, "align") });
    } else if (row.includes("percpu_free_percpu")) live.delete(field(row, "off"));
  }
  return [...live.values()];
}

function areasOf({ pattern }: BootAreas): RecordedArea[] {
  return pattern.flatMap(([size, align, count]) => Array.from({ length: count }, () => ({ size, align })));
}

/** A machine of the profile as it stands after boot. */
function bootedMachine(name: string, policyName: string): Machine {
  const profile = kernelProfile(name);
  const policy = percpuPolicy(policyName);
  if (profile === undefined || policy === undefined) throw new Error(`profile ${name} is gone`);
  return createMachine({
    ...profile,
    profile,
    policy,
    variant: { kinds: 1, emptyCount: "global" },
    memcgPolicy: KEEP_STATS,
    faults: new Set(),
    ...ownSlabPolicies(profile),
  });
}

/** name → value of the figures in a percpu_stats text, from the line `title` on. */
function figuresAfter(text: string, title: string): Map<string, number> {
  const figures = new Map<string, number>();
  for (const row of text.slice(text.indexOf(title)).split("\n").slice(1)) {
    const found = /^ {2}(\w+) *: +(\d+)$/.exec(row);
    if (found === null) {
      if (figures.size > 0) break;
      continue;
    }
    figures.set(found[1] ?? "", Number(found[2]));
  }
  return figures;
}

test("the table of boot areas is what the recorded kernel holds when it has booted", () => {
  expect(areasOf(BOOT_AREAS_6_1)).toEqual(recordedAreas().slice(0, -NR_AREAS_OF_FIRST_CGROUP));
});

test("after boot and one mkdir the first chunk is the recorded one", () => {
  const m = bootedMachine("6.1", "upstream");
  cgroupMkdir(m, ROOT_CGROUP, "percpu_test");
  const recorded = read("6.1-32cpu.percpu_stats.0.txt");
  const expected = figuresAfter(recorded, "Chunk: <- First Chunk");
  const stats = percpuStats(m.percpu);
  const first = stats.chunks.find((chunk) => chunk.title === "Chunk: <- First Chunk");
  expect(new Map(first?.figures)).toEqual(expected);
  const geometry = figuresAfter(recorded, "Allocation Info:");
  expect(new Map(stats.allocationInfo)).toEqual(geometry);
  expect(percpuKb(m.percpu)).toBe(6528);
  expect(verifyMachine(m)).toEqual([]);
});

describe("5.4", () => {
  const NR_EARLY = 57;
  const trace = read("5.4-32cpu-boot.trace.txt").split("\n");
  const allocs = trace.filter((row) => row.includes("percpu_alloc_percpu"));
  const frees = trace.filter((row) => row.includes("percpu_free_percpu"));

  test("the table of boot areas is what the trace shows, after the early ones it cannot", () => {
    const recorded = allocs.map((row) => ({ size: field(row, "size"), align: field(row, "align") }));
    expect(areasOf(BOOT_AREAS_5_4).slice(NR_EARLY)).toEqual(recorded);
    expect(BOOT_AREAS_5_4.freed).toHaveLength(frees.length);
  });

  test("after boot every figure of percpu_stats is the recorded one", () => {
    const m = bootedMachine("5.4", "vanilla");
    const recorded = read("5.4-32cpu.percpu_stats.boot.txt");
    const stats = percpuStats(m.percpu);
    expect(new Map(stats.allocationInfo)).toEqual(figuresAfter(recorded, "Allocation Info:"));
    expect(new Map(stats.globalStats)).toEqual(figuresAfter(recorded, "Global Stats:"));
    const titles = ["Chunk: <- Reserved Chunk", "Chunk: <- First Chunk", "Chunk:\n"];
    expect(stats.chunks.map(({ figures }) => new Map(figures))).toEqual(
      titles.map((title) => figuresAfter(recorded, title)),
    );
    expect(percpuKb(m.percpu)).toBe(9216);
    expect(verifyMachine(m)).toEqual([]);
  });
});

test("5.0 starts at mail 001's 6912 kB: the first chunk alone, also with the first cgroup", () => {
  const m = bootedMachine("5.0", "vanilla");
  expect(percpuKb(m.percpu)).toBe(6912);
  cgroupMkdir(m, ROOT_CGROUP, "percpu_test");
  expect(percpuKb(m.percpu)).toBe(6912);
});

test.each(["5.4", "6.1"])("%s: caches are laid out as in the recorded slabinfo", (name) => {
  const recorded = new Map<string, readonly number[]>();
  for (const row of read(`${name}-32cpu.slabinfo.txt`).split("\n")) {
    const [cache = "", , , ...numbers] = row.split(/ +/, 6);
    recorded.set(cache, numbers.map(Number));
  }
  const caches = kernelProfile(name)?.caches ?? [];
  const known = caches.filter((cache) => recorded.has(cache.name));
  expect(
    known.map(({ name: cache, sizeBytes, objectsPerSlab, pagesPerSlab }) => [
      cache,
      [sizeBytes, objectsPerSlab, pagesPerSlab],
    ]),
  ).toEqual(known.map((cache) => [cache.name, recorded.get(cache.name)]));
  // Not built into the recorded kernels.
  expect(caches.filter((cache) => !recorded.has(cache.name)).map((cache) => cache.name)).toEqual([
    "ext4_inode_cache",
    "xfs_inode",
  ]);
});
