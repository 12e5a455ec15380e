/** What a new cgroup takes: percpu areas, slab objects, its memcg. Source: spec/memcg-slab.md A.2 (1), B.1. */

import { NO_AREA } from "../cgroup/cgroups.ts";
import { memcgOf } from "../cgroup/membership.ts";
import { addMemcg, NO_MEMCG, PIN_CHILD, ROOT_MEMCG } from "../memcg/memcgs.ts";
import { addObjcg } from "../memcg/objcgs.ts";
import { chargeOwnedBytes, percpuChargeBytes } from "../memcg/percpu-charge.ts";
import { takePins } from "../memcg/references.ts";
import { openMemcgStats } from "../memcg-stats/lifetime.ts";
import { allocPercpu } from "../percpu/allocator.ts";
import type { FreedBy } from "../profiles/profile.ts";
import { allocObject, freeObjects } from "../slab/objects.ts";
import type { CgroupObjects, ObjectList } from "./cgroup-plan.ts";
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
  if (memcg !== NO_MEMCG) {
    takeObjects(m, objects.memcg, m.memcgs.objects, memcg * m.memcgs.objectsPerMemcg, cpu);
    addObjcg(m, memcg, cpu);
  }
  if (isNew) takeObjects(m, objects.rest, c.objects, cgroup * c.objectsPerCgroup, cpu);
}

/** An accounted area is charged to the parent; with two kinds of chunk it then comes from kind 1. */
function takeArea(m: Machine, cgroup: number, i: number, cpu: number): number {
  const { plan, percpu } = m;
  const parent = memcgOf(m.cgroups, m.cgroups.parent[cgroup]);
  const isCharged = plan.accounted[i] !== 0 && parent !== ROOT_MEMCG;
  if (isCharged) chargeOwnedBytes(m, parent, percpuChargeBytes(m, plan.sizeBytes[i]), cpu);
  return allocPercpu(percpu, plan.sizeBytes[i], plan.alignBytes[i], false, isCharged && percpu.nrKinds > 1 ? 1 : 0);
}

function takeObjects(m: Machine, { caches }: ObjectList, words: Int32Array, from: number, cpu: number): void {
  for (let i = 0; i < caches.length; i++) words[from + i] = allocObject(m, caches[i], ROOT_MEMCG, cpu);
}

/** The slab objects of a cgroup of this one's hierarchy. */
function objectsOfCgroup(m: Machine, cgroup: number): CgroupObjects {
  return m.cgroups.isV1[cgroup] !== 0 ? m.plan.v1Objects : m.plan.v2Objects;
}

/** Gives back what an event frees of the cgroup's own objects. */
export function dropOwnObjects(m: Machine, cgroup: number, event: FreedBy | "rmdir", cpu: number): void {
  const [from, end] = objectsOfCgroup(m, cgroup).rest.freedBy[event];
  const base = cgroup * m.cgroups.objectsPerCgroup;
  freeObjects(m, m.cgroups.objects, base + from, base + end, cpu);
}

/** Gives back what an event frees of the memcg's objects. */
export function dropMemcgObjects(m: Machine, memcg: number, event: FreedBy | "rmdir", cpu: number): void {
  const [from, end] = objectsOfCgroup(m, m.memcgs.cgroup[memcg]).memcg.freedBy[event];
  const base = memcg * m.memcgs.objectsPerMemcg;
  freeObjects(m, m.memcgs.objects, base + from, base + end, cpu);
}
