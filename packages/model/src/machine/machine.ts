/**
 * One machine: the percpu allocator, the cgroup tree, memory cgroups and what is charged to them, slab caches object by
 * object, tasks and deferred work on one virtual clock.
 *
 * Everything that happens is a call from outside (a system call, or `advanceTo`) or a deferred event that `advanceTo`
 * runs when it falls due. A call never lets time pass. Same profile, options and calls: same bytes.
 *
 * Source: spec/memcg-slab.md A.2; spec/percpu-kinds.md 2, 8.
 */

import { createCgroups, NO_CGROUP, ROOT_CGROUP } from "../cgroup/cgroups.ts";
import { FILE_SHAPE } from "../memcg/files.ts";
import { createMemcgs, NO_MEMCG, ROOT_MEMCG } from "../memcg/memcgs.ts";
import { createObjcgs } from "../memcg/objcgs.ts";
import { createOpenFiles } from "../memcg/open-files.ts";
import { createPageIndex } from "../memcg/page-index.ts";
import { PAGE_SHAPE } from "../memcg/pages.ts";
import { createWritebacks } from "../memcg/writebacks.ts";
import { openMemcgStats } from "../memcg-stats/lifetime.ts";
import { createMemcgStats } from "../memcg-stats/state.ts";
import { allocPercpu, createPercpu, freePercpu } from "../percpu/allocator.ts";
import { balanceWorkPending, runBalanceWork } from "../percpu/balance.ts";
import { PAGE_BYTES } from "../percpu/constants.ts";
import { embeddedGeometry } from "../percpu/geometry.ts";
import type { Percpu } from "../percpu/state.ts";
import { percpuKb } from "../percpu/statistics.ts";
import type { BootAreas, KernelProfile } from "../profiles/profile.ts";
import { takeBootObjects, warmCaches } from "../slab/boot-objects.ts";
import { createCaches } from "../slab/caches.ts";
import { runCopyEvent } from "../slab/copies.ts";
import { runDeadCache } from "../slab/dead-caches.ts";
import { runReaper, startReapers } from "../slab/reaper.ts";
import { slabEventsOf } from "../slab/slab-pages.ts";
import { createTable } from "../table.ts";
import { compilePlan, objectsPerRow } from "./cgroup-plan.ts";
import { runCgroupEvent } from "./cgroup-release.ts";
import { createDeferredQueue, defer, dropNext, nextDueNs } from "./deferred-queue.ts";
import { createDentries } from "./dentries.ts";
import { EVENT_BALANCE_WORK, EVENT_DEAD_CACHE, EVENT_SLAB_REAP } from "./events.ts";
import { runMemcgEvent } from "./memcg-release.ts";
import { createSockets } from "./sockets.ts";
import { type Machine, type MachineOptions, nodeAmong } from "./state.ts";
import { createTasks, FIRST_PID } from "./task-table.ts";

/** A machine at the moment its system has booted and the experiment begins. */
export function createMachine(options: MachineOptions): Machine {
  const { profile, policy, variant, nrCpus, nrNodes } = options;
  const percpu = createPercpu({
    geometry: embeddedGeometry(nrCpus, nrNodes, profile.staticPercpuBytes, profile.reservedPercpuBytes),
    policy,
    nrKinds: variant.kinds,
    emptyCount: variant.emptyCount,
  });
  const plan = compilePlan(profile, nrNodes);
  const lists = objectLists(profile);
  const { forkList, execList, openList, seqFileList, writeBufferList } = lists;
  const nodeOfCpu = Int32Array.from({ length: nrCpus }, (_, cpu) => nodeAmong(options, cpu));
  const m: Machine = {
    options,
    profile,
    plan,
    percpu,
    cgroups: createCgroups(plan.nrAreas, objectsPerRow(plan, "rest")),
    memcgs: createMemcgs(plan.nrAreas, objectsPerRow(plan, "memcg"), nrNodes),
    stats: createMemcgStats({
      nrCpus,
      nrNodes,
      machinery: profile.memcgRules.statistics,
      batchPages: Math.max(profile.memcgRules.statBatchPages, 1),
      faults: options.faults,
    }),
    pages: createTable(PAGE_SHAPE),
    pageIndex: createPageIndex(),
    files: createTable(FILE_SHAPE),
    openFiles: createOpenFiles(openList.length + seqFileList.length + writeBufferList.length),
    writebacks: createWritebacks(),
    caches: createCaches({ profile, nrCpus, nrNodes, nodeOfCpu, events: slabEventsOf(() => m) }),
    objcgs: createObjcgs(nrCpus, nrNodes, plan.objcgObjects.length),
    dentries: createDentries(),
    sockets: createSockets(),
    tasks: createTasks(forkList.length, execList.length),
    ...lists,
    queue: createDeferredQueue(),
    nowNs: 0,
    destroyQueueNs: 0,
    copyQueueNs: 0,
    balanceQueued: 0,
    nextPid: FIRST_PID,
    nextCpu: 0,
    cpuBusyNs: new Float64Array(nrCpus),
    cpuWorked: new Int32Array(nrCpus),
    cpuOnline: new Int32Array(nrCpus).fill(1),
    stockMemcg: new Int32Array(nrCpus).fill(NO_MEMCG),
    stockPages: new Int32Array(nrCpus),
    nrPagesUsed: 0,
    nrKernelPages: 0,
    nrSwapPages: 0,
    nrSwapUsed: 0,
    v1Root: NO_CGROUP,
    statsFlushedNs: 0,
    bootAreas: bootAreas(percpu, profile),
    bootPercpuPages: (percpuKb(percpu) * 1024) / PAGE_BYTES,
    callListener: undefined,
  };
  if (profile.cachesAreWarm) warmCaches(m, new Set([...forkList, ...execList, ...openList]));
  takeBootObjects(m);
  startReapers(m);
  openMemcgStats(m.stats, ROOT_MEMCG, NO_MEMCG);
  m.cgroups.memoryInSubtree[ROOT_CGROUP] = profile.rootSubtreeControl.includes("memory") ? 1 : 0;
  return m;
}

