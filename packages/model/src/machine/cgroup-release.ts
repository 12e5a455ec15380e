/**
 * What happens to a cgroup after rmdir, in deferred events:
 *
 *   rmdir ─grace period─> killed: its reference counts are freed, the destroy queue gets the offline item
 *         ─item─> offline: the memcg drops what it can; from here on only references keep it
 *         ─grace period─> the object cgroup's reference count is freed; the destroy queue frees the controllers' state
 *         ─item─> that done, and the memcg freed, the cgroup is released: `nr_dying_descendants` of its ancestors falls
 *         ─grace period, item─> the rest is freed, and with it the reference on the parent
 *
 * A memcg that something still refers to stays behind and follows in memcg-release.ts. Grace periods are batches; items
 * of the destroy queue run one after the other. Source: spec/memcg-slab.md A.2; spec/percpu-kinds.md 8; the order of
 * frees in recorded 6.1 traces.
 */

import { addToAncestors, type Cgroups, DYING, NO_AREA, NO_CGROUP, releaseCgroupRow } from "../cgroup/cgroups.ts";
import { KILLED_MEMCG, NO_MEMCG, PIN_WORK, RELEASED_MEMCG, ROOT_MEMCG } from "../memcg/memcgs.ts";
import { chargeOwnedBytes, percpuChargeBytes } from "../memcg/percpu-charge.ts";
import { dropPins, takePins } from "../memcg/references.ts";
import { freePercpu } from "../percpu/allocator.ts";
import { BOOT_CPU } from "./boot-cpu.ts";
import { dropMemcgObjects, dropOwnObjects } from "./cgroup-birth.ts";
import { defer } from "./deferred-queue.ts";
import { queueDestroyItem } from "./destroy-queue.ts";
import {
  EVENT_CGROUP_FREE,
  EVENT_CGROUP_RCU,
  EVENT_CSS_FREE,
  EVENT_CSS_RCU,
  EVENT_KILLED,
  EVENT_MEMORY_KILLED,
  EVENT_MEMORY_OBJCG,
  EVENT_MEMORY_OFFLINE,
  EVENT_OFFLINE,
} from "./events.ts";
import { dropMemcgRow, moveUserPages, takeMemcgOffline } from "./memcg-release.ts";
import { gracePeriodEndNs, type Machine } from "./state.ts";

/** Starts the way out of a cgroup that has just been removed. */
export function beginRelease(m: Machine, cgroup: number, cpu: number): void {
  const memcg = m.cgroups.memcg[cgroup];
  dropOwnObjects(m, cgroup, "rmdir", cpu);
  if (memcg !== NO_MEMCG) {
    dropMemcgObjects(m, memcg, "rmdir", cpu);
    killMemcg(m, memcg, cpu);
  }
  defer(m.queue, gracePeriodEndNs(m), EVENT_KILLED, cgroup);
}

/** Starts the way out of the memory controller of a cgroup that lost it. */
export function beginMemoryRelease(m: Machine, cgroup: number): void {
  const memcg = m.cgroups.memcg[cgroup];
  m.cgroups.memcg[cgroup] = NO_MEMCG;
  m.cgroups.memoryDying[cgroup] = 1;
  dropMemcgObjects(m, memcg, "rmdir", BOOT_CPU);
  killMemcg(m, memcg, BOOT_CPU);
  defer(m.queue, gracePeriodEndNs(m), EVENT_MEMORY_KILLED, memcg);
}

function killMemcg(m: Machine, memcg: number, cpu: number): void {
  m.memcgs.state[memcg] = KILLED_MEMCG;
  if (m.profile.memcgRules.userPages === "move-at-rmdir") moveUserPages(m, memcg, cpu);
}

/** The events of cgroups; false when `code` is none of them. */
export function runCgroupEvent(m: Machine, code: number, subject: number): boolean {
  if (code === EVENT_KILLED) killed(m, subject);
  else if (code === EVENT_OFFLINE) offline(m, subject);
  else if (code === EVENT_CSS_RCU) objectOwnerGone(m, subject);
  else if (code === EVENT_CSS_FREE) freeControllers(m, subject);
  else if (code === EVENT_CGROUP_RCU) queueDestroyItem(m, EVENT_CGROUP_FREE, subject);
  else if (code === EVENT_CGROUP_FREE) freeRest(m, subject);
  else return runMemoryEvent(m, code, subject);
  return true;
}

function killed(m: Machine, cgroup: number): void {
  freeAreas(m, cgroup, m.cgroups.memcg[cgroup], m.plan.freedBy.kill);
  freeObjectsOf(m, cgroup, "kill");
  queueDestroyItem(m, EVENT_OFFLINE, cgroup);
}

function offline(m: Machine, cgroup: number): void {
  const memcg = m.cgroups.memcg[cgroup];
  if (memcg !== NO_MEMCG) {
    takeMemcgOffline(m, memcg);
    if (m.memcgs.nrRefs[memcg] === 0) {
      m.memcgs.state[memcg] = RELEASED_MEMCG;
      m.memcgs.freedWithCgroup[memcg] = 1;
    } else takePins(m, memcg, PIN_WORK, 1);
  }
  defer(m.queue, gracePeriodEndNs(m), EVENT_CSS_RCU, cgroup);
}

