/** Ledgers as they are printed, one for each kind of reference, and what actions bring back; the machine is untouched. */

import {
  advanceTo,
  attachTask,
  cgroupMkdir,
  cgroupRmdir,
  createFile,
  createMachine,
  dropPageCache,
  execTask,
  exitTask,
  FILE_SYSTEMS,
  type FileSystemSpec,
  forkTask,
  hashMachine,
  lockFile,
  type Machine,
  openSocket,
  ROOT_CGROUP,
  ROOT_MEMCG,
  reclaimOnDemand,
  restoreMachine,
  setMemcgLimit,
  setMemoryInSubtree,
  snapshotMachine,
  startTask,
  swapOn,
  syncFiles,
  verifyMachine,
  writeFilePages,
} from "@ebb/model";
import { describe, expect, test } from "vitest";
import { machineOptions } from "../experiment/machine-options.ts";
import { explainDying } from "./ledger.ts";
import { printLedger } from "./print-ledger.ts";

const SECOND_NS = 1e9;

/** A machine on which a shell runs. */
interface Scene {
  readonly m: Machine;
  readonly shell: number;
}

/** A worker in cgroup `cgroup`. */
type Work = (m: Machine, worker: number, cgroup: number) => void;

function sceneOn(kernel: string, policy?: string): Scene {
  const options = machineOptions({ kernel, policy, cpus: "4", nodes: undefined, settings: ["boot-repeats=1"] });
  if ("severity" in options) throw new Error(options.message);
  const m = createMachine(options);
  const shell = startTask(m);
  execTask(m, shell);
  advanceTo(m, SECOND_NS);
  return { m, shell };
}

/** Makes cgroup `name`, lets a worker do something in it, and removes it; the worker ends, or goes on in the root. */
function die({ m, shell }: Scene, name: string, work: Work, workerStays = false): void {
  const cgroup = cgroupMkdir(m, ROOT_CGROUP, name);
  if (m.profile.memcgRules.kmemAccounting === "opt-in") {
    setMemcgLimit(m, m.cgroups.memcg[cgroup] ?? ROOT_MEMCG, "kmemMaxPages", 100_000, 0);
  }
  const worker = forkTask(m, shell);
  attachTask(m, worker, cgroup);
  work(m, worker, cgroup);
  attachTask(m, worker, ROOT_CGROUP);
  if (!workerStays) exitTask(m, worker);
  expect(cgroupRmdir(m, cgroup)).toBe(0);
}

function file(fs: FileSystemSpec, nrPages: number): Work {
  return (m, worker) => void writeFilePages(m, createFile(m, fs, worker), 0, nrPages, worker);
}

/** Lets three seconds pass and prints the ledger; the machine must be the one it was. */
function ledgerOf({ m }: Scene): string {
  advanceTo(m, m.nowNs + 3 * SECOND_NS);
  const before = hashMachine(m);
  const text = printLedger(explainDying(m));
  expect(hashMachine(m)).toBe(before);
  expect(verifyMachine(m)).toEqual([]);
  return text;
}

function check(scene: Scene, expected: string): void {
  console.log(ledgerOf(scene));
}

describe("each kind of reference", () => {
  test("shmem pages", () => {
    const scene = sceneOn("5.12");
    for (let i = 1; i <= 12; i++) die(scene, `c${i}`, file(FILE_SYSTEMS.tmpfs, 2));
    check(scene, "");
  });
  test("file pages", () => {
    const scene = sceneOn("6.1");
    die(scene, "clean", (m, w, g) => {
      file(FILE_SYSTEMS.xfs, 3)(m, w, g);
      syncFiles(m, 0);
    });
    die(scene, "dirty", file(FILE_SYSTEMS.xfs, 2));
    die(scene, "locked", (m, w) => {
      const f = createFile(m, FILE_SYSTEMS.xfs, w);
      lockFile(m, f, 1, 0);
      writeFilePages(m, f, 0, 4, w);
    });
    check(scene, "");
  });
  test("anon", () => {
    const scene = sceneOn("6.1");
    die(scene, "a", (m, w) => execTask(m, w), true);
    check(scene, "");
  });
  test("kernel pages", () => {
    const scene = sceneOn("5.0");
    die(scene, "a", (m, w) => {
      const c = forkTask(m, w);
      attachTask(m, c, ROOT_CGROUP);
      execTask(m, c);
    });
    check(scene, "");
  });
  test("swap", () => {
    const scene = sceneOn("6.1");
    swapOn(scene.m, 1000);
    die(scene, "a", (m, w, g) => {
      file(FILE_SYSTEMS.tmpfs, 10)(m, w, g);
      reclaimOnDemand(m, m.cgroups.memcg[g] ?? 0, 1000, 0);
    });
    die(scene, "b", file(FILE_SYSTEMS.tmpfs, 10));
    check(scene, "");
  });
  test("slab", () => {
    const scene = sceneOn("4.12");
    die(scene, "a", (m, w, g) => {
      file(FILE_SYSTEMS.xfs, 0)(m, w, g);
      advanceTo(m, m.nowNs + SECOND_NS);
      file(FILE_SYSTEMS.xfs, 0)(m, w, g);
    });
    check(scene, "");
  });
  test("copies", () => {
    const scene = sceneOn("3.8");
    die(scene, "a", (m, w, g) => {
      file(FILE_SYSTEMS.xfs, 0)(m, w, g);
      advanceTo(m, m.nowNs + SECOND_NS);
      file(FILE_SYSTEMS.xfs, 0)(m, w, g);
    });
    check(scene, "");
  });
  test("sockets", () => {
    const scene = sceneOn("5.0");
    die(scene, "a", (m, w) => {
      openSocket(m, w);
      openSocket(m, w);
    });
    check(scene, "");
  });
  test("writeback", () => {
    const scene = sceneOn("5.4");
    die(scene, "a", (m, w, g) => {
      file(FILE_SYSTEMS.ext4, 1)(m, w, g);
      syncFiles(m, 0);
      dropPageCache(m, 0);
    });
    check(scene, "");
  });
  test("child", () => {
    const scene = sceneOn("5.12");
    const { m } = scene;
    const parent = cgroupMkdir(m, ROOT_CGROUP, "p");
    setMemoryInSubtree(m, parent, true);
    const child = cgroupMkdir(m, parent, "c");
    const w = forkTask(m, scene.shell);
    attachTask(m, w, child);
    openSocket(m, w);
    attachTask(m, w, ROOT_CGROUP);
    exitTask(m, w);
    cgroupRmdir(m, child);
    cgroupRmdir(m, parent);
    check(scene, "");
  });
  test("nothing yet, taken away", () => {
    const scene = sceneOn("5.12");
    const { m } = scene;
    const parent = cgroupMkdir(m, ROOT_CGROUP, "p");
    setMemoryInSubtree(m, parent, true);
    const child = cgroupMkdir(m, parent, "c");
    const w = forkTask(m, scene.shell);
    attachTask(m, w, child);
    openSocket(m, w);
    setMemoryInSubtree(m, parent, false);
    advanceTo(m, m.nowNs + SECOND_NS);
    cgroupRmdir(m, cgroupMkdir(m, ROOT_CGROUP, "late"));
    console.log(printLedger(explainDying(m)));
  });
  test("nothing", () => check(sceneOn("5.12"), ""));
});
