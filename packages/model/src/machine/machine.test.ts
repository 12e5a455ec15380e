/** The machine as a whole: answers, release, snapshots, and random histories with every derived field recomputed. */

import { testMachine } from "@ebb/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  advanceTo,
  attachTask,
  cgroupMkdir,
  cgroupPath,
  cgroupRmdir,
  childNames,
  EAGAIN,
  EBUSY,
  EEXIST,
  ENOENT,
  ESRCH,
  exitTask,
  forEachChunk,
  forkTask,
  hashMachine,
  kernelProfile,
  lookupCgroup,
  type Machine,
  NO_CGROUP,
  NR_CUR_ALLOC,
  openSocket,
  PAGE_BYTES,
  PERCPU_POLICIES,
  ROOT_CGROUP,
  restoreMachine,
  setCgroupLimits,
  setMemoryInSubtree,
  snapshotMachine,
  startTask,
  verifyMachine,
} from "../index.ts";
import { nextDueNs } from "./deferred-queue.ts";

const LONG_NS = 10e9;

function machine(policy = "vanilla"): Machine {
  const known = kernelProfile("5.12");
  return testMachine("5.12", {
    policy,
    profile: { bootAreas: { pattern: known?.bootAreas.pattern ?? [], repeats: 2 } },
  });
}

describe("answers", () => {
  test("mkdir twice, rmdir of a parent, rmdir of the root", () => {
    const m = machine();
    const a = cgroupMkdir(m, ROOT_CGROUP, "a");
    expect(cgroupMkdir(m, ROOT_CGROUP, "a")).toBe(EEXIST);
    const b = cgroupMkdir(m, a, "b");
    expect(cgroupPath(m.cgroups, b)).toBe("/a/b");
    expect(cgroupRmdir(m, a)).toBe(EBUSY);
    expect(cgroupRmdir(m, ROOT_CGROUP)).toBe(EBUSY);
    expect(cgroupRmdir(m, b)).toBe(0);
    expect(cgroupRmdir(m, a)).toBe(0);
  });

  test("limits on descendants and depth", () => {
    const m = machine();
    const a = cgroupMkdir(m, ROOT_CGROUP, "a");
    setCgroupLimits(m, a, 1, 1);
    const b = cgroupMkdir(m, a, "b");
    expect(cgroupMkdir(m, a, "c")).toBe(EAGAIN);
    expect(cgroupMkdir(m, b, "d")).toBe(EAGAIN);
  });

  test("tasks keep a cgroup, and move", () => {
    const m = machine();
    const a = cgroupMkdir(m, ROOT_CGROUP, "a");
    const pid = startTask(m);
    expect(attachTask(m, pid, a)).toBe(0);
    const child = forkTask(m, pid);
    expect(cgroupRmdir(m, a)).toBe(EBUSY);
    expect(attachTask(m, 31000, a)).toBe(ESRCH);
    exitTask(m, child);
    expect(attachTask(m, pid, ROOT_CGROUP)).toBe(0);
    expect(cgroupRmdir(m, a)).toBe(0);
  });

  test("the memory controller is handed down one level at a time", () => {
    const m = machine();
    const a = cgroupMkdir(m, ROOT_CGROUP, "a");
    const b = cgroupMkdir(m, a, "b");
    expect(setMemoryInSubtree(m, b, true)).toBe(ENOENT);
    expect(setMemoryInSubtree(m, a, true)).toBe(0);
    expect(setMemoryInSubtree(m, b, true)).toBe(0);
    expect(setMemoryInSubtree(m, a, false)).toBe(EBUSY);
    expect(setMemoryInSubtree(m, b, false)).toBe(0);
    const before = m.percpu.globals[NR_CUR_ALLOC] ?? 0;
    expect(setMemoryInSubtree(m, a, false)).toBe(0);
    advanceTo(m, m.nowNs + LONG_NS);
    expect((m.percpu.globals[NR_CUR_ALLOC] ?? 0) < before).toBe(true);
    expect(verifyMachine(m)).toEqual([]);
  });
});

describe("release", () => {
  test("a removed cgroup is dying for a while, then gone with all its areas", () => {
    const m = machine();
    const before = m.percpu.globals[NR_CUR_ALLOC];
    const a = cgroupMkdir(m, ROOT_CGROUP, "a");
    cgroupRmdir(m, a);
    expect(m.cgroups.nrDying[ROOT_CGROUP]).toBe(1);
    expect(lookupCgroup(m.cgroups, ROOT_CGROUP, "a")).toBe(NO_CGROUP);
    expect(verifyMachine(m)).toEqual([]);
    advanceTo(m, m.nowNs + LONG_NS);
    expect(m.cgroups.nrDying[ROOT_CGROUP]).toBe(0);
    expect(m.percpu.globals[NR_CUR_ALLOC]).toBe(before);
    expect(m.queue.length).toBe(0);
  });

  test("a parent is freed after its children", () => {
    const m = machine();
    const a = cgroupMkdir(m, ROOT_CGROUP, "a");
    const b = cgroupMkdir(m, a, "b");
    cgroupRmdir(m, b);
    cgroupRmdir(m, a);
    advanceTo(m, m.nowNs + LONG_NS);
    expect(verifyMachine(m)).toEqual([]);
    expect(m.cgroups.nrDescendants[ROOT_CGROUP]).toBe(0);
  });
});

