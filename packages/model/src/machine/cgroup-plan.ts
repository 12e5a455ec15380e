/**
 * What a cgroup takes, compiled from its profile: percpu areas as columns in order of allocation with the order of
 * release per event, and slab objects by the event that frees them.
 */

import type { CgroupObjectSpec, FreedBy, KernelProfile, PercpuAreaSpec } from "../profiles/profile.ts";

/** `count` objects of the cache with this index. */
export interface ObjectCount {
  readonly cache: number;
  readonly count: number;
}

/** Objects of one part of a cgroup, by the event that frees them. */
export type ObjectsByEvent = Readonly<Record<FreedBy | "rmdir", readonly ObjectCount[]>>;

/** What belongs to the memcg, and the rest. */
export interface CgroupObjects {
  readonly memcg: ObjectsByEvent;
  readonly rest: ObjectsByEvent;
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

function cgroupObjects(
  profile: KernelProfile,
  nrNodes: number,
  belongs: (spec: CgroupObjectSpec) => boolean,
): CgroupObjects {
  const specs = profile.cgroupObjects.filter(belongs);
  return {
    memcg: objectsOf(
      profile,
      specs.filter((s) => s.controller === "memory"),
      nrNodes,
    ),
    rest: objectsOf(
      profile,
      specs.filter((s) => s.controller !== "memory"),
      nrNodes,
    ),
  };
}

function objectsOf(profile: KernelProfile, specs: readonly CgroupObjectSpec[], nrNodes: number): ObjectsByEvent {
  const freed = (by: FreedBy | "rmdir"): ObjectCount[] =>
    specs
      .filter((s) => s.freedBy === by)
      .map((s) => ({
        cache: profile.caches.findIndex(({ name }) => name === s.cache),
        count: s.perNode ? s.count * nrNodes : s.count,
      }));
  return {
    rmdir: freed("rmdir"),
    kill: freed("kill"),
    objcg: freed("objcg"),
    css: freed("css"),
    cgroup: freed("cgroup"),
  };
}
