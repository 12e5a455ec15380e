/** The v1 memory hierarchy: a tree of its own that takes the memory controller over from v2. */

import { NO_CGROUP, ROOT_CGROUP, releaseCgroupRow, takeCgroupRow } from "../cgroup/cgroups.ts";
import { EBUSY } from "../errno.ts";
import { NO_MEMCG, ROOT_MEMCG } from "../memcg/memcgs.ts";
import { BOOT_CPU } from "./boot-cpu.ts";
import { dropDentriesOf } from "./dentries.ts";
import type { Machine } from "./state.ts";
import { NO_TASK, PID_MAX } from "./task-table.ts";

/**
 * Mounts the memory controller as v1: from now on new cgroups of that tree have memcgs, those of v2 have none.
 *
 * @returns row of its root; EBUSY while a cgroup of v2 has a memcg or one is still on its way out
 */
export function mountMemoryV1(m: Machine): number {
  const { cgroups, tasks } = m;
  if (m.v1Root !== NO_CGROUP) return m.v1Root;
  if (m.memcgs.firstChild[ROOT_MEMCG] !== NO_MEMCG) return EBUSY;
  cgroups.memoryInSubtree[ROOT_CGROUP] = 0;
  cgroups.memcg[ROOT_CGROUP] = NO_MEMCG;
  const root = takeCgroupRow(cgroups, NO_CGROUP, "");
  cgroups.isV1[root] = 1;
  cgroups.memoryInSubtree[root] = 1;
  cgroups.memcg[root] = ROOT_MEMCG;
  for (let pid = 1; pid < PID_MAX; pid++) {
    if (tasks.cgroup[pid] === NO_TASK) continue;
    tasks.v1Cgroup[pid] = root;
    cgroups.nrTasks[root]++;
  }
  m.v1Root = root;
  return root;
}

/**
 * The v1 memory hierarchy is no longer mounted anywhere. Without any cgroup below its root it goes, and the controller
 * is v2's again, enabled nowhere; with one it stays and is found again by the next mount.
 *
 * @returns true when it is gone
 */
export function unmountMemoryV1(m: Machine): boolean {
  const { cgroups, tasks } = m;
  const root = m.v1Root;
  if (root === NO_CGROUP || cgroups.nrChildren[root] > 0 || m.memcgs.firstChild[ROOT_MEMCG] !== NO_MEMCG) return false;
  for (let pid = 1; pid < PID_MAX; pid++) tasks.v1Cgroup[pid] = NO_TASK;
  dropDentriesOf(m, root, BOOT_CPU);
  releaseCgroupRow(cgroups, root);
  cgroups.memcg[ROOT_CGROUP] = ROOT_MEMCG;
  m.v1Root = NO_CGROUP;
  return true;
}
