/** Profile 6.1 against the recorded kernel: its list of boot areas, and the state of the allocator before the script. */

import { fixtureFolder, readFixture } from "@ebb/testkit";
import { expect, test } from "vitest";
import {
  cgroupMkdir,
  createMachine,
  kernelProfile,
  percpuKb,
  percpuPolicy,
  percpuStats,
  ROOT_CGROUP,
  verifyMachine,
} from "../index.ts";
import { BOOT_AREAS_6_1 } from "./boot-6-1.ts";

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
  const table: RecordedArea[] = BOOT_AREAS_6_1.pattern.flatMap(([size, align, count]) =>
    Array.from({ length: count }, () => ({ size, align })),
  );
  expect(table).toEqual(recordedAreas().slice(0, -NR_AREAS_OF_FIRST_CGROUP));
});

test("after boot and one mkdir the first chunk is the recorded one", () => {
  const profile = kernelProfile("6.1");
  const policy = percpuPolicy("upstream");
  if (profile === undefined || policy === undefined) throw new Error("profile 6.1 is gone");
  const m = createMachine({
    ...profile,
    profile,
    policy,
    variant: { kinds: 1, emptyCount: "global" },
  });
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
