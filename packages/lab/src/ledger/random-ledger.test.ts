/** Ledgers of machines with random histories: they add up, change nothing, and all actions together leave nothing dying. */

import {
  advanceTo,
  createMachine,
  dyingCgroups,
  dyingHolders,
  FILE_SYSTEMS,
  hashMachine,
  KERNEL_PROFILES,
  type Machine,
  OFFLINE_MEMCG,
  restoreMachine,
  snapshotMachine,
  verifyMachine,
} from "@ebb/model";
import { MachineRun, Random } from "@ebb/testkit";
import { expect, test } from "vitest";
import { machineOptions } from "../experiment/machine-options.ts";
import { RELEASING_ACTIONS } from "./actions.ts";
import { explainDying } from "./ledger.ts";
import { printLedger } from "./print-ledger.ts";

const MAX_STEPS = 3000;
/** By seed: odd ones are v2, where tasks seldom come into a cgroup that has a memcg. */
const NR_PINNED = new Map([
  [11, 1],
  [12, 3],
]);
const DISKS = [FILE_SYSTEMS.tmpfs, FILE_SYSTEMS.ext4, FILE_SYSTEMS.xfs] as const;
const CASES = KERNEL_PROFILES.flatMap(({ name }) => [...NR_PINNED.keys()].map((seed) => [name, seed] as const));

/** A machine in the middle of its history, at a moment at which some cgroups are pinned if there is one. */
function machineOf(kernel: string, seed: number): Machine {
  const settings = ["boot-repeats=1"];
  const options = machineOptions({ kernel, policy: undefined, cpus: "4", nodes: "2", settings });
  if ("severity" in options) throw new Error(options.message);
  const run = new MachineRun(createMachine(options), new Random(seed), DISKS, seed % 2 === 0);
  for (let i = 0; i < MAX_STEPS && nrPinned(run.machine) < (NR_PINNED.get(seed) ?? 0); i++) run.step();
  return run.machine;
}

function nrPinned(m: Machine): number {
  let nr = 0;
  for (let memcg = 1; memcg < m.memcgs.nrRows; memcg++) if (m.memcgs.state[memcg] === OFFLINE_MEMCG) nr++;
  return nr;
}

/** References on the dying memcgs, counted memcg by memcg. */
function nrDyingReferences(m: Machine): number {
  const { memcgs } = m;
  let nrRefs = 0;
  for (let memcg = 1; memcg < memcgs.nrRows; memcg++) {
    if ((memcgs.state[memcg] ?? 0) > 1) nrRefs += memcgs.nrRefs[memcg] ?? 0;
  }
  return nrRefs;
}

test.each(CASES)("%s, seed %d", (kernel, seed) => {
  const m = machineOf(kernel, seed);
  const hash = hashMachine(m);
  const ledger = explainDying(m);
  expect(hashMachine(m)).toBe(hash);
  expect(
    Math.max(
      ...printLedger(ledger)
        .split("\n")
        .map(({ length }) => length),
    ),
  ).toBeLessThanOrEqual(100);
  const dying = dyingCgroups(m);
  expect(ledger.groups.reduce((sum, { nrCgroups }) => sum + nrCgroups, 0)).toBe(dying.length);
  expect(dying.flatMap(({ pins }) => [...pins]).reduce((sum, n) => sum + n, 0)).toBe(nrDyingReferences(m));
  expect(ledger.ids.nrTaken).toBe(1 + ledger.ids.nrOnline + ledger.ids.nrDying);
  const snapshot = snapshotMachine(m);
  for (const { name, act } of RELEASING_ACTIONS) {
    act(m, dyingHolders(m), 0, m.cpuOnline.indexOf(1));
    advanceTo(m, m.nowNs + 2e9);
    expect(verifyMachine(m), name).toEqual([]);
    if (name === "all of these" && kernel !== "3.8")
      expect(printLedger(explainDying(m))).toMatch(/^no cgroup is dying/);
    restoreMachine(m, snapshot);
    expect(hashMachine(m), name).toBe(hash);
  }
});
