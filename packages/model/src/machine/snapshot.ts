/**
 * A machine as a value: copied out, copied back, folded to a hash. Snapshots are taken between two calls; they restore
 * into a machine made from the same options.
 */

import { type CgroupsSnapshot, foldCgroups, restoreCgroups, snapshotCgroups } from "../cgroup/cgroups.ts";
import { foldText, foldTotal, foldWord, hashDigits, newHash } from "../hash.ts";
import { hashPercpu, type PercpuSnapshot, restorePercpu, snapshotPercpu } from "../percpu/snapshot.ts";
import { type DeferredQueueSnapshot, foldQueue, restoreQueue, snapshotQueue } from "./deferred-queue.ts";
import type { Machine } from "./state.ts";

/** @public What `snapshotMachine` returns. */
export interface MachineSnapshot {
  readonly percpu: PercpuSnapshot;
  readonly cgroups: CgroupsSnapshot;
  readonly queue: DeferredQueueSnapshot;
  readonly nowNs: number;
  readonly destroyQueueNs: number;
  readonly balanceQueued: number;
  readonly nextPid: number;
  readonly taskCgroup: Int32Array;
}

export function snapshotMachine(m: Machine): MachineSnapshot {
  return {
    percpu: snapshotPercpu(m.percpu),
    cgroups: snapshotCgroups(m.cgroups),
    queue: snapshotQueue(m.queue),
    nowNs: m.nowNs,
    destroyQueueNs: m.destroyQueueNs,
    balanceQueued: m.balanceQueued,
    nextPid: m.nextPid,
    taskCgroup: m.taskCgroup.slice(),
  };
}

/** @pre `m` was made with the options of the machine the snapshot is from */
export function restoreMachine(m: Machine, s: MachineSnapshot): void {
  restorePercpu(m.percpu, s.percpu);
  restoreCgroups(m.cgroups, s.cgroups);
  restoreQueue(m.queue, s.queue);
  m.nowNs = s.nowNs;
  m.destroyQueueNs = s.destroyQueueNs;
  m.balanceQueued = s.balanceQueued;
  m.nextPid = s.nextPid;
  m.taskCgroup.set(s.taskCgroup);
}

/** Sixteen hexadecimal digits that stand for the whole state of the machine. */
export function hashMachine(m: Machine): string {
  const hash = newHash();
  foldText(hash, hashPercpu(m.percpu));
  foldCgroups(
    m.cgroups,
    (value) => foldTotal(hash, value),
    (text) => foldText(hash, text),
  );
  foldQueue(m.queue, (value) => foldTotal(hash, value));
  for (const total of [m.nowNs, m.destroyQueueNs, m.balanceQueued, m.nextPid]) foldTotal(hash, total);
  for (const cgroup of m.taskCgroup) foldWord(hash, cgroup);
  return hashDigits(hash);
}
