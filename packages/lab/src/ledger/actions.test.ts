/** Every action on one machine that has something for each: valid afterwards, and the machine can be put back. */

import {
  advanceTo,
  attachTask,
  cgroupMkdir,
  cgroupRmdir,
  createFile,
  createMachine,
  dyingCgroups,
  dyingHolders,
  execTask,
  exitTask,
  FILE_SYSTEMS,
  forkTask,
  hashMachine,
  lockFile,
  type Machine,
  openFile,
  openSocket,
  ROOT_CGROUP,
  ROOT_MEMCG,
  reclaimOnDemand,
  restoreMachine,
  snapshotMachine,
  startTask,
  swapOn,
  verifyMachine,
  writeFilePages,
} from "@ebb/model";
import { describe, expect, test } from "vitest";
import { machineOptions } from "../experiment/machine-options.ts";
import { RELEASING_ACTIONS } from "./actions.ts";
import { explainDying } from "./ledger.ts";
import { ledgerValue } from "./ledger-json.ts";
import { measureActions } from "./measure.ts";
import { printLedger } from "./print-ledger.ts";

const SECOND_NS = 1e9;
const KERNELS = ["3.8", "4.12", "5.0", "5.4", "5.12", "6.1", "7.1"];

function machineOn(kernel: string, cpus: string, policy?: string): Machine {
  const options = machineOptions({ kernel, policy, cpus, nodes: undefined, settings: ["boot-repeats=1"] });
  if ("severity" in options) throw new Error(options.message);
  return createMachine(options);
}

/** A worker of `shell` does something in a cgroup of its own, which is removed; the worker goes on in the root. */
function dieOf(m: Machine, shell: number, name: string, work: (worker: number, memcg: number) => void): number {
  const cgroup = cgroupMkdir(m, ROOT_CGROUP, name);
  const worker = forkTask(m, shell);
  attachTask(m, worker, cgroup);
  work(worker, m.cgroups.memcg[cgroup] ?? ROOT_MEMCG);
  attachTask(m, worker, ROOT_CGROUP);
  cgroupRmdir(m, cgroup);
  return worker;
}

/** Dying cgroups with every kind of pin that the kernel has. */
function everyPin(kernel: string): Machine {
  const m = machineOn(kernel, "4");
  const shell = startTask(m);
  execTask(m, shell);
  swapOn(m, 1000);
  const write = (fs: keyof typeof FILE_SYSTEMS, nrPages: number) => (worker: number) => {
    const file = createFile(m, FILE_SYSTEMS[fs], worker);
    writeFilePages(m, file, 0, nrPages, worker);
    return file;
  };
  const ends = (name: string, work: (worker: number, memcg: number) => void) =>
    exitTask(m, dieOf(m, shell, name, work));
  ends("swap", (worker, memcg) => {
    write("tmpfs", 20)(worker);
    reclaimOnDemand(m, memcg, 1000, 0);
  });
  ends("shmem", write("tmpfs", 3));
  ends("cache", write("xfs", 3));
  ends("writeback", write("ext4", 2));
  ends("locked", (worker) => lockFile(m, write("xfs", 2)(worker), 1, 0));
  ends("open", (worker) => {
    const file = write("tmpfs", 1)(worker);
    advanceTo(m, m.nowNs + SECOND_NS / 10);
    openFile(m, file, worker);
  });
  ends("socket", (worker) => openSocket(m, worker));
  dieOf(m, shell, "task", (worker) => execTask(m, worker));
  advanceTo(m, m.nowNs + 3 * SECOND_NS);
  return m;
}

describe.each(KERNELS)("on %s", (kernel) => {
  const m = everyPin(kernel);
  const snapshot = snapshotMachine(m);
  const hash = hashMachine(m);

  test.each(RELEASING_ACTIONS)("$name leaves a machine that is valid and can be put back", ({ act }) => {
    act(m, dyingHolders(m), 0, 1);
    expect(verifyMachine(m)).toEqual([]);
    advanceTo(m, m.nowNs + 2 * SECOND_NS);
    expect(verifyMachine(m)).toEqual([]);
    restoreMachine(m, snapshot);
    expect(hashMachine(m)).toBe(hash);
    expect(verifyMachine(m)).toEqual([]);
  });

  test("the ledger leaves the machine alone and is the same again", () => {
    const ledger = explainDying(m);
    expect(hashMachine(m)).toBe(hash);
    expect(explainDying(m)).toEqual(ledger);
    const { actions = [], byItself } = ledger.returns ?? {};
    expect(byItself?.nrDyingAfter).toBe(ledger.nrDying);
    const everything = actions.find(({ name }) => name === "all of these");
    const best = Math.min(...actions.map(({ nrDyingAfter }) => nrDyingAfter));
    expect(everything?.nrDyingAfter).toBe(best);
    expect(best).toBe(kernel === "3.8" ? everything?.nrDyingAfter : 0);
  });

  test("each dying cgroup has as many references as it says", () => {
    const { memcgs } = m;
    for (const one of dyingCgroups(m)) {
      let nrRefs = 0;
      for (let memcg = 1; memcg < memcgs.nrRows; memcg++) {
        if (memcgs.state[memcg] !== 0 && memcgs.cgroup[memcg] === one.cgroup) nrRefs += memcgs.nrRefs[memcg] ?? 0;
      }
      expect(one.pins.reduce((sum, n) => sum + n, 0)).toBe(nrRefs);
      expect(one.pins[1]).toBe(one.filePages.nrPages);
      expect(one.pins[2]).toBe(one.shmemPages.nrPages);
      expect(one.pins[3]).toBe(one.swap.nrPages);
    }
  });
});

