/** Early release for memcgs that are dying already: from below, on every kernel, and whom it leaves out. */

import { expect, test } from "vitest";
import {
  advanceTo,
  attachTask,
  cgroupMkdir,
  cgroupRmdir,
  createFile,
  createMachine,
  deleteFile,
  KEEP_STATS,
  KERNEL_PROFILES,
  type KernelProfile,
  type Machine,
  ownSlabPolicies,
  percpuPolicy,
  RELEASED,
  ROOT_CGROUP,
  releaseStatsNow,
  setMemoryInSubtree,
  startTask,
  verifyMachine,
  writeFilePages,
} from "../index.ts";
import { LIVE } from "../memcg-stats/state.ts";
import { FILE_SYSTEMS } from "../profiles/tasks.ts";

const SECOND_NS = 1e9;

/** A dying memcg pinned by a file, below another dying one that only it pins. */
interface Scene {
  readonly m: Machine;
  readonly parent: number;
  readonly child: number;
  readonly file: number;
}

function sceneOn(profile: KernelProfile): Scene {
  const policy = percpuPolicy(profile.percpuPolicy);
  const variant = profile.percpuVariants[profile.percpuPolicy];
  if (policy === undefined || variant === undefined) throw new Error("no such policy");
  const options = { ...profile, nrCpus: 2, profile, policy, memcgPolicy: KEEP_STATS, variant };
  const m = createMachine({ ...options, ...ownSlabPolicies(profile), faults: new Set() });
  const above = cgroupMkdir(m, ROOT_CGROUP, "p");
  setMemoryInSubtree(m, above, true);
  const below = cgroupMkdir(m, above, "c");
  const [parent = 0, child = 0] = [above, below].map((cgroup) => m.cgroups.memcg[cgroup]);
  const task = startTask(m);
  attachTask(m, task, below);
  const file = createFile(m, FILE_SYSTEMS.tmpfs, task);
  writeFilePages(m, file, 0, 3, task);
  attachTask(m, task, ROOT_CGROUP);
  expect([cgroupRmdir(m, below), cgroupRmdir(m, above)]).toEqual([0, 0]);
  wait(m);
  return { m, parent, child, file };
}

function wait(m: Machine): void {
  advanceTo(m, m.nowNs + SECOND_NS);
  expect(verifyMachine(m)).toEqual([]);
}

// Elsewhere the page leaves the memcg: it is freed.
const PINNED = KERNEL_PROFILES.filter(({ memcgRules }) => memcgRules.userPages === "pin");

test.each(PINNED.map((profile) => [profile.name, profile] as const))("%s: the child, then its parent", (_, profile) => {
  const { m, parent, child, file } = sceneOn(profile);
  expect(parent).toBeLessThan(child);
  expect(releaseStatsNow(m)).toBe(2);
  expect(releaseStatsNow(m)).toBe(0);
  expect(verifyMachine(m)).toEqual([]);
  wait(m);
  expect([m.stats.phase[parent], m.stats.phase[child]]).toEqual([RELEASED, RELEASED]);
  deleteFile(m, file, 0);
  wait(m);
  expect(m.cgroups.nrDying[ROOT_CGROUP]).toBe(0);
});

// On 5.4 a copy of a cache, as it goes, holds the child a little longer.
const FREED_AT_ONCE = PINNED.filter(({ name }) => name !== "5.4");

test.each(FREED_AT_ONCE.map((profile) => [profile.name, profile] as const))(
  "%s: a parent whose child is about to be freed is left out",
  (_, profile) => {
    const { m, parent, child, file } = sceneOn(profile);
    deleteFile(m, file, 0);
    expect([m.stats.phase[parent], m.stats.phase[child]]).toEqual([LIVE, LIVE]);
    expect(releaseStatsNow(m)).toBe(0);
    wait(m);
    expect(m.cgroups.nrDying[ROOT_CGROUP]).toBe(0);
  },
);
