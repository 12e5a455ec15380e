/**
 * The ledger as JSON, sizes in bytes; the key set is stable within a format number, a value that does not exist is null.
 *
 *     ebb-why/1  format, script, kernel, release, policy, cpus, nodes, status, virtualNs, findings[], ledger
 *
 *     the ledger dying, controllersTakenAway, held, groups[] of cgroups, removed, stage, firstPath, lastPath, youngestNs,
 *                oldestNs, pins {name: count}, filePages, shmemPages, swapped, cacheCopies, liveObjects {cache: count},
 *                tasks[] of pid, path; percpuPerCpu, held; memcgIds {left, taken, online, dying}, returns, advice {pin: text}
 *     held       percpu, slab, pages, swap; in a group those of one cgroup
 *     returns    waitNs, byItself, actions[] with action and title, withoutEffect[]; each of dyingBefore, dyingAfter and
 *                what came back: percpu, percpuAreas, slab, pages, swap; null when nothing is dying
 */

import { PIN_NAMES } from "@ebb/model";
import { adviceFor } from "./advice.ts";
import type { DyingGroup, FileCounts, Ledger } from "./ledger.ts";
import type { MeasuredReturn, Returns } from "./measure.ts";

const KB = 1024;

/**
 * The ledger as a value for JSON.
 *
 * @param text decodes byte strings: names of cgroups
 */
export function ledgerValue(ledger: Ledger, text: (bytes: string) => string): object {
  const { ids, returns } = ledger;
  return {
    dying: ledger.nrDying,
    controllersTakenAway: ledger.nrTakenAway,
    held: ledger.held,
    groups: ledger.groups.map((group) => groupValue(group, text)),
    memcgIds: { left: ids.nrLeft, taken: ids.nrTaken, online: ids.nrOnline, dying: ids.nrDying },
    returns: returns === undefined ? null : returnsValue(returns),
    advice: Object.fromEntries(adviceFor(ledger.groups)),
  };
}

function groupValue(group: DyingGroup, text: (bytes: string) => string): object {
  const { swapped } = group;
  const pins = group.pins.flatMap((n, kind) => (n === 0 ? [] : [[PIN_NAMES[kind] ?? "", n] as const]));
  return {
    cgroups: group.nrCgroups,
    removed: group.isRemoved,
    stage: group.stage,
    firstPath: text(group.firstPath),
    lastPath: text(group.lastPath),
    youngestNs: group.youngestNs ?? null,
    oldestNs: group.oldestNs ?? null,
    pins: Object.fromEntries(pins),
    filePages: fileValue(group.file),
    shmemPages: fileValue(group.shmem),
    swapped: { slots: swapped.nrPages, files: swapped.nrFiles, tasks: swapped.nrTasks },
    cacheCopies: group.nrCopies,
    liveObjects: Object.fromEntries(group.liveObjects),
    tasks: group.tasks.map(({ pid, path }) => ({ pid, path: text(path) })),
    percpuPerCpu: group.percpuBytesPerCpu,
    held: group.held,
  };
}

function fileValue({ nrPages, nrLocked, nrDirty, nrFiles }: FileCounts): object {
  return { pages: nrPages, locked: nrLocked, dirty: nrDirty, files: nrFiles };
}

function returnsValue({ waitNs, byItself, actions, withoutEffect }: Returns): object {
  return {
    waitNs,
    byItself: returnValue(byItself),
    actions: actions.map((action) => ({ action: action.name, title: action.title, ...returnValue(action) })),
    withoutEffect,
  };
}

function returnValue({ nrDyingBefore, nrDyingAfter, returned }: MeasuredReturn): object {
  const { percpu, areas, slab, pages, swap } = returned;
  return {
    dyingBefore: nrDyingBefore,
    dyingAfter: nrDyingAfter,
    percpu: percpu * KB,
    percpuAreas: areas * KB,
    slab: slab * KB,
    pages: pages * KB,
    swap: swap * KB,
  };
}
