/**
 * The state of one machine: its parts, its clock, its tasks. Calls on it: machine.ts, cgroup-calls.ts, tasks.ts, and
 * memcg/ for what is charged.
 */

import type { Cgroups } from "../cgroup/cgroups.ts";
import type { Files } from "../memcg/files.ts";
import type { Memcgs } from "../memcg/memcgs.ts";
import type { Objcgs } from "../memcg/objcgs.ts";
import type { OpenFiles } from "../memcg/open-files.ts";
import type { PageIndex } from "../memcg/page-index.ts";
import type { Pages } from "../memcg/pages.ts";
import type { MemcgPolicy } from "../memcg/policies.ts";
import type { Writebacks } from "../memcg/writebacks.ts";
import type { MemcgStats, StatsFault } from "../memcg-stats/state.ts";
import type { PercpuPolicy } from "../percpu/policy.ts";
import type { Percpu } from "../percpu/state.ts";
import type { KernelProfile, PercpuVariant } from "../profiles/profile.ts";
import type { Caches } from "../slab/caches.ts";
import type { ArrayCachePolicy, DeadCachePolicy, SlabFault } from "../slab/policies.ts";
import type { CgroupPlan } from "./cgroup-plan.ts";
import type { DeferredQueue } from "./deferred-queue.ts";
import type { Dentries } from "./dentries.ts";
import type { Sockets } from "./sockets.ts";
import type { Tasks } from "./task-table.ts";

export interface MachineOptions {
  readonly profile: KernelProfile;
  readonly policy: PercpuPolicy;
  readonly memcgPolicy: MemcgPolicy;
  /** Defects of posted or merged code that are switched on; none in ordinary use. */
  readonly faults: ReadonlySet<StatsFault>;
  readonly slabFaults: ReadonlySet<SlabFault>;
  readonly arrayCachePolicy: ArrayCachePolicy;
  readonly deadCachePolicy: DeadCachePolicy;
  readonly nrCpus: number;
  readonly nrNodes: number;
  readonly variant: PercpuVariant;
  readonly gracePeriodNs: number;
  readonly destroyItemNs: number;
  readonly balanceDelayNs: number;
  readonly execNs: number;
}

/** Told of each call from outside, for whoever wants to make the same calls again. */
export interface CallListener {
  /** The call with this number and these arguments begins. */
  begins(code: number, args: readonly CallArgument[]): void;
  /** It is over. */
  ended(): void;
}

export type CallArgument = number | string | boolean;

export interface Machine {
  readonly options: MachineOptions;
  readonly profile: KernelProfile;
  readonly plan: CgroupPlan;
  readonly percpu: Percpu;
  readonly cgroups: Cgroups;
  readonly memcgs: Memcgs;
  readonly stats: MemcgStats;
  readonly pages: Pages;
  /** Derived: the pages of files by number. */
  readonly pageIndex: PageIndex;
  readonly files: Files;
  readonly openFiles: OpenFiles;
  readonly writebacks: Writebacks;
  readonly caches: Caches;
  readonly objcgs: Objcgs;
  readonly dentries: Dentries;
  readonly sockets: Sockets;
  readonly tasks: Tasks;
  /**
   * Derived: cache of each object that is taken at fork; at exec; at open; at open of a text the kernel makes; by the
   * buffer of a program that writes.
   */
  readonly forkList: Int32Array;
  readonly execList: Int32Array;
  readonly openList: Int32Array;
  readonly seqFileList: Int32Array;
  readonly writeBufferList: Int32Array;
  readonly queue: DeferredQueue;
  /** Virtual time since boot, ns. */
  nowNs: number;
  /** When the last item of the cgroup destroy queue will have run. */
  destroyQueueNs: number;
  /** When the last copy of a cache that was asked for will have been made: one at a time, under slab_mutex. */
  copyQueueNs: number;
  /** 1 while the balance work waits in the queue. */
  balanceQueued: number;
  nextPid: number;
  /** CPU the next new task goes to. */
  nextCpu: number;
  /** By CPU: until when a program that starts there lets nobody else run, ns; 1 when a work item has run since. */
  readonly cpuBusyNs: Float64Array;
  readonly cpuWorked: Int32Array;
  /** 1 for CPUs that are online. */
  readonly cpuOnline: Int32Array;
  /** Charged pages each CPU keeps, and for which memcg (NO_MEMCG: none). */
  readonly stockMemcg: Int32Array;
  readonly stockPages: Int32Array;
  /** Pages of files and tasks in memory, and of kernel stacks and page tables. */
  nrPagesUsed: number;
  nrKernelPages: number;
  nrSwapPages: number;
  nrSwapUsed: number;
  /** Pages of percpu memory when the experiment began. */
  readonly bootPercpuPages: number;
  /** Root of the v1 memory hierarchy; NO_CGROUP while memory is on v2. */
  v1Root: number;
  /** When the statistics were last flushed as a whole (rstat), ns. */
  statsFlushedNs: number;
  /** Areas that live since boot and belong to no cgroup. */
  readonly bootAreas: number;
  /** Not part of the state. Whoever calls tells it: the model's own functions do not. */
  callListener: CallListener | undefined;
}

/** End of the first whole grace period after now. */
export function gracePeriodEndNs(m: Machine): number {
  const gp = m.options.gracePeriodNs;
  return (Math.floor(m.nowNs / gp) + 2) * gp;
}

/** Node of a CPU: CPUs are dealt out evenly, node by node. */
export function nodeOfCpu(m: Machine, cpu: number): number {
  return nodeAmong(m.options, cpu);
}

/** `nodeOfCpu` before there is a machine. */
export function nodeAmong(o: Pick<MachineOptions, "nrCpus" | "nrNodes">, cpu: number): number {
  return Math.floor((cpu * o.nrNodes) / o.nrCpus);
}