/** The cache of each object that tasks and open files take, one word each. */
function objectLists({ caches, task }: KernelProfile) {
  const indexes = (objects: readonly (readonly [cache: string, count: number])[]) =>
    Int32Array.from(
      objects.flatMap(([name, count]) =>
        new Array<number>(count).fill(caches.findIndex((cache) => cache.name === name)),
      ),
    );
  return {
    forkList: indexes(task.forkObjects),
    execList: indexes(task.execObjects),
    openList: indexes(task.openObjects),
    seqFileList: indexes(task.seqFileObjects),
    writeBufferList: indexes(task.writeBufferObjects),
  };
}

/** Takes what a boot takes; the balance work runs as soon as it is asked for. Answers how many areas live on. */
function bootAreas(percpu: Percpu, profile: KernelProfile): number {
  const { repeats } = profile.bootAreas;
  let nrLive = 0;
  for (let round = 0; round < repeats; round++) nrLive += bootRound(percpu, profile.bootAreas);
  return nrLive;
}

/** Takes the pattern once, and frees on the way what does not outlive the boot. */
function bootRound(percpu: Percpu, { pattern, freed = [] }: BootAreas): number {
  const areas: number[] = [];
  let nrFreed = 0;
  for (const [sizeBytes, alignBytes, count] of pattern) {
    for (let i = 0; i < count; i++) {
      areas.push(allocPercpu(percpu, sizeBytes, alignBytes, false, 0));
      if (balanceWorkPending(percpu)) runBalanceWork(percpu);
      while (nrFreed < freed.length && freed[nrFreed][0] === areas.length) {
        freePercpu(percpu, areas[freed[nrFreed][1]]);
        if (balanceWorkPending(percpu)) runBalanceWork(percpu);
        nrFreed++;
      }
    }
  }
  return areas.length - nrFreed;
}

/** Puts the percpu balance work into the queue if it is asked for and not there yet. Call after percpu requests. */
export function queueBalanceWork(m: Machine): void {
  if (m.balanceQueued !== 0 || !balanceWorkPending(m.percpu)) return;
  m.balanceQueued = 1;
  defer(m.queue, m.nowNs + m.options.balanceDelayNs, EVENT_BALANCE_WORK, 0);
}

/** Lets virtual time pass until `timeNs`; what falls due on the way runs, in its order. */
export function advanceTo(m: Machine, timeNs: number): void {
  queueBalanceWork(m);
  while (nextDueNs(m.queue) <= timeNs) runNextEvent(m);
  if (timeNs > m.nowNs) m.nowNs = timeNs;
}

/** Runs the next deferred event, at its time; time passes as far as it must. */
export function runNextEvent(m: Machine): void {
  const q = m.queue;
  const code = q.code[0];
  const subject = q.subject[0];
  if (q.dueNs[0] > m.nowNs) m.nowNs = q.dueNs[0];
  dropNext(q);
  if (code === EVENT_BALANCE_WORK) {
    m.balanceQueued = 0;
    if (balanceWorkPending(m.percpu)) runBalanceWork(m.percpu);
  } else if (code === EVENT_SLAB_REAP) runReaper(m, subject);
  else if (code === EVENT_DEAD_CACHE) runDeadCache(m, subject);
  else if (!runCgroupEvent(m, code, subject) && !runMemcgEvent(m, code, subject)) runCopyEvent(m, code, subject);
  queueBalanceWork(m);
}
