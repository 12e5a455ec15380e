/**
 * What happens to a cgroup after rmdir, in deferred events:
 *
 *   rmdir ─grace period─> killed: its reference counts are freed, the destroy queue gets the offline item
 *         ─item─> offline: the object cgroup's reference is killed, the controllers' last references go
 *         ─grace period─> the object cgroup's reference count is freed; the destroy queue frees the controllers' state
 *         ─item─> that done, the cgroup itself is released: `nr_dying_descendants` of its ancestors falls
 *         ─grace period, item─> the rest is freed, and with it the reference on the parent
 *
 * Grace periods are batches; items of the destroy queue run one after the other. Source: spec/memcg-slab.md A.2;
 * spec/percpu-kinds.md 8; the order of frees in recorded 6.1 traces.
 */

import { assert } from "../assert.ts";
import { addToAncestors, type Cgroups, NO_AREA, NO_CGROUP, releaseCgroupRow } from "../cgroup/cgroups.ts";
import { freePercpu } from "../percpu/allocator.ts";
import { defer } from "./deferred-queue.ts";
import { gracePeriodEndNs, type Machine } from "./state.ts";

const EVENT_KILLED = 1;
const EVENT_OFFLINE = 2;
const EVENT_CSS_RCU = 3;
const EVENT_CSS_FREE = 4;
const EVENT_CGROUP_RCU = 5;
const EVENT_CGROUP_FREE = 6;
/** The same for the memory controller alone, of a cgroup that stays. */
const EVENT_MEMORY_KILLED = 7;
const EVENT_MEMORY_OFFLINE = 8;
const EVENT_MEMORY_RCU = 9;
const EVENT_MEMORY_FREE = 10;

/** Starts the way out of a cgroup that has just been removed. */
export function beginRelease(m: Machine, cgroup: number): void {
  defer(m.queue, gracePeriodEndNs(m), EVENT_KILLED, cgroup);
}

/** Starts the way out of the memory controller of a cgroup that lost it. */
export function beginMemoryRelease(m: Machine, cgroup: number): void {
  m.cgroups.memoryDying[cgroup] = 1;
  defer(m.queue, gracePeriodEndNs(m), EVENT_MEMORY_KILLED, cgroup);
}

export function runCgroupEvent(m: Machine, code: number, cgroup: number): void {
  const { freedBy } = m.plan;
  if (code >= EVENT_MEMORY_KILLED) runMemoryEvent(m, code, cgroup);
  else if (code === EVENT_KILLED) {
    freeAreas(m, cgroup, freedBy.kill, false);
    queueDestroyItem(m, EVENT_OFFLINE, cgroup);
  } else if (code === EVENT_OFFLINE) defer(m.queue, gracePeriodEndNs(m), EVENT_CSS_RCU, cgroup);
  else if (code === EVENT_CSS_RCU) {
    freeAreas(m, cgroup, freedBy.objcg, false);
    queueDestroyItem(m, EVENT_CSS_FREE, cgroup);
  } else if (code === EVENT_CSS_FREE) {
    freeAreas(m, cgroup, freedBy.css, false);
    addToAncestors(m.cgroups, cgroup, m.cgroups.nrDying, -1);
    m.cgroups.released[cgroup] = 1;
    defer(m.queue, gracePeriodEndNs(m), EVENT_CGROUP_RCU, cgroup);
  } else if (code === EVENT_CGROUP_RCU) queueDestroyItem(m, EVENT_CGROUP_FREE, cgroup);
  else {
    freeAreas(m, cgroup, freedBy.cgroup, false);
    freeCgroup(m.cgroups, cgroup);
  }
}

function runMemoryEvent(m: Machine, code: number, cgroup: number): void {
  const { freedBy } = m.plan;
  if (code === EVENT_MEMORY_KILLED) {
    freeAreas(m, cgroup, freedBy.kill, true);
    queueDestroyItem(m, EVENT_MEMORY_OFFLINE, cgroup);
  } else if (code === EVENT_MEMORY_OFFLINE) defer(m.queue, gracePeriodEndNs(m), EVENT_MEMORY_RCU, cgroup);
  else if (code === EVENT_MEMORY_RCU) {
    freeAreas(m, cgroup, freedBy.objcg, true);
    queueDestroyItem(m, EVENT_MEMORY_FREE, cgroup);
  } else {
    freeAreas(m, cgroup, freedBy.css, true);
    m.cgroups.memoryDying[cgroup] = 0;
  }
}

/** The destroy queue runs one item at a time. */
function queueDestroyItem(m: Machine, code: number, cgroup: number): void {
  m.destroyQueueNs = Math.max(m.destroyQueueNs, m.nowNs) + m.options.destroyItemNs;
  defer(m.queue, m.destroyQueueNs, code, cgroup);
}

/** Frees the areas at `indexes` that the cgroup still holds; with `memoryOnly` those of the memory controller. */
function freeAreas(m: Machine, cgroup: number, indexes: Int32Array, memoryOnly: boolean): void {
  const { areas, areasPerCgroup } = m.cgroups;
  for (let i = 0; i < indexes.length; i++) {
    const index = indexes[i];
    const at = cgroup * areasPerCgroup + index;
    if (areas[at] === NO_AREA || (memoryOnly && m.plan.needsMemory[index] === 0)) continue;
    freePercpu(m.percpu, areas[at]);
    areas[at] = NO_AREA;
  }
}

function freeCgroup(c: Cgroups, cgroup: number): void {
  assert(c.nrChildren[cgroup] === 0, "a cgroup outlives its children");
  const parent = c.parent[cgroup];
  if (parent !== NO_CGROUP) c.nrChildren[parent]--;
  releaseCgroupRow(c, cgroup);
}
