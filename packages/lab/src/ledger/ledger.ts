/**
 * The ledger of dying cgroups: how many there are, what pins them, what they hold, and what would bring it back.
 *
 *   machine --> dying cgroups, alike ones as one group --> totals, memcg ids
 *          \--> a copy of it --> by itself; action by action --> what came back
 *
 * "Alike" means: equally far, the same references by kind and count, the same bytes. The machine is only looked at.
 *
 * Source: spec/memcg-slab.md A.3, G.
 */

import {
  cgroupPath,
  type DyingCgroup,
  type DyingStage,
  dyingCgroups,
  MAX_MEMCG_ID,
  type Machine,
  NO_CGROUP,
  ONLINE_MEMCG,
  PAGE_BYTES,
  ROOT_CGROUP,
  ROOT_MEMCG,
} from "@ebb/model";
import { measureActions, type Returns } from "./measure.ts";

/** What a dying cgroup, a group of alike ones, or all of them hold, bytes. */
export interface HeldBytes {
  /** On all possible CPUs. */
  readonly percpu: number;
  readonly slab: number;
  /** Pages of files and tasks in memory, and kernel stacks and page tables that pin. */
  readonly pages: number;
  readonly swap: number;
}

/** Pages of files of one kind on one dying cgroup. */
export interface FileCounts {
  readonly nrPages: number;
  readonly nrLocked: number;
  readonly nrDirty: number;
  readonly nrFiles: number;
}

/** A task that holds pages of dying cgroups, and the cgroup it is in now. */
interface HoldingTask {
  readonly pid: number;
  readonly path: string;
}

/** Alike dying cgroups. All counts are those of one of them. */
export interface DyingGroup {
  readonly nrCgroups: number;
  /** False: cgroups that are online, whose memory controller was taken away. */
  readonly isRemoved: boolean;
  readonly stage: DyingStage;
  /** Paths of the first and the last of them, names in the order of their numbers. */
  readonly firstPath: string;
  readonly lastPath: string;
  /** Since rmdir, ns of virtual time; undefined where there was none. */
  readonly youngestNs: number | undefined;
  readonly oldestNs: number | undefined;
  /** References by kind, indexes as PIN_NAMES. */
  readonly pins: readonly number[];
  readonly file: FileCounts;
  readonly shmem: FileCounts;
  readonly nrAnonTasks: number;
  readonly nrKernelTasks: number;
  readonly swapped: { readonly nrPages: number; readonly nrFiles: number; readonly nrTasks: number };
  readonly nrCopies: number;
  /** Live objects in its cache copies, by cache. */
  readonly liveObjects: readonly (readonly [cache: string, count: number])[];
  readonly percpuBytesPerCpu: number;
  readonly held: HeldBytes;
  /** Tasks with pages of any of them, by pid. */
  readonly tasks: readonly HoldingTask[];
}

/** Who has the machine's memcg ids. */
export interface MemcgIds {
  readonly nrLeft: number;
  /** The root's among them. */
  readonly nrTaken: number;
  readonly nrOnline: number;
  readonly nrDying: number;
}

/** @public What `explainDying` answers. */
export interface Ledger {
  /** Removed cgroups that are not released. */
  readonly nrDying: number;
  /** Online cgroups whose memory controller was taken away and is not freed. */
  readonly nrTakenAway: number;
  readonly nrCpus: number;
  readonly held: HeldBytes;
  /** What holds most first. */
  readonly groups: readonly DyingGroup[];
  readonly ids: MemcgIds;
  /** Undefined when nothing is dying. */
  readonly returns: Returns | undefined;
}

/** The ledger of the machine as it is now. */
export function explainDying(m: Machine): Ledger {
  const dying = dyingCgroups(m);
  const groups = groupAlike(m, dying);
  const nrTakenAway = dying.filter(({ isRemoved }) => !isRemoved).length;
  return {
    nrDying: dying.length - nrTakenAway,
    nrTakenAway,
    nrCpus: m.options.nrCpus,
    held: groups.map(({ held, nrCgroups }) => times(held, nrCgroups)).reduce(plus, NOTHING_HELD),
    groups,
    ids: idsOf(m, dying),
    returns: dying.length === 0 ? undefined : measureActions(m),
  };
}

const NOTHING_HELD: HeldBytes = { percpu: 0, slab: 0, pages: 0, swap: 0 };

function plus(a: HeldBytes, b: HeldBytes): HeldBytes {
  return { percpu: a.percpu + b.percpu, slab: a.slab + b.slab, pages: a.pages + b.pages, swap: a.swap + b.swap };
}

function times(one: HeldBytes, n: number): HeldBytes {
  return { percpu: one.percpu * n, slab: one.slab * n, pages: one.pages * n, swap: one.swap * n };
}

