/**
 * The system calls on the cgroup tree: mkdir, rmdir and the control files' writes. Each answers 0 or a row, or a
 * negative error number as Linux does, and leaves nothing half done.
 *
 * Source: spec/memcg-slab.md A.2 (1, 3), A.4.
 */

import {
  addToAncestors,
  DYING,
  linkName,
  lookupCgroup,
  NO_AREA,
  NO_CGROUP,
  ROOT_CGROUP,
  takeCgroupRow,
  unlinkName,
} from "../cgroup/cgroups.ts";
import { EAGAIN, EBUSY, EEXIST, ENOENT } from "../errno.ts";
import { allocPercpu } from "../percpu/allocator.ts";
import { beginMemoryRelease, beginRelease } from "./cgroup-release.ts";
import { nextDueNs } from "./deferred-queue.ts";
import { advanceTo, queueBalanceWork } from "./machine.ts";
import type { Machine } from "./state.ts";

/**
 * Makes the cgroup `name` below `parent`, with all percpu areas the profile lists for it.
 *
 * @returns its row; EEXIST; EAGAIN when an ancestor's limit on descendants or depth forbids it
 */
export function cgroupMkdir(m: Machine, parent: number, name: string): number {
  const c = m.cgroups;
  if (lookupCgroup(c, parent, name) !== NO_CGROUP) return EEXIST;
  for (let up = parent, depth = 1; up !== NO_CGROUP; up = c.parent[up], depth++) {
    if (c.nrDescendants[up] >= c.maxDescendants[up] || depth > c.maxDepth[up]) return EAGAIN;
  }
  const row = takeCgroupRow(c, parent, name);
  linkName(c, parent, name, row);
  c.nrOnlineChildren[parent]++;
  c.nrChildren[parent]++;
  c.hasMemory[row] = c.memoryInSubtree[parent];
  addToAncestors(c, row, c.nrDescendants, 1);
  takeAreas(m, row);
  queueBalanceWork(m);
  return row;
}

/**
 * Takes the areas of the controllers the cgroup has and that it does not hold yet. With two kinds of chunk the accounted
 * ones come from kind 1, if there is a memcg below the root to charge.
 */
function takeAreas(m: Machine, row: number): void {
  const c = m.cgroups;
  const { plan, percpu } = m;
  const parent = c.parent[row];
  const charged = percpu.nrKinds > 1 && parent !== ROOT_CGROUP && c.hasMemory[parent] !== 0 ? 1 : 0;
  for (let i = 0; i < plan.nrAreas; i++) {
    const at = row * plan.nrAreas + i;
    if (c.areas[at] !== NO_AREA || plan.needsMemory[i] > c.hasMemory[row]) continue;
    const kind = charged * plan.accounted[i];
    c.areas[at] = allocPercpu(percpu, plan.sizeBytes[i], plan.alignBytes[i], false, kind);
  }
}

/**
 * Removes an online cgroup: the name is free at once, the rest goes its deferred way.
 *
 * @returns 0; EBUSY while it holds a task or an online child, or is the root
 */
export function cgroupRmdir(m: Machine, row: number): number {
  const c = m.cgroups;
  if (row === ROOT_CGROUP || c.nrTasks[row] > 0 || c.nrOnlineChildren[row] > 0) return EBUSY;
  c.state[row] = DYING;
  c.removedNs[row] = m.nowNs;
  unlinkName(c, c.parent[row], c.names[row]);
  c.nrOnlineChildren[c.parent[row]]--;
  addToAncestors(c, row, c.nrDescendants, -1);
  addToAncestors(c, row, c.nrDying, 1);
  beginRelease(m, row);
  return 0;
}

/**
 * Enables or disables `memory` for the children of `row`. Children that exist get a memory controller, or lose theirs
 * the deferred way; enabling waits, in virtual time, for controllers that are still on their way out.
 *
 * @returns 0; EBUSY when a non-root cgroup holds tasks, or a child still hands `memory` on; ENOENT when the controller
 *          is not available here
 */
export function setMemoryInSubtree(m: Machine, row: number, enable: boolean): number {
  const c = m.cgroups;
  if (enable && c.hasMemory[row] === 0) return ENOENT;
  if (c.memoryInSubtree[row] === (enable ? 1 : 0)) return 0;
  if (enable && row !== ROOT_CGROUP && c.nrTasks[row] > 0) return EBUSY;
  const children = [...(c.children[row]?.values() ?? [])];
  if (!enable && children.some((child) => c.memoryInSubtree[child] !== 0)) return EBUSY;
  c.memoryInSubtree[row] = enable ? 1 : 0;
  for (const child of children) {
    if (enable) {
      while (c.memoryDying[child] !== 0) advanceTo(m, nextDueNs(m.queue));
      c.hasMemory[child] = 1;
      takeAreas(m, child);
    } else {
      c.hasMemory[child] = 0;
      beginMemoryRelease(m, child);
    }
  }
  queueBalanceWork(m);
  return 0;
}

/** Limits below `row` as cgroup.max.descendants and cgroup.max.depth take them; NO_LIMIT lifts one. */
export function setCgroupLimits(m: Machine, row: number, maxDescendants: number, maxDepth: number): void {
  m.cgroups.maxDescendants[row] = maxDescendants;
  m.cgroups.maxDepth[row] = maxDepth;
}
