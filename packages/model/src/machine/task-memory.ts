/**
 * What a task takes of memory from fork to exit: kernel stack, page tables, anonymous pages, kernel objects. How much is
 * an input of the profile; whom it is charged to follows from the cgroup the task is in at the moment it is touched.
 *
 * Source: spec/memcg-slab.md A.2 (2), A.3, D.6.
 */

import { chargePages } from "../memcg/charge.ts";
import { PIN_KERNEL_PAGE, ROOT_MEMCG } from "../memcg/memcgs.ts";
import { addPage, removePage } from "../memcg/page-life.ts";
import { ANON_PAGE, NO_PAGE_ROW } from "../memcg/pages.ts";
import { addUsage, dropPins, takePins } from "../memcg/references.ts";
import { NR_KERNEL_STACK_KB, NR_PAGETABLE } from "../memcg-stats/items.ts";
import { modLruvecStat } from "../memcg-stats/update.ts";
import { PAGE_BYTES } from "../percpu/constants.ts";
import { allocObject, freeObjects } from "../slab/objects.ts";
import { type Machine, nodeOfCpu } from "./state.ts";
import { NO_TASK, PID_MAX } from "./task-table.ts";
import { memcgOfTask } from "./tasks.ts";

const KB_PER_PAGE = PAGE_BYTES / 1024;

/** A new task: its stack and objects, charged where its parent is; both write to some of the pages they share. */
export function takeForkMemory(m: Machine, pid: number, parentPid: number): void {
  const { task } = m.profile;
  m.tasks.hasProgram[pid] = 0;
  takeObjects(m, pid, m.forkList, m.tasks.forkObjects);
  chargeKernelPages(m, pid);
  if (parentPid === NO_TASK) return;
  rewriteAnonPages(m, parentPid, task.forkCopiedPages);
  addAnonPages(m, pid, task.forkCopiedPages);
}

/** A program starts in the task: its own pages and objects take the place of what the fork left. */
export function takeProgramMemory(m: Machine, pid: number): void {
  dropAnonPages(m, pid);
  if (m.tasks.hasProgram[pid] !== 0) dropObjects(m, pid, m.execList, m.tasks.execObjects);
  m.tasks.hasProgram[pid] = 1;
  takeObjects(m, pid, m.execList, m.tasks.execObjects);
  addAnonPages(m, pid, m.profile.task.execAnonPages);
}

export function dropTaskMemory(m: Machine, pid: number): void {
  dropAnonPages(m, pid);
  if (m.tasks.hasProgram[pid] !== 0) dropObjects(m, pid, m.execList, m.tasks.execObjects);
  dropObjects(m, pid, m.forkList, m.tasks.forkObjects);
  uncharge(m, pid);
}

function takeObjects(m: Machine, pid: number, list: Int32Array, objects: Int32Array): void {
  const memcg = memcgOfTask(m, pid);
  const cpu = m.tasks.cpu[pid];
  const base = pid * list.length;
  for (let i = 0; i < list.length; i++) objects[base + i] = allocObject(m, list[i], memcg, cpu);
}

function dropObjects(m: Machine, pid: number, list: Int32Array, objects: Int32Array): void {
  freeObjects(m, objects, pid * list.length, (pid + 1) * list.length, m.tasks.cpu[pid]);
}

function addAnonPages(m: Machine, pid: number, nrPages: number): void {
  if (nrPages === 0) return;
  const memcg = memcgOfTask(m, pid);
  const cpu = m.tasks.cpu[pid];
  chargePages(m, memcg, nrPages, cpu, true);
  addPage(m, ANON_PAGE, memcg, pid, 0, nrPages, cpu);
}

function dropAnonPages(m: Machine, pid: number): void {
  const { firstPage, cpu } = m.tasks;
  while (firstPage[pid] !== NO_PAGE_ROW) removePage(m, firstPage[pid], cpu[pid]);
}

