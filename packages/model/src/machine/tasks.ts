/**
 * Tasks: pids and the cgroup each is in. Pids are dealt in turn and begin again behind the first 300, as Linux does.
 */

import { ROOT_CGROUP } from "../cgroup/cgroups.ts";
import { EAGAIN, EBUSY, ESRCH } from "../errno.ts";
import { type Machine, NO_TASK, PID_MAX } from "./state.ts";

const RESERVED_PIDS = 300;

/** Makes the first task of the experiment, in the root cgroup. */
export function startTask(m: Machine): number {
  return newTask(m, ROOT_CGROUP);
}

/** Makes a child of `parentPid`, in the same cgroup. Answers its pid; ESRCH; EAGAIN when no pid is free. */
export function forkTask(m: Machine, parentPid: number): number {
  const cgroup = taskCgroup(m, parentPid);
  return cgroup === NO_TASK ? ESRCH : newTask(m, cgroup);
}

function newTask(m: Machine, cgroup: number): number {
  for (let tried = 0; tried < PID_MAX; tried++) {
    const pid = m.nextPid;
    m.nextPid = pid + 1 < PID_MAX ? pid + 1 : RESERVED_PIDS;
    if (m.taskCgroup[pid] !== NO_TASK) continue;
    m.taskCgroup[pid] = cgroup;
    m.cgroups.nrTasks[cgroup]++;
    return pid;
  }
  return EAGAIN;
}

export function exitTask(m: Machine, pid: number): void {
  const cgroup = taskCgroup(m, pid);
  if (cgroup === NO_TASK) return;
  m.cgroups.nrTasks[cgroup]--;
  m.taskCgroup[pid] = NO_TASK;
}

/** Row of the cgroup `pid` is in; NO_TASK when there is no such task. */
export function taskCgroup(m: Machine, pid: number): number {
  return pid >= 1 && pid < PID_MAX ? m.taskCgroup[pid] : NO_TASK;
}

/**
 * Moves a task: a write to cgroup.procs.
 *
 * @returns 0; ESRCH; EBUSY when the target hands controllers on to its children and is not the root
 */
export function attachTask(m: Machine, pid: number, cgroup: number): number {
  const from = taskCgroup(m, pid);
  if (from === NO_TASK) return ESRCH;
  if (cgroup !== ROOT_CGROUP && m.cgroups.memoryInSubtree[cgroup] !== 0) return EBUSY;
  m.cgroups.nrTasks[from]--;
  m.cgroups.nrTasks[cgroup]++;
  m.taskCgroup[pid] = cgroup;
  return 0;
}

/** Pids of the tasks of `cgroup`, ascending. */
export function tasksOf(m: Machine, cgroup: number): number[] {
  const pids: number[] = [];
  for (let pid = 1; pid < PID_MAX && pids.length < m.cgroups.nrTasks[cgroup]; pid++) {
    if (m.taskCgroup[pid] === cgroup) pids.push(pid);
  }
  return pids;
}