type Step =
  | { readonly kind: "mkdir"; readonly under: number; readonly name: number }
  | { readonly kind: "rmdir"; readonly which: number }
  | { readonly kind: "memory"; readonly which: number; readonly enable: boolean }
  | { readonly kind: "fork"; readonly which: number }
  | { readonly kind: "exit"; readonly which: number }
  | { readonly kind: "attach"; readonly pid: number; readonly which: number }
  | { readonly kind: "wait"; readonly ms: number };

const index = fc.nat({ max: 30 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("mkdir" as const), under: index, name: fc.nat({ max: 9 }) }),
  fc.record({ kind: fc.constant("mkdir" as const), under: index, name: fc.nat({ max: 9 }) }),
  fc.record({ kind: fc.constant("rmdir" as const), which: index }),
  fc.record({ kind: fc.constant("memory" as const), which: index, enable: fc.boolean() }),
  fc.record({ kind: fc.constant("fork" as const), which: index }),
  fc.record({ kind: fc.constant("exit" as const), which: index }),
  fc.record({ kind: fc.constant("attach" as const), pid: index, which: index }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.nat({ max: 120 }) }),
);

/** Online cgroups in the order of a walk from the root. */
function onlineCgroups(m: Machine): number[] {
  const rows = [ROOT_CGROUP];
  for (const row of rows) {
    for (const name of childNames(m.cgroups, row)) rows.push(lookupCgroup(m.cgroups, row, name));
  }
  return rows;
}

function pick<T>(items: readonly T[], at: number): T {
  const item = items[at % items.length];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}

function take(m: Machine, pids: number[], s: Step): void {
  if (s.kind === "mkdir") cgroupMkdir(m, pick(onlineCgroups(m), s.under), `g${s.name}`);
  else if (s.kind === "rmdir") cgroupRmdir(m, pick(onlineCgroups(m), s.which));
  else if (s.kind === "memory") setMemoryInSubtree(m, pick(onlineCgroups(m), s.which), s.enable);
  else if (s.kind === "fork") pids.push(forkTask(m, pick(pids, s.which)));
  else if (s.kind === "exit" && pids.length > 1) exitTask(m, pids.splice(s.which % pids.length, 1)[0] ?? 0);
  else if (s.kind === "attach") attachTask(m, pick(pids, s.pid), pick(onlineCgroups(m), s.which));
  else if (s.kind === "wait") advanceTo(m, m.nowNs + s.ms * 1e6);
}

describe("random histories", () => {
  test.each(PERCPU_POLICIES.map((policy) => policy.name))("%s: sound after every step", (policyName) => {
    const check = (steps: readonly Step[]) => {
      const m = machine(policyName);
      const pids = [startTask(m)];
      for (const s of steps) {
        take(m, pids, s);
        expect(verifyMachine(m)).toEqual([]);
      }
    };
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), check), { numRuns: 15 });
  });

  test("a snapshot taken on the way resumes to the same bytes", () => {
    const check = (before: readonly Step[], after: readonly Step[]) => {
      const m = machine("upstream");
      const pids = [startTask(m)];
      for (const s of before) take(m, pids, s);
      const snapshot = snapshotMachine(m);
      const pidsThen = [...pids];
      const end = (pidsNow: number[]) => {
        for (const s of after) take(m, pidsNow, s);
        advanceTo(m, m.nowNs + LONG_NS);
        return hashMachine(m);
      };
      const first = end(pids);
      restoreMachine(m, snapshot);
      expect(verifyMachine(m)).toEqual([]);
      expect(end(pidsThen)).toBe(first);
    };
    const steps = fc.array(step, { maxLength: 30 });
    fc.assert(fc.property(steps, steps, check), { numRuns: 25 });
  });
});

describe("early release", () => {
  // spec/memcg-slab.md C.5 (3, 8): the allocator's bytes in use fall by vm stats and nodes x lruvec, nothing else moves.
  test.each([1, 2])("gives back the statistics of a pinned memcg on %d node(s), and only them", (nrNodes) => {
    const m = testMachine("5.0", { memcgPolicy: "early-release", nrNodes });
    const pid = startTask(m);
    const g = cgroupMkdir(m, ROOT_CGROUP, "g");
    attachTask(m, pid, g);
    openSocket(m, pid);
    attachTask(m, pid, ROOT_CGROUP);
    const memcg = m.cgroups.memcg[g] ?? 0;
    cgroupRmdir(m, g);
    const steps: number[] = [];
    for (let bytes = bytesInUse(m); m.queue.length > 0; bytes = bytesInUse(m)) {
      advanceTo(m, nextDueNs(m.queue));
      expect(verifyMachine(m)).toEqual([]);
      if (bytesInUse(m) !== bytes) steps.push(bytes - bytesInUse(m));
    }
    const perfEvent = 8 + 16;
    expect(steps.sort((a, b) => a - b)).toEqual([perfEvent, 952 + nrNodes * 240]);
    expect([m.cgroups.nrDying[ROOT_CGROUP], m.memcgs.nrRefs[memcg], m.memcgs.statsLive[memcg]]).toEqual([1, 1, 0]);
  });
});

/** Bytes of live areas in one unit. */
function bytesInUse(m: Machine): number {
  let bytes = 0;
  forEachChunk(m.percpu, true, (chunk) => {
    const hiddenBytes = (m.percpu.startOffBytes[chunk] ?? 0) + (m.percpu.endOffBytes[chunk] ?? 0);
    bytes += (m.percpu.nrPages[chunk] ?? 0) * PAGE_BYTES - hiddenBytes - (m.percpu.freeBytes[chunk] ?? 0);
  });
  return bytes;
}