function groupAlike(m: Machine, dying: readonly DyingCgroup[]): readonly DyingGroup[] {
  const byLikeness = new Map<string, DyingCgroup[]>();
  for (const one of dying) {
    const likeness = JSON.stringify(figuresOf(m, one));
    const alike = byLikeness.get(likeness);
    if (alike === undefined) byLikeness.set(likeness, [one]);
    else alike.push(one);
  }
  return [...byLikeness.values()]
    .map((alike) => groupOf(m, alike))
    .sort((a, b) => memoryOf(b) - memoryOf(a) || comparePaths(a.firstPath, b.firstPath));
}

function memoryOf({ held, nrCgroups }: DyingGroup): number {
  return (held.percpu + held.slab + held.pages) * nrCgroups;
}

/** What alike cgroups have in common. */
function figuresOf(m: Machine, one: DyingCgroup) {
  const { isRemoved, stage, anon, filePages, shmemPages, kernelPages, swap } = one;
  const nrPages = anon.nrPages + filePages.nrPages + shmemPages.nrPages + pinningKernelPages(m, one);
  return {
    isRemoved,
    stage,
    pins: Array.from(one.pins),
    file: fileCounts(filePages),
    shmem: fileCounts(shmemPages),
    nrAnonTasks: anon.pids.size,
    nrKernelTasks: kernelPages.pids.size,
    swapped: { nrPages: swap.nrPages, nrFiles: swap.files.size, nrTasks: swap.pids.size },
    nrCopies: one.nrCopies,
    liveObjects: [...one.liveObjects].sort(([a], [b]) => (a < b ? -1 : 1)),
    percpuBytesPerCpu: one.percpuBytesPerCpu,
    held: {
      percpu: one.percpuBytesPerCpu * m.options.nrCpus,
      slab: one.slabBytes,
      pages: nrPages * PAGE_BYTES,
      swap: swap.nrPages * PAGE_BYTES,
    },
  };
}

/** Kernel pages follow an object to the parent once the memcg is offline, in later kernels: then they hold nothing. */
function pinningKernelPages(m: Machine, one: DyingCgroup): number {
  return m.profile.memcgRules.kernelPages === "pin" ? one.kernelPages.nrPages : 0;
}

function fileCounts(held: DyingCgroup["filePages"]): FileCounts {
  return { nrPages: held.nrPages, nrLocked: held.nrLocked, nrDirty: held.nrDirty, nrFiles: held.files.size };
}

function groupOf(m: Machine, alike: readonly DyingCgroup[]): DyingGroup {
  const paths = alike.map(({ path }) => path).sort(comparePaths);
  const ages = alike.flatMap(({ ageNs }) => (ageNs === undefined ? [] : [ageNs])).sort((a, b) => a - b);
  const pids = new Set(
    alike.flatMap(({ anon, kernelPages, swap }) => [...anon.pids, ...kernelPages.pids, ...swap.pids]),
  );
  const [first] = alike;
  if (first === undefined) throw new Error("a group has a member");
  return {
    nrCgroups: alike.length,
    ...figuresOf(m, first),
    firstPath: paths[0] ?? "",
    lastPath: paths.at(-1) ?? "",
    youngestNs: ages[0],
    oldestNs: ages.at(-1),
    tasks: [...pids].sort((a, b) => a - b).map((pid) => ({ pid, path: taskPath(m, pid) })),
  };
}

/** Where the task is now, in the hierarchy that memory is on. */
function taskPath(m: Machine, pid: number): string {
  const column = m.v1Root === NO_CGROUP ? m.tasks.cgroup : m.tasks.v1Cgroup;
  return cgroupPath(m.cgroups, column[pid] ?? ROOT_CGROUP);
}

/** Text by text, runs of digits as numbers: 9 stands before 10. */
function comparePaths(a: string, b: string): number {
  const [left, right] = [a.split(/([0-9]+)/), b.split(/([0-9]+)/)];
  for (const [i, one] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    if (one === other) continue;
    const difference = i % 2 === 1 ? Number(one) - Number(other) : 0;
    return difference !== 0 ? difference : one < other ? -1 : 1;
  }
  return left.length - right.length;
}

function idsOf(m: Machine, dying: readonly DyingCgroup[]): MemcgIds {
  const { memcgs } = m;
  let nrOnline = 0;
  for (let memcg = 0; memcg < memcgs.nrRows; memcg++) {
    if (memcg !== ROOT_MEMCG && memcgs.state[memcg] === ONLINE_MEMCG) nrOnline++;
  }
  const nrDying = dying.reduce((sum, { nrIds }) => sum + nrIds, 0);
  return { nrLeft: MAX_MEMCG_ID - memcgs.nrIds, nrTaken: memcgs.nrIds, nrOnline, nrDying };
}
