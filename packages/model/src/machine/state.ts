/**
 * The state of one machine: its parts, its clock, its tasks. Calls on it: machine.ts, cgroup-calls.ts, tasks.ts.
 */

import type { Cgroups } from "../cgroup/cgroups.ts";
import type { PercpuPolicy } from "../percpu/policy.ts";
import type { Percpu } from "../percpu/state.ts";
import type { KernelProfile, PercpuVariant } from "../profiles/profile.ts";
import type { CgroupAreaPlan } from "./area-plan.ts";
import type { DeferredQueue } from "./deferred-queue.ts";

export const NO_TASK = -1;
/** Pid of the first process after boot. */
export const FIRST_PID = 1000;
/** One past the largest pid: the kernel's default. */
export const PID_MAX = 32768;

export interface MachineOptions {
  readonly profile: KernelProfile;
  readonly policy: PercpuPolicy;
  readonly nrCpus: number;
  readonly nrNodes: number;
  readonly variant: PercpuVariant;
  readonly gracePeriodNs: number;
  readonly destroyItemNs: number;
  readonly balanceDelayNs: number;
  readonly execNs: number;
}

export interface Machine {
  readonly options: MachineOptions;
  readonly profile: KernelProfile;
  readonly plan: CgroupAreaPlan;
  readonly percpu: Percpu;
  readonly cgroups: Cgroups;
  readonly queue: DeferredQueue;
  /** Virtual time since boot, ns. */
  nowNs: number;
  /** When the last item of the cgroup destroy queue will have run. */
  destroyQueueNs: number;
  /** 1 while the balance work waits in the queue. */
  balanceQueued: number;
  /** Cgroup of each task by pid; NO_TASK where there is none. */
  taskCgroup: Int32Array;
  nextPid: number;
  /** Areas that live since boot and belong to no cgroup. */
  readonly bootAreas: number;
}

/** End of the first whole grace period after now. */
export function gracePeriodEndNs(m: Machine): number {
  const gp = m.options.gracePeriodNs;
  return (Math.floor(m.nowNs / gp) + 2) * gp;
}
