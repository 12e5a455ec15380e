/** The 65,535 ids of memcgs, and what goes when memory runs out. */

import { testMachine } from "@ebb/testkit";
import { expect, test } from "vitest";
import {
  advanceTo,
  attachTask,
  cgroupMkdir,
  cgroupRmdir,
  createFile,
  ENOMEM,
  ENOSPC,
  execTask,
  FILE_SYSTEMS,
  type FileSystemSpec,
  freeMemoryPages,
  type KernelProfile,
  kernelProfile,
  type Machine,
  ROOT_CGROUP,
  startTask,
  swapOn,
  syncFiles,
  verifyMachine,
  writeFilePages,
} from "../index.ts";

const SECOND_NS = 1e9;
const MAX_IDS = 65535;

/** Dies with a page of a file that keeps it. */
function dieWithPage(m: Machine, pid: number, name: string, fs: FileSystemSpec): void {
  const g = cgroupMkdir(m, ROOT_CGROUP, name);
  attachTask(m, pid, g);
  writeFilePages(m, createFile(m, fs, pid), 0, 1, pid);
  attachTask(m, pid, ROOT_CGROUP);
  cgroupRmdir(m, g);
}

// Until 4.7 a dying memcg keeps its id, later only one that something in swap names (spec A.2). The machines have fewer
// ids to give so that the test is short: those above 100 are marked as taken.
test.each([
  ["3.8", "copy", 100 - 1],
  ["4.12", "", Number.POSITIVE_INFINITY],
  ["6.1", "", Number.POSITIVE_INFINITY],
])("%s: how many dying cgroups can there be", (kernel, _, most) => {
  const m = testMachine(
    kernel,
    kernel === "3.8" ? { profile: { memcgRules: { ...rulesOf("3.8"), userPages: "pin" } } } : {},
  );
  for (let id = 101; id <= MAX_IDS; id++) m.memcgs.idUsed[id] = 1;
  m.memcgs.nrIds = MAX_IDS - 100 + 1;
  const pid = startTask(m);
  let made = 0;
  for (; made < 300 && m.memcgs.nrIds < MAX_IDS; made++) {
    dieWithPage(m, pid, `g${made}`, FILE_SYSTEMS.xfs);
    advanceTo(m, m.nowNs + SECOND_NS);
  }
  expect(made).toBe(Math.min(most, 300));
  expect(m.cgroups.nrDying[ROOT_CGROUP]).toBe(made);
});

function rulesOf(kernel: string): KernelProfile["memcgRules"] {
  const profile = kernelProfile(kernel);
  if (profile === undefined) throw new Error(`no ${kernel}`);
  return profile.memcgRules;
}

test.each([
  ["4.12", ENOMEM],
  ["5.4", ENOSPC],
])("%s: mkdir when every id is taken answers %d, and nothing is left of it", (kernel, errno) => {
  const m = testMachine(kernel);
  const last = cgroupMkdir(m, ROOT_CGROUP, "last");
  m.memcgs.nrIds = MAX_IDS;
  const rows = m.cgroups.nrRows;
  expect(cgroupMkdir(m, ROOT_CGROUP, "more")).toBe(errno);
  expect([m.cgroups.nrRows, m.cgroups.nrDescendants[ROOT_CGROUP]]).toEqual([rows, 1]);
  expect(cgroupRmdir(m, last)).toBe(0);
});

test("all 65,535 ids can be used", () => {
  const m = testMachine("6.1");
  let made = 0;
  while (cgroupMkdir(m, ROOT_CGROUP, `g${made}`) >= 0) made++;
  expect(made).toBe(MAX_IDS - 1);
});

test("when memory runs out, clean pages of dying and living cgroups go, and cgroups with them", () => {
  const m = testMachine("5.0", { profile: { memFreeKb: 40_000 } });
  const pid = startTask(m);
  execTask(m, pid);
  for (let i = 0; i < 50; i++) dieWithPage(m, pid, `g${i}`, FILE_SYSTEMS.xfs);
  syncFiles(m, 0);
  advanceTo(m, m.nowNs + SECOND_NS);
  expect(m.cgroups.nrDying[ROOT_CGROUP]).toBe(50);
  const big = createFile(m, FILE_SYSTEMS.xfs, pid);
  expect(writeFilePages(m, big, 0, 20_000, pid)).toBe(20_000);
  advanceTo(m, m.nowNs + SECOND_NS);
  expect(m.cgroups.nrDying[ROOT_CGROUP]).toBe(0);
  expect(freeMemoryPages(m)).toBeGreaterThanOrEqual(0);
  expect(verifyMachine(m)).toEqual([]);
});

test("memory that lives in memory alone runs out for good, unless there is swap", () => {
  const m = testMachine("6.1", { profile: { memFreeKb: 40_000 } });
  const pid = startTask(m);
  const file = createFile(m, FILE_SYSTEMS.tmpfs, pid);
  const written = writeFilePages(m, file, 0, 20_000, pid);
  expect(written).toBeLessThan(10_000);
  swapOn(m, 20_000);
  expect(writeFilePages(m, file, written, 20_000, pid)).toBe(20_000);
  expect(m.nrSwapUsed).toBeGreaterThan(0);
  expect(verifyMachine(m)).toEqual([]);
});
