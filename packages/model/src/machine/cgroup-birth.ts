/** What a new cgroup takes: percpu areas, slab objects, its memcg. Source: spec/memcg-slab.md A.2 (1), B.1. */

import { NO_AREA } from "../cgroup/cgroups.ts";
import { memcgOf } from "../cgroup/membership.ts";
import { addMemcg, NO_MEMCG, PIN_CHILD, ROOT_MEMCG } from "../memcg/memcgs.ts";
import { chargeOwnedBytes, percpuChargeBytes } from "../memcg/percpu-charge.ts";
import { takePins } from "../memcg/references.ts";
import { openMemcgStats } from "../memcg-stats/lifetime.ts";
import { allocPercpu } from "../percpu/allocator.ts";
import { allocObjects, freeObjects } from "../slab/objects.ts";
import type { CgroupObjects, ObjectCount, ObjectsByEvent } from "./cgroup-plan.ts";
import type { Machine } from "./state.ts";

/** Gives the cgroup a memcg below that of its parent; the areas are `takeCgroupParts`'s. */
export function createMemcg(m: Machine, cgroup: number): void {
  const c = m.cgroups;
  const parent = memcgOf(c, c.parent[cgroup]);
  const memcg = addMemcg(m.memcgs, parent, cgroup);
  // By choice: a child of an accounted memcg is accounted too.
  const isActive = m.profile.memcgRules.kmemAccounting === "always" || m.memcgs.kmemActive[parent] !== 0;
  m.memcgs.kmemActive[memcg] = isActive ? 1 : 0;
  c.memcg[cgroup] = memcg;
  c.nrParts[cgroup]++;
  takePins(m, parent, PIN_CHILD, 1);
  openMemcgStats(m.stats, memcg, parent);
}

/** Takes the areas and objects of the parts that the cgroup has and that it does not hold yet. */
export function takeCgroupParts(m: Machine, cgroup: number, cpu: number): void {
  const c = m.cgroups;
  const { plan } = m;
  const memcg = c.memcg[cgroup];
  const isNew = c.areas[cgroup * plan.nrAreas] === NO_AREA;
  for (let i = 0; i < plan.nrAreas; i++) {
    if (plan.v2Only[i] > 0 && c.isV1[cgroup] !== 0) continue;
    if (plan.needsMemory[i] === 0) {
      if (isNew) c.areas[cgroup * plan.nrAreas + i] = takeArea(m, cgroup, i, cpu);
    } else if (memcg !== NO_MEMCG) m.memcgs.areas[memcg * plan.nrAreas + i] = takeArea(m, cgroup, i, cpu);
  }
  const objects = objectsOfCgroup(m, cgroup);
  if (memcg !== NO_MEMCG) countObjects(m, objects.memcg, cpu);
  if (isNew) countObjects(m, objects.rest, cpu);
}

/** An accounted area is charged to the parent; with two kinds of chunk it then comes from kind 1. */
function takeArea(m: Machine, cgroup: number, i: number, cpu: number): number {
  const { plan, percpu } = m;
  const parent = memcgOf(m.cgroups, m.cgroups.parent[cgroup]);
  const isCharged = plan.accounted[i] !== 0 && parent !== ROOT_MEMCG;
  if (isCharged) chargeOwnedBytes(m, parent, percpuChargeBytes(m, plan.sizeBytes[i]), cpu);
  return allocPercpu(percpu, plan.sizeBytes[i], plan.alignBytes[i], false, isCharged && percpu.nrKinds > 1 ? 1 : 0);
}

function countObjects(m: Machine, byEvent: ObjectsByEvent, cpu: number): void {
  for (const objects of Object.values(byEvent)) {
    for (const { cache, count } of objects) allocObjects(m, cache, count, cpu);
  }
}

/** The slab objects of a cgroup of this one's hierarchy. */
export function objectsOfCgroup(m: Machine, cgroup: number): CgroupObjects {
  return m.cgroups.isV1[cgroup] !== 0 ? m.plan.v1Objects : m.plan.v2Objects;
}

/** Gives the objects of one event back. */
export function dropCgroupObjects(m: Machine, objects: readonly ObjectCount[], cpu: number): void {
  for (const { cache, count } of objects) freeObjects(m, cache, count, cpu);
}
