/**
 * What actions bring back, each measured on a copy of the machine: act, let deferred work run for a while, look. What
 * the same while brings back without any action is told apart. The machine itself is only looked at.
 */

import {
  advanceTo,
  createMachine,
  dyingCgroups,
  dyingHolders,
  type Machine,
  type MachineSnapshot,
  PAGE_BYTES,
  percpuKb,
  restoreMachine,
  snapshotMachine,
} from "@ebb/model";
import { machineFigures } from "../experiment/machine-figures.ts";
import { RELEASING_ACTIONS, type ReleasingAction } from "./actions.ts";

/** A machine's memory at one moment: dying cgroups, kB. */
interface MemoryFigures {
  readonly nrDying: number;
  readonly percpuKb: number;
  readonly areasKb: number;
  readonly slabKb: number;
  readonly pagesKb: number;
  readonly swapKb: number;
}

/** What came back, kB: negative where more is used than before. */
interface ReturnedKb {
  readonly percpu: number;
  /** Percpu areas, whether or not the pages they lay in came back with them. */
  readonly areas: number;
  readonly slab: number;
  readonly pages: number;
  readonly swap: number;
}

/** What came back in the while that was waited. */
export interface MeasuredReturn {
  readonly nrDyingBefore: number;
  readonly nrDyingAfter: number;
  readonly returned: ReturnedKb;
}

/** An action, and what came back beyond what comes back by itself. */
interface MeasuredAction extends MeasuredReturn {
  readonly name: string;
  readonly title: string;
}

export interface Returns {
  /** Virtual time that each measurement waits, ns. */
  readonly waitNs: number;
  readonly byItself: MeasuredReturn;
  /** What returns most memory first; then what releases most cgroups. None when all is over by itself. */
  readonly actions: readonly MeasuredAction[];
  /** Actions after which nothing was different. */
  readonly withoutEffect: readonly string[];
}

/** Acts in the root cgroup and takes no memory of its own: no task has this pid. */
const OPERATOR = 0;

/** Long enough for grace periods, short enough to count as one answer. */
const WAIT_NS = 2e9;
/** SLAB's reaper takes that long until the last freed object's slab is back. */
const REAPER_WAIT_NS = 20e9;
/** More than the destroy queue runs for one cgroup on its way. */
const ITEMS_PER_CGROUP = 5;
const KB_PER_PAGE = PAGE_BYTES / 1024;
const NS_PER_SECOND = 1e9;

const NO_ACTION: ReleasingAction = { name: "", title: () => "", act: () => 0 };

/** Measures every action on a copy of `m`. */
export function measureActions(m: Machine): Returns {
  const snapshot = snapshotMachine(m);
  const copy = createMachine(m.options);
  const before = figuresOf(m);
  const waitNs = waitFor(m, before.nrDying);
  const [byItself] = measure(copy, snapshot, NO_ACTION, waitNs);
  const actions: MeasuredAction[] = [];
  const withoutEffect: string[] = [];
  // Where everything goes by itself there is nothing to do about.
  for (const action of byItself.nrDying === 0 ? [] : RELEASING_ACTIONS) {
    const [after, nrThings] = measure(copy, snapshot, action, waitNs);
    const result = difference(byItself, after);
    if (hasEffect(result)) actions.push({ name: action.name, title: action.title(nrThings), ...result });
    else withoutEffect.push(action.name);
  }
  return {
    waitNs,
    byItself: difference(before, byItself),
    actions: actions.sort((a, b) => memoryOf(b.returned) - memoryOf(a.returned) || a.nrDyingAfter - b.nrDyingAfter),
    withoutEffect,
  };
}

/** Whole seconds in which all that are dying could go: the destroy queue runs one item at a time. */
function waitFor(m: Machine, nrDying: number): number {
  const queueNs = nrDying * ITEMS_PER_CGROUP * m.options.destroyItemNs;
  const leastNs = m.profile.slabAllocator === "SLAB" ? REAPER_WAIT_NS : WAIT_NS;
  return Math.max(leastNs, Math.ceil(queueNs / NS_PER_SECOND) * NS_PER_SECOND);
}

/** Memory that is back for use; what went to swap was not given up. */
export function memoryOf({ percpu, slab, pages }: ReturnedKb): number {
  return percpu + slab + pages;
}

/** The copy as it was, the action, the while, the figures. */
function measure(
  copy: Machine,
  snapshot: MachineSnapshot,
  action: ReleasingAction,
  waitNs: number,
): readonly [after: MemoryFigures, nrThings: number] {
  restoreMachine(copy, snapshot);
  const holders = dyingHolders(copy);
  const cpu = Math.max(0, copy.cpuOnline.indexOf(1));
  copy.tasks.cpu[OPERATOR] = cpu;
  const nrThings = action.act(copy, holders, OPERATOR, cpu);
  advanceTo(copy, copy.nowNs + waitNs);
  return [figuresOf(copy), nrThings];
}

function figuresOf(m: Machine): MemoryFigures {
  return {
    nrDying: dyingCgroups(m).length,
    percpuKb: percpuKb(m.percpu),
    areasKb: Math.round((machineFigures(m).liveBytes * m.options.nrCpus) / 1024),
    slabKb: (m.caches.nrReclaimablePages + m.caches.nrUnreclaimablePages) * KB_PER_PAGE,
    pagesKb: (m.nrPagesUsed + m.nrKernelPages) * KB_PER_PAGE,
    swapKb: m.nrSwapUsed * KB_PER_PAGE,
  };
}

function difference(before: MemoryFigures, after: MemoryFigures): MeasuredReturn {
  return {
    nrDyingBefore: before.nrDying,
    nrDyingAfter: after.nrDying,
    returned: {
      percpu: before.percpuKb - after.percpuKb,
      areas: before.areasKb - after.areasKb,
      slab: before.slabKb - after.slabKb,
      pages: before.pagesKb - after.pagesKb,
      swap: before.swapKb - after.swapKb,
    },
  };
}

function hasEffect({ nrDyingBefore, nrDyingAfter, returned }: MeasuredReturn): boolean {
  return nrDyingBefore !== nrDyingAfter || Object.values(returned).some((kb) => kb !== 0);
}
