/**
 * Tasks: pids, the cgroup each is in, the CPU it runs on. Pids are dealt in turn and begin again behind the first 300,
 * as Linux does. A new task goes to the next CPU that is online and that it may run on; it stays there, unless the
 * profile says that a work item pushes it on.
 */

import { ROOT_CGROUP } from "../cgroup/cgroups.ts";
import { memcgOf } from "../cgroup/membership.ts";
import { EAGAIN, EBUSY, EINVAL, ESRCH } from "../errno.ts";
import { ROOT_MEMCG } from "../memcg/memcgs.ts";
import { BOOT_CPU } from "./boot-cpu.ts";
import type { Machine } from "./state.ts";
import { dropTaskMemory, takeForkMemory, takeProgramMemory } from "./task-memory.ts";
import { NO_TASK, PID_MAX } from "./task-table.ts";

const RESERVED_PIDS = 300;

/** Makes the first task of the experiment, in the root cgroup on CPU 0. */
export function startTask(m: Machine): number {
  return newTask(m, ROOT_CGROUP, m.v1Root, NO_TASK);
}

/** Makes a child of `parentPid`, in the same cgroup. Answers its pid; ESRCH; EAGAIN when no pid is free. */
export function forkTask(m: Machine, parentPid: number): number {
  const cgroup = taskCgroup(m, parentPid);
  return cgroup === NO_TASK ? ESRCH : newTask(m, cgroup, m.tasks.v1Cgroup[parentPid], parentPid);
}

function newTask(m: Machine, cgroup: number, v1Cgroup: number, parentPid: number): number {
  for (let tried = 0; tried < PID_MAX; tried++) {
    const pid = m.nextPid;
    m.nextPid = pid + 1 < PID_MAX ? pid + 1 : RESERVED_PIDS;
    if (m.tasks.cgroup[pid] !== NO_TASK) continue;
    m.tasks.cgroup[pid] = cgroup;
    m.tasks.v1Cgroup[pid] = v1Cgroup;
    m.tasks.cpuFrom[pid] = parentPid === NO_TASK ? 0 : m.tasks.cpuFrom[parentPid];
    m.tasks.cpuEnd[pid] = parentPid === NO_TASK ? m.options.nrCpus : m.tasks.cpuEnd[parentPid];
    m.tasks.cpu[pid] = takeCpu(m, pid);
    m.cgroups.nrTasks[cgroup]++;
    if (v1Cgroup !== NO_TASK) m.cgroups.nrTasks[v1Cgroup]++;
    takeForkMemory(m, pid, parentPid);
    return pid;
  }
  return EAGAIN;
}

/** The next CPU in turn that is online and that the task may run on; the boot CPU when there is none. */
function takeCpu(m: Machine, pid: number): number {
  const { cpuFrom, cpuEnd } = m.tasks;
  const nrCpus = cpuEnd[pid] - cpuFrom[pid];
  let cpu = m.nextCpu;
  for (let tried = 0; tried < nrCpus; tried++) {
    if (cpu < cpuFrom[pid] || cpu >= cpuEnd[pid]) cpu = cpuFrom[pid];
    if (m.cpuOnline[cpu] !== 0) {
      m.nextCpu = cpu + 1 < m.options.nrCpus ? cpu + 1 : 0;
      return cpu;
    }
    cpu++;
  }
  return BOOT_CPU;
}

/**
 * Lets the task run on CPUs `[from, end)` alone, from now on.
 *
 * @returns 0; ESRCH; EINVAL when none of them is online
 */
export function setTaskCpus(m: Machine, pid: number, from: number, end: number): number {
  if (taskCgroup(m, pid) === NO_TASK) return ESRCH;
  const last = Math.min(end, m.options.nrCpus);
  if (!m.cpuOnline.subarray(from, last).includes(1)) return EINVAL;
  const { tasks } = m;
  tasks.cpuFrom[pid] = from;
  tasks.cpuEnd[pid] = last;
  if (tasks.cpu[pid] < from || tasks.cpu[pid] >= last) tasks.cpu[pid] = takeCpu(m, pid);
  return 0;
}

/** The task comes back from a system call: where work items push tasks on, it goes to another CPU if one has run. */
export function returnFromCall(m: Machine, pid: number): void {
  const cpu = m.tasks.cpu[pid];
  if (!m.profile.workMovesTasks || m.cpuWorked[cpu] === 0 || taskCgroup(m, pid) === NO_TASK) return;
  m.cpuWorked[cpu] = 0;
  m.tasks.cpu[pid] = takeCpu(m, pid);
}

/** Task `pid` starts a program: what it had of memory is replaced, and no work item runs on its CPU until it is done. */
export function execTask(m: Machine, pid: number): void {
  if (taskCgroup(m, pid) === NO_TASK) return;
  takeProgramMemory(m, pid);
  m.cpuBusyNs[m.tasks.cpu[pid]] = m.nowNs + m.options.execNs;
}

export function exitTask(m: Machine, pid: number): void {
  const cgroup = taskCgroup(m, pid);
  if (cgroup === NO_TASK) return;
  dropTaskMemory(m, pid);
  m.cgroups.nrTasks[cgroup]--;
  const v1Cgroup = m.tasks.v1Cgroup[pid];
  if (v1Cgroup !== NO_TASK) m.cgroups.nrTasks[v1Cgroup]--;
  m.tasks.cgroup[pid] = NO_TASK;
  m.tasks.v1Cgroup[pid] = NO_TASK;
}

/** Row of the cgroup `pid` is in; NO_TASK when there is no such task. */
export function taskCgroup(m: Machine, pid: number): number {
  return pid >= 1 && pid < PID_MAX ? m.tasks.cgroup[pid] : NO_TASK;
}

/** Memcg that what the task asks for is charged to; the root for no task. */
export function memcgOfTask(m: Machine, pid: number): number {
  if (taskCgroup(m, pid) === NO_TASK) return ROOT_MEMCG;
  return memcgOf(m.cgroups, m.v1Root === NO_TASK ? m.tasks.cgroup[pid] : m.tasks.v1Cgroup[pid]);
}

/**
 * Moves a task: a write to cgroup.procs. What is charged stays where it is.
 *
 * @returns 0; ESRCH; EBUSY when the target hands controllers on to its children and is not the root of v2
 */
export function attachTask(m: Machine, pid: number, cgroup: number): number {
  const { cgroups } = m;
  if (taskCgroup(m, pid) === NO_TASK) return ESRCH;
  const isV1 = cgroups.isV1[cgroup] !== 0;
  if (!isV1 && cgroup !== ROOT_CGROUP && cgroups.memoryInSubtree[cgroup] !== 0) return EBUSY;
  const column = isV1 ? m.tasks.v1Cgroup : m.tasks.cgroup;
  cgroups.nrTasks[column[pid]]--;
  cgroups.nrTasks[cgroup]++;
  column[pid] = cgroup;
  return 0;
}

/** Pids of the tasks of `cgroup`, ascending. */
export function tasksOf(m: Machine, cgroup: number): number[] {
  const column = m.cgroups.isV1[cgroup] !== 0 ? m.tasks.v1Cgroup : m.tasks.cgroup;
  const pids: number[] = [];
  for (let pid = 1; pid < PID_MAX && pids.length < m.cgroups.nrTasks[cgroup]; pid++) {
    if (column[pid] === cgroup) pids.push(pid);
  }
  return pids;
}
