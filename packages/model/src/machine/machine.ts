/**
 * One machine: the percpu allocator, the cgroup tree, tasks and deferred work on one virtual clock.
 *
 * Everything that happens is a call from outside (a system call, or `advanceTo`) or a deferred event that `advanceTo`
 * runs when it falls due. A call never lets time pass. Same profile, options and calls: same bytes.
 *
 * Source: spec/memcg-slab.md A.2; spec/percpu-kinds.md 2, 8.
 */

import { createCgroups, ROOT_CGROUP } from "../cgroup/cgroups.ts";
import { allocPercpu, createPercpu, freePercpu } from "../percpu/allocator.ts";
import { balanceWorkPending, runBalanceWork } from "../percpu/balance.ts";
import { embeddedGeometry } from "../percpu/geometry.ts";
import type { Percpu } from "../percpu/state.ts";
import type { BootAreas, KernelProfile } from "../profiles/profile.ts";
import { compileAreas } from "./area-plan.ts";
import { runCgroupEvent } from "./cgroup-release.ts";
import { createDeferredQueue, defer, dropNext, nextDueNs } from "./deferred-queue.ts";
import { FIRST_PID, type Machine, type MachineOptions, NO_TASK, PID_MAX } from "./state.ts";

/** The deferred event of the percpu allocator; those of cgroups are in cgroup-release.ts. */
const EVENT_BALANCE_WORK = 0;

/** A machine at the moment its system has booted and the experiment begins. */
export function createMachine(options: MachineOptions): Machine {
  const { profile, policy, variant } = options;
  const percpu = createPercpu({
    geometry: embeddedGeometry(options.nrCpus, options.nrNodes, profile.staticPercpuBytes),
    policy,
    nrKinds: variant.kinds,
    emptyCount: variant.emptyCount,
  });
  const plan = compileAreas(profile, options.nrNodes);
  const m: Machine = {
    options,
    profile,
    plan,
    percpu,
    cgroups: createCgroups(plan.nrAreas),
    queue: createDeferredQueue(),
    nowNs: 0,
    destroyQueueNs: 0,
    balanceQueued: 0,
    taskCgroup: new Int32Array(PID_MAX).fill(NO_TASK),
    nextPid: FIRST_PID,
    bootAreas: bootAreas(percpu, profile),
  };
  m.cgroups.memoryInSubtree[ROOT_CGROUP] = profile.rootSubtreeControl.includes("memory") ? 1 : 0;
  return m;
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
  while (nextDueNs(m.queue) <= timeNs) runNextEvent(m);
  if (timeNs > m.nowNs) m.nowNs = timeNs;
}

/** Runs the next deferred event, at its time. */
function runNextEvent(m: Machine): void {
  const q = m.queue;
  const code = q.code[0];
  const subject = q.subject[0];
  if (q.dueNs[0] > m.nowNs) m.nowNs = q.dueNs[0];
  dropNext(q);
  if (code === EVENT_BALANCE_WORK) {
    m.balanceQueued = 0;
    if (balanceWorkPending(m.percpu)) runBalanceWork(m.percpu);
  } else runCgroupEvent(m, code, subject);
  queueBalanceWork(m);
}
