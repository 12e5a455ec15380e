/** Tasks as columns by pid. */

import { NO_ROW } from "../table.ts";

export const NO_TASK = -1;
/** Pid of the first process after boot. */
export const FIRST_PID = 1000;
/** One past the largest pid: the kernel's default. */
export const PID_MAX = 32768;

/** Per-task columns that snapshots and hashes cover. */
export const TASK_FIELDS = [
  "cgroup",
  "v1Cgroup",
  "cpu",
  "cpuFrom",
  "cpuEnd",
  "stackOwner",
  "nrKernelPages",
  "firstPage",
  "lastPage",
  "hasProgram",
  "forkObjects",
  "execObjects",
] as const;

export interface Tasks {
  /** Cgroup of each task by pid, in the v2 tree and in the v1 memory tree; NO_TASK where there is none. */
  readonly cgroup: Int32Array;
  readonly v1Cgroup: Int32Array;
  readonly cpu: Int32Array;
  /** CPUs it may run on, half open. */
  readonly cpuFrom: Int32Array;
  readonly cpuEnd: Int32Array;
  /** Memcg that kernel stack and page tables are charged to, and how many pages they are. */
  readonly stackOwner: Int32Array;
  readonly nrKernelPages: Int32Array;
  /** Chain of anonymous pages. */
  readonly firstPage: Int32Array;
  readonly lastPage: Int32Array;
  /** 1 once the task has started a program of its own. */
  readonly hasProgram: Int32Array;
  /** Its slab objects: one word for each entry of the profile's lists. */
  readonly forkObjects: Int32Array;
  readonly execObjects: Int32Array;
}

export function createTasks(nrForkObjects: number, nrExecObjects: number): Tasks {
  return {
    cgroup: new Int32Array(PID_MAX).fill(NO_TASK),
    v1Cgroup: new Int32Array(PID_MAX).fill(NO_TASK),
    cpu: new Int32Array(PID_MAX),
    cpuFrom: new Int32Array(PID_MAX),
    cpuEnd: new Int32Array(PID_MAX),
    stackOwner: new Int32Array(PID_MAX),
    nrKernelPages: new Int32Array(PID_MAX),
    firstPage: new Int32Array(PID_MAX).fill(NO_ROW),
    lastPage: new Int32Array(PID_MAX).fill(NO_ROW),
    hasProgram: new Int32Array(PID_MAX),
    forkObjects: new Int32Array(PID_MAX * nrForkObjects),
    execObjects: new Int32Array(PID_MAX * nrExecObjects),
  };
}
