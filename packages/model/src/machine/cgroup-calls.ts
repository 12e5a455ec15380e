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
  NO_CGROUP,
  ROOT_CGROUP,
  takeCgroupRow,
  unlinkName,
} from "../cgroup/cgroups.ts";
import { EAGAIN, EBUSY, EEXIST, ENOENT, ENOMEM, ENOSPC } from "../errno.ts";
import { idsExhausted, NO_MEMCG, ROOT_MEMCG } from "../memcg/memcgs.ts";
import { createMemcg, takeCgroupParts } from "./cgroup-birth.ts";
import { beginMemoryRelease, beginRelease } from "./cgroup-release.ts";
import { nextDueNs } from "./deferred-queue.ts";
import { dentryOfMkdir, removeDirectory } from "./dentries.ts";
import { advanceTo, queueBalanceWork } from "./machine.ts";
import type { Machine } from "./state.ts";

/**
 * Makes the cgroup `name` below `parent`, with all percpu areas and slab objects the profile lists for it.
 *
 * @param cpu   the CPU of the task that asks
 * @param memcg the memcg of that task: it pays for the directory's dentry
 * @returns its row; EEXIST; EAGAIN when an ancestor's limit on descendants or depth forbids it; ENOSPC or ENOMEM, by era,
 *          when all ids of memcgs are taken
 */
export function cgroupMkdir(m: Machine, parent: number, name: string, cpu = 0, memcg = ROOT_MEMCG): number {
  const c = m.cgroups;
  if (lookupCgroup(c, parent, name) !== NO_CGROUP) return EEXIST;
  for (let up = parent, depth = 1; up !== NO_CGROUP; up = c.parent[up], depth++) {
    if (c.nrDescendants[up] >= c.maxDescendants[up] || depth > c.maxDepth[up]) return EAGAIN;
  }
  const withMemory = c.memoryInSubtree[parent] !== 0;
  if (withMemory && idsExhausted(m.memcgs)) return m.profile.memcgRules.idsExhausted === "ENOSPC" ? ENOSPC : ENOMEM;
  const row = takeCgroupRow(c, parent, name);
  linkName(c, parent, name, row);
  c.nrOnlineChildren[parent]++;
  c.nrChildren[parent]++;
  addToAncestors(c, row, c.nrDescendants, 1);
  if (withMemory) createMemcg(m, row);
  c.memoryInSubtree[row] = c.isV1[row];
  takeCgroupParts(m, row, cpu);
  dentryOfMkdir(m, row, { memcg, cpu });
  queueBalanceWork(m);
  return row;
}

/**
 * Removes an online cgroup: the name is free at once, the rest goes its deferred way.
 *
 * @returns 0; EBUSY while it holds a task or an online child, or is a root
 */
export function cgroupRmdir(m: Machine, row: number, cpu = 0, memcg = ROOT_MEMCG): number {
  const c = m.cgroups;
  if (c.parent[row] === NO_CGROUP || c.nrTasks[row] > 0 || c.nrOnlineChildren[row] > 0) return EBUSY;
  c.state[row] = DYING;
  c.removedNs[row] = m.nowNs;
  unlinkName(c, c.parent[row], c.names[row]);
  c.nrOnlineChildren[c.parent[row]]--;
  addToAncestors(c, row, c.nrDescendants, -1);
  addToAncestors(c, row, c.nrDying, 1);
  removeDirectory(m, row, { memcg, cpu });
  beginRelease(m, row, cpu);
  return 0;
}

/**
 * Enables or disables `memory` for the children of `row`. Children that exist get a memory controller, or lose theirs
 * the deferred way; enabling waits, in virtual time, for controllers that are not offline yet.
 *
 * @returns 0; EBUSY when a non-root cgroup holds tasks, or a child still hands `memory` on; ENOENT when the controller
 *          is not available here; ENOSPC or ENOMEM as mkdir
 */
export function setMemoryInSubtree(m: Machine, row: number, enable: boolean, cpu = 0): number {
  const c = m.cgroups;
  if (c.isV1[row] !== 0 || (enable && c.memcg[row] === NO_MEMCG)) return ENOENT;
  if (c.memoryInSubtree[row] === (enable ? 1 : 0)) return 0;
  if (enable && row !== ROOT_CGROUP && c.nrTasks[row] > 0) return EBUSY;
  const children = [...(c.children[row]?.values() ?? [])];
  if (!enable && children.some((child) => c.memoryInSubtree[child] !== 0)) return EBUSY;
  c.memoryInSubtree[row] = enable ? 1 : 0;
  for (const child of children) {
    if (enable) {
      while (c.memoryDying[child] !== 0) advanceTo(m, nextDueNs(m.queue));
      createMemcg(m, child);
      takeCgroupParts(m, child, cpu);
    } else beginMemoryRelease(m, child);
  }
  queueBalanceWork(m);
  return 0;
}

/** Limits below `row` as cgroup.max.descendants and cgroup.max.depth take them; NO_LIMIT lifts one. */
export function setCgroupLimits(m: Machine, row: number, maxDescendants: number, maxDepth: number): void {
  m.cgroups.maxDescendants[row] = maxDescendants;
  m.cgroups.maxDepth[row] = maxDepth;
}
