/**
 * What a cgroup takes, compiled from its profile: percpu areas as columns in order of allocation with the order of
 * release per event, and slab objects by the event that frees them.
 */

import type { CgroupObjectSpec, FreedBy, KernelProfile, PercpuAreaSpec } from "../profiles/profile.ts";

/** Slab objects of one part of a cgroup side by side, in the order in which they are taken. */
export interface ObjectList {
  /** Cache of each, by index in the profile. */
  readonly caches: Int32Array;
  /** Those that an event frees, half open. */
  readonly freedBy: Readonly<Record<FreedBy | "rmdir", readonly [from: number, end: number]>>;
}

/** What belongs to the memcg, and the rest. */
export interface CgroupObjects {
  readonly memcg: ObjectList;
  readonly rest: ObjectList;
}

export interface CgroupPlan {
  readonly nrAreas: number;
  readonly specs: readonly PercpuAreaSpec[];
  readonly sizeBytes: Int32Array;
  readonly alignBytes: Int32Array;
  readonly accounted: Int32Array;
  /** 1 for areas a cgroup has only with the memory controller; they belong to its memcg. */
  readonly needsMemory: Int32Array;
  /** 1 for areas that cgroups of the v1 memory hierarchy do not have. */
  readonly v2Only: Int32Array;
  /** Indexes of the areas each event frees, in the order of freeing. */
  readonly freedBy: Readonly<Record<FreedBy, Int32Array>>;
  /** Indexes of the statistics that early release gives back, in the order of freeing. */
  readonly releasedEarly: Int32Array;
  /** Slab objects of a cgroup of v2 and of v1. */
  readonly v2Objects: CgroupObjects;
  readonly v1Objects: CgroupObjects;
  /** Caches of the objects of an objcg: it goes with the last object charged to it. */
  readonly objcgObjects: Int32Array;
}

/** @param nrNodes possible nodes: per-node areas are taken once for each */
export function compilePlan(profile: KernelProfile, nrNodes: number): CgroupPlan {
  const specs = perNodeRepeated(profile.cgroupAreas, nrNodes);
  const isV2Only = (s: PercpuAreaSpec | CgroupObjectSpec) => s.v2Only || s.controller === "perf_event";
  return {
    nrAreas: specs.length,
    specs,
    sizeBytes: Int32Array.from(specs, (s) => s.sizeBytes),
    alignBytes: Int32Array.from(specs, (s) => s.alignBytes),
    accounted: Int32Array.from(specs, (s) => (s.accounted ? 1 : 0)),
    needsMemory: Int32Array.from(specs, (s) => (s.controller === "memory" ? 1 : 0)),
    v2Only: Int32Array.from(specs, (s) => (isV2Only(s) ? 1 : 0)),
    freedBy: {
      kill: releaseOrder(specs, (s) => s.freedBy === "kill"),
      objcg: releaseOrder(specs, (s) => s.freedBy === "objcg"),
      css: releaseOrder(specs, (s) => s.freedBy === "css"),
      cgroup: releaseOrder(specs, (s) => s.freedBy === "cgroup"),
    },
    releasedEarly: releaseOrder(specs, (s) => s.earlyRelease),
    v2Objects: cgroupObjects(profile, nrNodes, (s) => s.v1Only !== true),
    v1Objects: cgroupObjects(profile, nrNodes, (s) => !isV2Only(s)),
    objcgObjects: cachesOf(profile, profile.cgroupObjects.filter(isOfObjcg), nrNodes),
  };
}

/** Runs of per-node areas stand once per node, node by node. */
function perNodeRepeated(areas: readonly PercpuAreaSpec[], nrNodes: number): PercpuAreaSpec[] {
  const out: PercpuAreaSpec[] = [];
  let i = 0;
  while (i < areas.length) {
    let end = i + 1;
    if (areas[i].perNode) {
      while (end < areas.length && areas[end].perNode) end++;
      for (let node = 0; node < nrNodes; node++) out.push(...areas.slice(i, end));
    } else out.push(areas[i]);
    i = end;
  }
  return out;
}

function releaseOrder(specs: readonly PercpuAreaSpec[], belongs: (spec: PercpuAreaSpec) => boolean): Int32Array {
  const indexes = specs.map((_, i) => i).filter((i) => belongs(specs[i]));
  return Int32Array.from(indexes.sort((a, b) => specs[a].freeOrder - specs[b].freeOrder || a - b));
}

/** Words for objects that a cgroup, and that a memcg, may need. */
export function objectsPerRow(plan: CgroupPlan, part: "rest" | "memcg"): number {
  return Math.max(plan.v1Objects[part].caches.length, plan.v2Objects[part].caches.length);
}

function isOfObjcg(spec: CgroupObjectSpec): boolean {
  return spec.freedBy === "objcg";
}

function cgroupObjects(
  profile: KernelProfile,
  nrNodes: number,
  belongs: (spec: CgroupObjectSpec) => boolean,
): CgroupObjects {
  const specs = profile.cgroupObjects.filter((spec) => belongs(spec) && !isOfObjcg(spec));
  const part = (isMemcg: boolean) =>
    listOf(
      profile,
      specs.filter((spec) => (spec.controller === "memory") === isMemcg),
      nrNodes,
    );
  return { memcg: part(true), rest: part(false) };
}

function listOf(profile: KernelProfile, specs: readonly CgroupObjectSpec[], nrNodes: number): ObjectList {
  const caches: number[] = [];
  const freed = (by: FreedBy | "rmdir"): readonly [number, number] => {
    const from = caches.length;
    caches.push(
      ...cachesOf(
        profile,
        specs.filter((spec) => spec.freedBy === by),
        nrNodes,
      ),
    );
    return [from, caches.length];
  };
  const freedBy = {
    rmdir: freed("rmdir"),
    kill: freed("kill"),
    objcg: freed("objcg"),
    css: freed("css"),
    cgroup: freed("cgroup"),
  };
  return { caches: Int32Array.from(caches), freedBy };
}

/** The cache of each object, those that are per node once for each. */
function cachesOf(profile: KernelProfile, specs: readonly CgroupObjectSpec[], nrNodes: number): Int32Array {
  const indexes = specs.flatMap((spec) =>
    new Array<number>(spec.perNode ? spec.count * nrNodes : spec.count).fill(
      profile.caches.findIndex(({ name }) => name === spec.cache),
    ),
  );
  return Int32Array.from(indexes);
}
