/** Profiles learnt from recorded kernels, against the profiles made by hand and against the kernels' own percpu_stats. */

import {
  cgroupMkdir,
  createMachine,
  type KernelProfile,
  kernelProfile,
  percpuStats,
  ROOT_CGROUP,
  verifyMachine,
} from "@ebb/model";
import { earlyEventsOf61, recordedRun } from "@ebb/testkit";
import { describe, expect, test } from "vitest";
import { machineOptions } from "../experiment/machine-options.ts";
import { ReportSession } from "../trace-report/report-session.ts";
import { learnProfile } from "./learnt-profile.ts";
import { type ProfileFile, parseProfileFile, printProfileFile } from "./profile-file.ts";

function learnt(name: string, base?: KernelProfile, change?: (text: string) => string): ProfileFile {
  const run = recordedRun(name);
  const before = name.startsWith("6.1-slub") ? earlyEventsOf61() : undefined;
  const percpuKb = new Map<string, number>();
  const session = new ReportSession(
    { traceName: name, stats: run.stats, log: run.log, before, nrCpus: undefined, percpuKb },
    "",
  );
  const report = session.end(run.read(session, change));
  const file = typeof report === "string" ? report : learnProfile(report, base, "learnt");
  if (typeof file === "string") throw new Error(file);
  return file;
}

/** The profile as `--kernel FILE` has it. */
function profileOf(file: ProfileFile): KernelProfile {
  const profile = parseProfileFile(printProfileFile(file), "learnt.json");
  if ("severity" in profile) throw new Error(`${profile.message}: ${profile.expected}, not ${profile.found}`);
  return profile;
}

/** Sizes and alignments of the areas that are not freed again, in the order of allocation. */
function livingOf({ pattern, freed = [] }: ProfileFile["bootAreas"]): readonly string[] {
  const gone = new Set(freed.map(([, area]) => area));
  const all = pattern.flatMap(([size, align, count]) => Array.from({ length: count }, () => `${size}/${align}`));
  return all.filter((_, i) => !gone.has(i));
}

test("a recording of the kernel that a profile was made from gives that profile again", () => {
  const made = kernelProfile("6.1");
  const file = learnt("6.1-slub-stock-32cpu-seed000");
  expect(file).toMatchObject({ base: "6.1", nrCpus: 32, nrNodes: 1, config: made?.config });
  expect(file.cgroupAreas).toEqual(made?.cgroupAreas);
  expect(file.staticPercpuBytes).toBe(made?.staticPercpuBytes);
  expect(livingOf(file.bootAreas)).toEqual(made === undefined ? [] : livingOf(made.bootAreas));
  expect(file.notes).toContain("order of the frees: as recorded");
});

test.each([
  ["6.1-slub-stock-2cpu-seed000-n100-pages", "0"],
  ["6.1-slub-vanilla-2cpu-seed000-n100", "0"],
])(
  "a machine of the profile learnt from %s stands as the kernel stood when it had booted and made one cgroup",
  (name, stage) => {
    const options = machineOptions({
      kernel: profileOf(learnt(name)),
      policy: name.includes("vanilla") ? "vanilla" : "upstream",
      cpus: undefined,
      nodes: undefined,
      settings: [],
    });
    if ("severity" in options) throw new Error(options.message);
    const m = createMachine(options);
    cgroupMkdir(m, ROOT_CGROUP, "percpu_test");
    const recorded = recordedRun(name).stats.find((stats) => stats.name === stage)?.stats;
    const stats = percpuStats(m.percpu);
    expect(stats.allocationInfo).toEqual(recorded?.allocationInfo);
    expect(stats.chunks).toHaveLength(recorded?.chunks.length ?? -1);
    expect(stats.chunks.map(({ figures }) => figures)).toEqual(recorded?.chunks.map(({ figures }) => figures));
    expect(verifyMachine(m)).toEqual([]);
  },
);

test("a cgroup of the v1 hierarchy keeps what the base has for v2", () => {
  const made = kernelProfile("5.4");
  const file = learnt("5.4-slab-noguard-2cpu-seed004-n1000");
  expect(file.base).toBe("5.4");
  const known = file.cgroupAreas.map(({ what, sizeBytes }) => [what, sizeBytes]);
  expect(known).toEqual(made?.cgroupAreas.map(({ what, sizeBytes }) => [what, sizeBytes]));
  expect(file.notes.join("\n")).toContain("as in the base, for v2: rstat, perf_event info, perf_event css refcount");
});

describe("a kernel that ebb has no profile of", () => {
  const file = learnt("6.18-slub-2cpu-memcg-v1-n200-python");
  const areas = new Map(file.cgroupAreas.map((area) => [area.what, area]));

  test("starts from the one whose cgroups are most like it, with its sizes", () => {
    expect([file.base, file.nrCpus, file.nrNodes, file.config.psi]).toEqual(["7.1", 2, 1, true]);
    expect([areas.get("memcg vmstats")?.sizeBytes, areas.get("lruvec stats")?.sizeBytes]).toEqual([1216, 528]);
    expect(areas.get("recorded, of memcg1_alloc_events")).toMatchObject({ sizeBytes: 24, controller: "memory" });
    expect(file.cgroupAreas.filter(({ v2Only }) => !v2Only).reduce((sum, area) => sum + area.sizeBytes, 0)).toBe(2116);
  });

  test("is laid out as recorded", () => {
    const options = machineOptions({
      kernel: profileOf(file),
      policy: undefined,
      cpus: undefined,
      nodes: undefined,
      settings: [],
    });
    if ("severity" in options) throw new Error(options.message);
    const stats = recordedRun("6.18-slub-2cpu-memcg-v1-n200-python").stats[0]?.stats;
    expect(percpuStats(createMachine(options).percpu).allocationInfo).toEqual(stats?.allocationInfo);
    expect(file.notes.join("\n")).not.toContain("on a machine of this profile");
  });

  test("starts from another when told so", () => {
    const { base, cgroupAreas } = learnt("6.18-slub-2cpu-memcg-v1-n200-python", kernelProfile("6.1"));
    expect(base).toBe("6.1");
    expect(cgroupAreas.some(({ sizeBytes }) => sizeBytes === 1216)).toBe(true);
  });
});

test("a recording without memcgs teaches nothing", () => {
  expect(() => learnt("5.4-slab-stock-2cpu-boot")).toThrow("no repeated sequence of requests looks like");
});