/** What was copied on write at the fork before is replaced: the new copies are charged to where the task is now. */
function rewriteAnonPages(m: Machine, pid: number, nrPages: number): void {
  const first = m.tasks.firstPage[pid];
  const copied = first === NO_PAGE_ROW ? NO_PAGE_ROW : m.pages.nextInHolder[first];
  if (copied !== NO_PAGE_ROW) removePage(m, copied, m.tasks.cpu[pid]);
  addAnonPages(m, pid, nrPages);
}

/** Kernel stack and page tables. They pin their memcg, or are owned through an object that can move to its parent. */
function chargeKernelPages(m: Machine, pid: number): void {
  const { task, memcgRules } = m.profile;
  const own = memcgOfTask(m, pid);
  const memcg = m.memcgs.kmemActive[own] !== 0 ? own : ROOT_MEMCG;
  const cpu = m.tasks.cpu[pid];
  const nrPages = task.stackPages + task.pageTablePages;
  m.tasks.stackOwner[pid] = memcg;
  m.tasks.nrKernelPages[pid] = nrPages;
  countKernelPages(m, memcg, nrPages, cpu, 1);
  if (memcg === ROOT_MEMCG) return;
  chargePages(m, memcg, nrPages, cpu, true);
  addUsage(m.memcgs, "kmemPages", memcg, nrPages);
  if (memcgRules.kernelPages === "pin") takePins(m, memcg, PIN_KERNEL_PAGE, nrPages);
  else m.memcgs.ownedKernelPages[memcg] += nrPages;
}

function uncharge(m: Machine, pid: number): void {
  const memcg = m.tasks.stackOwner[pid];
  const nrPages = m.tasks.nrKernelPages[pid];
  countKernelPages(m, memcg, nrPages, m.tasks.cpu[pid], -1);
  m.tasks.nrKernelPages[pid] = 0;
  if (memcg === ROOT_MEMCG) return;
  addUsage(m.memcgs, "usagePages", memcg, -nrPages);
  addUsage(m.memcgs, "kmemPages", memcg, -nrPages);
  if (m.profile.memcgRules.kernelPages === "pin") dropPins(m, memcg, PIN_KERNEL_PAGE, nrPages);
  else m.memcgs.ownedKernelPages[memcg] -= nrPages;
}

function countKernelPages(m: Machine, memcg: number, nrPages: number, cpu: number, sign: number): void {
  const { stackPages } = m.profile.task;
  const node = nodeOfCpu(m, cpu);
  m.nrKernelPages += sign * nrPages;
  modLruvecStat(m.stats, memcg, node, NR_KERNEL_STACK_KB, sign * stackPages * KB_PER_PAGE, cpu);
  modLruvecStat(m.stats, memcg, node, NR_PAGETABLE, sign * (nrPages - stackPages), cpu);
}

/** The memcg goes offline: kernel pages that an object owns follow the object to `to`. */
export function moveKernelPages(m: Machine, memcg: number, to: number): void {
  if (m.memcgs.ownedKernelPages[memcg] === 0) return;
  for (let pid = 1; pid < PID_MAX; pid++) {
    const nrPages = m.tasks.nrKernelPages[pid];
    if (m.tasks.cgroup[pid] === NO_TASK || nrPages === 0 || m.tasks.stackOwner[pid] !== memcg) continue;
    const cpu = m.tasks.cpu[pid];
    countKernelPages(m, memcg, nrPages, cpu, -1);
    countKernelPages(m, to, nrPages, cpu, 1);
    m.tasks.stackOwner[pid] = to;
    for (const counter of ["usagePages", "kmemPages"] as const) {
      addUsage(m.memcgs, counter, memcg, -nrPages);
      addUsage(m.memcgs, counter, to, nrPages);
    }
    m.memcgs.ownedKernelPages[memcg] -= nrPages;
    if (to !== ROOT_MEMCG) m.memcgs.ownedKernelPages[to] += nrPages;
  }
}
