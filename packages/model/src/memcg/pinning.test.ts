/**
 * What pins a dying memcg, and for how long: every era with every pin, on one and two nodes, under both slab allocators.
 * The expected answers are the table of spec/memcg-slab.md A.3, written out here by hand; F.5 names the matrix.
 */

import { testMachine } from "@ebb/testkit";
import { expect, test } from "vitest";
import {
  advanceTo,
  attachTask,
  cgroupMkdir,
  cgroupRmdir,
  closeSocket,
  createFile,
  deleteFile,
  dropInodes,
  dropPageCache,
  execTask,
  exitTask,
  type FileSystemSpec,
  forkTask,
  lockFile,
  type Machine,
  openSocket,
  ROOT_CGROUP,
  ROOT_MEMCG,
  reclaimOnDemand,
  setMemcgLimit,
  startTask,
  swapOff,
  swapOn,
  syncFiles,
  verifyMachine,
  writeFilePages,
} from "../index.ts";
import { FILE_SYSTEMS } from "../profiles/tasks.ts";

const NODES = [1, 2] as const;
const ALLOCATORS = ["SLAB", "SLUB"] as const;
const ERAS = [
  "3.8",
  "4.12",
  "4.12+early-release",
  "5.0",
  "5.0+early-release",
  "5.4",
  "5.12",
  "6.1",
  "6.1+early-release",
  "7.1",
] as const;
const PINS = ["none", "file page", "mlocked page", "dentry", "swap", "socket", "kernel stack", "writeback"] as const;

type Era = (typeof ERAS)[number];
type Pin = (typeof PINS)[number];

/** Released although the pin is still there? By era, in the order of PINS. */
const RELEASED: Readonly<Record<Era, string>> = {
  "3.8": "y y y n n n n y",
  "4.12": "y n n n n n n n",
  "4.12+early-release": "y n n n n n n n",
  "5.0": "y n n n n n n n",
  "5.0+early-release": "y n n n n n n n",
  "5.4": "y n n y n n n n",
  "5.12": "y n n y n n n n",
  "6.1": "y n n y n n y y",
  "6.1+early-release": "y n n y n n y y",
  "7.1": "y y y y n n y y",
};

const SECOND_NS = 1e9;

interface Scene {
  readonly m: Machine;
  readonly shell: number;
  readonly memcg: number;
  /** Lets the pin go. */
  readonly unpin: () => void;
}

function machineOf(era: Era, nrNodes: number, slabAllocator: "SLAB" | "SLUB"): Machine {
  const [kernel = "", memcgPolicy = "keep-stats"] = era.split("+");
  return testMachine(kernel, { nrNodes, memcgPolicy, profile: { slabAllocator } });
}

/** A cgroup with the pin in it, its tasks moved out, removed, and ten seconds gone by. */
function sceneOf(m: Machine, pin: Pin): Scene {
  const shell = startTask(m);
  execTask(m, shell);
  const cgroup = cgroupMkdir(m, ROOT_CGROUP, "g");
  const memcg = m.cgroups.memcg[cgroup] ?? ROOT_MEMCG;
  if (m.profile.memcgRules.kmemAccounting === "opt-in" && (pin === "dentry" || pin === "kernel stack")) {
    setMemcgLimit(m, memcg, "kmemMaxPages", 100000, 0);
  }
  const worker = forkTask(m, shell);
  attachTask(m, worker, cgroup);
  const unpin = applyPin(m, pin, worker, shell, cgroup);
  attachTask(m, worker, ROOT_CGROUP);
  if (pin === "kernel stack") execTask(m, worker);
  else exitTask(m, worker);
  expect(cgroupRmdir(m, cgroup)).toBe(0);
  advanceTo(m, m.nowNs + 10 * SECOND_NS);
  return { m, shell, memcg, unpin };
}