test("many alike: what is said to be held comes back", () => {
  const m = machineOn("6.1", "8", "upstream");
  const shell = startTask(m);
  for (let i = 0; i < 600; i++) {
    const work = (worker: number) => {
      writeFilePages(m, createFile(m, FILE_SYSTEMS.tmpfs, worker), 0, 1, worker);
    };
    exitTask(m, dieOf(m, shell, `c${i}`, work));
  }
  advanceTo(m, m.nowNs + 3 * SECOND_NS);
  const { held, groups } = explainDying(m);
  expect(groups.map(({ nrCgroups, firstPath, lastPath }) => [nrCgroups, firstPath, lastPath])).toEqual([
    [600, "/c0", "/c599"],
  ]);
  const deleted = measureActions(m).actions.find(({ name }) => name === "delete the files that pin");
  expect([deleted?.title, deleted?.nrDyingBefore, deleted?.nrDyingAfter]).toEqual(["delete the 600 files", 600, 0]);
  const { percpu = 0, areas = 0, slab = 0, pages = 0 } = deleted?.returned ?? {};
  expect(pages * 1024).toBe(held.pages);
  expect(Math.abs(areas * 1024 - held.percpu)).toBeLessThan(1024);
  // Whole pages and slabs come back, less what the policies keep; the files' own inodes and dentries come on top.
  expect(percpu * 1024).toBeGreaterThan(held.percpu * 0.9);
  expect(slab * 1024).toBeGreaterThan(held.slab * 0.9);
});

/** `nr` cgroups, each pinned by a page of its own. */
function manyPinned(m: Machine, nr: number): void {
  const shell = startTask(m);
  for (let i = 0; i < nr; i++) {
    const work = (worker: number) => {
      writeFilePages(m, createFile(m, FILE_SYSTEMS.tmpfs, worker), 0, 1 + (i % 12), worker);
    };
    exitTask(m, dieOf(m, shell, `c${i}`, work));
    if (i % 50 === 0) advanceTo(m, m.nowNs + SECOND_NS);
  }
  advanceTo(m, m.nowNs + SECOND_NS);
}

// What each keeps lies between what it gives back, so that no page becomes free: early release pays when the next
// cgroups can take the holes, not when all are dying already.
test.each(["vanilla", "upstream"])("early release of those already dying frees areas and no page, %s", (policy) => {
  const m = machineOn("5.0", "8", policy);
  manyPinned(m, 600);
  const action = measureActions(m).actions.find(({ name }) => name === "early release");
  expect([action?.title, action?.nrDyingAfter]).toEqual(["early release of 600 memcgs", 600]);
  // 1192 bytes per CPU each, as in mail 001.
  expect(action?.returned.areas).toBe(Math.round((600 * 1192 * 8) / 1024));
  expect(action?.returned.percpu).toBe(0);
});

test("a long destroy queue is waited for, small groups are added up, and a policy that was early has nothing left", () => {
  const m = machineOn("5.0", "1", "early-release");
  manyPinned(m, 4800);
  const ledger = explainDying(m);
  expect(ledger.groups.length).toBe(12);
  expect(ledger.returns?.waitNs).toBe(3 * SECOND_NS);
  expect(ledger.returns?.actions[0]).toMatchObject({ nrDyingBefore: 4800, nrDyingAfter: 0 });
  expect(ledger.returns?.withoutEffect).toContain("early release");
  expect(printLedger(ledger)).toMatch(/\n {2}1600 more in 4 smaller groups: [0-9 ]+ kB\n/);
});

test("the ledger as JSON", () => {
  const value = JSON.parse(JSON.stringify(ledgerValue(explainDying(everyPin("6.1")), (text) => text)));
  expect(Object.keys(value)).toEqual([
    "dying",
    "controllersTakenAway",
    "held",
    "groups",
    "memcgIds",
    "returns",
    "advice",
  ]);
  expect(value.groups[0]).toEqual({
    cgroups: 1,
    removed: true,
    stage: "pinned",
    firstPath: "/task",
    lastPath: "/task",
    youngestNs: 3 * SECOND_NS,
    oldestNs: 3 * SECOND_NS,
    pins: { "anonymous pages": 40 },
    filePages: { pages: 0, locked: 0, dirty: 0, files: 0 },
    shmemPages: { pages: 0, locked: 0, dirty: 0, files: 0 },
    swapped: { slots: 0, files: 0, tasks: 0 },
    cacheCopies: 0,
    liveObjects: {},
    tasks: [{ pid: 1008, path: "/" }],
    percpuPerCpu: 1756,
    held: { percpu: 7024, slab: 8648, pages: 163_840, swap: 0 },
  });
  expect(value.returns.actions[0]).toEqual({
    action: "reclaim of everything",
    title: "reclaim of everything, from the root",
    dyingBefore: 8,
    dyingAfter: 3,
    percpu: 0,
    percpuAreas: 35_840,
    slab: 0,
    pages: 393_216,
    swap: -372_736,
  });
  expect(value.advice.sockets).toBe("go when they are closed");
});