function objectOwnerGone(m: Machine, cgroup: number): void {
  freeAreas(m, cgroup, m.cgroups.memcg[cgroup], m.plan.freedBy.objcg);
  freeObjectsOf(m, cgroup, "objcg");
  queueDestroyItem(m, EVENT_CSS_FREE, cgroup);
}

/** The state of the controllers goes; a memcg that is still referred to stays, and keeps the cgroup. */
function freeControllers(m: Machine, cgroup: number): void {
  const { plan, cgroups } = m;
  const memcg = cgroups.memcg[cgroup];
  const goesToo = memcg !== NO_MEMCG && m.memcgs.freedWithCgroup[memcg] !== 0;
  freeAreas(m, cgroup, goesToo ? memcg : NO_MEMCG, plan.freedBy.css);
  dropOwnObjects(m, cgroup, "css", BOOT_CPU);
  cgroups.memcg[cgroup] = NO_MEMCG;
  if (goesToo) {
    dropMemcgObjects(m, memcg, "css", BOOT_CPU);
    dropMemcgRow(m, memcg);
  }
  dropCgroupPart(m, cgroup);
  if (memcg !== NO_MEMCG && !goesToo) dropPins(m, memcg, PIN_WORK, 1);
}

/** One part of the cgroup is freed; a removed cgroup is released with the last. */
export function dropCgroupPart(m: Machine, cgroup: number): void {
  const c = m.cgroups;
  c.nrParts[cgroup]--;
  if (c.nrParts[cgroup] > 0 || c.state[cgroup] !== DYING) return;
  addToAncestors(c, cgroup, c.nrDying, -1);
  c.released[cgroup] = 1;
  defer(m.queue, gracePeriodEndNs(m), EVENT_CGROUP_RCU, cgroup);
}

function freeRest(m: Machine, cgroup: number): void {
  freeAreas(m, cgroup, NO_MEMCG, m.plan.freedBy.cgroup);
  dropOwnObjects(m, cgroup, "cgroup", BOOT_CPU);
  freeCgroup(m.cgroups, cgroup);
}

/** The memory controller alone: as above, without the rest of the cgroup. */
function runMemoryEvent(m: Machine, code: number, memcg: number): boolean {
  const { plan } = m;
  if (code === EVENT_MEMORY_KILLED) {
    freeAreas(m, NO_CGROUP, memcg, plan.freedBy.kill);
    dropMemcgObjects(m, memcg, "kill", BOOT_CPU);
    queueDestroyItem(m, EVENT_MEMORY_OFFLINE, memcg);
  } else if (code === EVENT_MEMORY_OFFLINE) {
    m.cgroups.memoryDying[m.memcgs.cgroup[memcg]] = 0;
    takePins(m, memcg, PIN_WORK, 1);
    takeMemcgOffline(m, memcg);
    defer(m.queue, gracePeriodEndNs(m), EVENT_MEMORY_OBJCG, memcg);
  } else if (code === EVENT_MEMORY_OBJCG) {
    freeAreas(m, NO_CGROUP, memcg, plan.freedBy.objcg);
    dropPins(m, memcg, PIN_WORK, 1);
  } else return false;
  return true;
}

function freeObjectsOf(m: Machine, cgroup: number, event: "kill" | "objcg"): void {
  dropOwnObjects(m, cgroup, event, BOOT_CPU);
  if (m.cgroups.memcg[cgroup] !== NO_MEMCG) dropMemcgObjects(m, m.cgroups.memcg[cgroup], event, BOOT_CPU);
}

/** Frees the areas at `indexes` that the cgroup and the memcg still hold; NO_CGROUP or NO_MEMCG leaves one of them out. */
export function freeAreas(m: Machine, cgroup: number, memcg: number, indexes: Int32Array): void {
  const { nrAreas, needsMemory } = m.plan;
  for (let i = 0; i < indexes.length; i++) {
    const index = indexes[i];
    const holder = needsMemory[index] !== 0 ? memcg : cgroup;
    if (holder === NO_MEMCG) continue;
    const areas = needsMemory[index] !== 0 ? m.memcgs.areas : m.cgroups.areas;
    const at = holder * nrAreas + index;
    if (areas[at] === NO_AREA) continue;
    freePercpu(m.percpu, areas[at]);
    areas[at] = NO_AREA;
    if (memcg !== NO_MEMCG) unchargeArea(m, memcg, index);
  }
}

/** An accounted area was charged to the parent of the memcg. */
function unchargeArea(m: Machine, memcg: number, index: number): void {
  const parent = m.memcgs.parent[memcg];
  if (m.plan.accounted[index] === 0 || parent === ROOT_MEMCG) return;
  chargeOwnedBytes(m, parent, -percpuChargeBytes(m, m.plan.sizeBytes[index]), BOOT_CPU);
}

/** The row goes, unless a child still has one: then with the last child's. */
function freeCgroup(c: Cgroups, cgroup: number): void {
  if (c.nrChildren[cgroup] > 0) {
    c.released[cgroup] = 2;
    return;
  }
  const parent = c.parent[cgroup];
  releaseCgroupRow(c, cgroup);
  if (parent === NO_CGROUP) return;
  c.nrChildren[parent]--;
  if (c.released[parent] === 2) freeCgroup(c, parent);
}