function applyPin(m: Machine, pin: Pin, worker: number, shell: number, cgroup: number): () => void {
  const wait = () => advanceTo(m, m.nowNs + SECOND_NS);
  const file = (fs: FileSystemSpec) => createFile(m, fs, worker);
  switch (pin) {
    case "none":
      return () => undefined;
    case "file page": {
      const row = file(FILE_SYSTEMS.xfs);
      writeFilePages(m, row, 0, 1, worker);
      return () => {
        syncFiles(m, 0);
        dropPageCache(m, 0);
      };
    }
    case "mlocked page": {
      const row = file(FILE_SYSTEMS.xfs);
      writeFilePages(m, row, 0, 1, worker);
      syncFiles(m, 0);
      lockFile(m, row, 1, 0);
      return () => {
        lockFile(m, row, -1, 0);
        dropPageCache(m, 0);
      };
    }
    case "dentry": {
      // The first object of a type comes from the root cache and asks for the copy that the second one comes from.
      file(FILE_SYSTEMS.xfs);
      wait();
      file(FILE_SYSTEMS.xfs);
      return () => dropInodes(m, 0);
    }
    case "swap": {
      const row = file(FILE_SYSTEMS.tmpfs);
      swapOn(m, 1000);
      writeFilePages(m, row, 0, 10, worker);
      reclaimOnDemand(m, m.cgroups.memcg[cgroup] ?? ROOT_MEMCG, 1000, 0);
      expect(m.nrSwapUsed).toBeGreaterThan(0);
      return () => {
        swapOff(m, shell);
        deleteFile(m, row, 0);
      };
    }
    case "socket": {
      const socket = openSocket(m, worker);
      return () => closeSocket(m, socket);
    }
    case "kernel stack": {
      const child = forkTask(m, worker);
      attachTask(m, child, ROOT_CGROUP);
      // Its own memory apart from the stack: charged where it is now.
      execTask(m, child);
      return () => {
        exitTask(m, child);
        exitTask(m, worker);
      };
    }
    case "writeback": {
      const row = file(FILE_SYSTEMS.ext4);
      writeFilePages(m, row, 0, 1, worker);
      syncFiles(m, 0);
      dropPageCache(m, 0);
      return () => deleteFile(m, row, 0);
    }
  }
}

const CELLS = ERAS.flatMap((era) =>
  NODES.flatMap((nodes) =>
    ALLOCATORS.flatMap((allocator) =>
      PINS.map((pin, i) => [era, nodes, allocator, pin, RELEASED[era].split(" ")[i] === "y"] as const),
    ),
  ),
);

/** Bytes per CPU of all areas that live. */
function liveBytes(m: Machine): number {
  let bytes = 0;
  for (let i = 0; i < m.plan.nrAreas; i++) bytes += heldBytes(m, i);
  return bytes;
}

function heldBytes(m: Machine, area: number): number {
  let bytes = 0;
  for (let row = 0; row < m.memcgs.nrRows; row++) {
    if (m.memcgs.state[row] !== 0 && (m.memcgs.areas[row * m.plan.nrAreas + area] ?? -1) !== -1) {
      bytes += m.plan.sizeBytes[area] ?? 0;
    }
  }
  return bytes;
}

/** What the profile says a pinned memcg keeps: areas freed with the css, less what early release gave back. */
function keptBytes(m: Machine): number {
  return m.plan.specs
    .filter((spec) => spec.controller === "memory" && spec.freedBy === "css")
    .filter((spec) => !(m.options.memcgPolicy.releasesStatsEarly && spec.earlyRelease))
    .reduce((sum, spec) => sum + spec.sizeBytes, 0);
}

test.each(CELLS)("%s, %d node(s), %s, pinned by %s: released %s", (era, nodes, allocator, pin, released) => {
  const scene = sceneOf(machineOf(era, nodes, allocator), pin);
  const { m } = scene;
  expect(verifyMachine(m)).toEqual([]);
  expect(m.cgroups.nrDying[ROOT_CGROUP]).toBe(released ? 0 : 1);
  expect(liveBytes(m)).toBe(released ? 0 : keptBytes(m));
  scene.unpin();
  // SLAB's reaper takes its time with a freed dentry: at most 12 s for the array, 4 s for the node, 2 s to begin.
  advanceTo(m, m.nowNs + (pin === "dentry" && allocator === "SLAB" ? 20 : 1) * SECOND_NS);
  expect(verifyMachine(m)).toEqual([]);
  // SLUB keeps the empty slab, and nothing but a shrink takes it: mail 003's subject.
  const isStuck = m.profile.memcgRules.kernelObjects === "copy-pins" && pin === "dentry" && allocator === "SLUB";
  expect(m.cgroups.nrDying[ROOT_CGROUP]).toBe(isStuck ? 1 : 0);
});
