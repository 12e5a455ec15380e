/** A profile's list of percpu areas, compiled: columns in order of allocation, and the order of release per event. */

import type { FreedBy, KernelProfile, PercpuAreaSpec } from "../profiles/profile.ts";

export interface CgroupAreaPlan {
  readonly nrAreas: number;
  readonly specs: readonly PercpuAreaSpec[];
  readonly sizeBytes: Int32Array;
  readonly alignBytes: Int32Array;
  readonly accounted: Int32Array;
  /** 1 for areas a cgroup has only with the memory controller. */
  readonly needsMemory: Int32Array;
  /** Indexes of the areas each event frees, in the order of freeing. */
  readonly freedBy: Readonly<Record<FreedBy, Int32Array>>;
}

/** @param nrNodes possible nodes: per-node areas are taken once for each */
export function compileAreas(profile: KernelProfile, nrNodes: number): CgroupAreaPlan {
  const specs = perNodeRepeated(profile.cgroupAreas, nrNodes);
  return {
    nrAreas: specs.length,
    specs,
    sizeBytes: Int32Array.from(specs, (s) => s.sizeBytes),
    alignBytes: Int32Array.from(specs, (s) => s.alignBytes),
    accounted: Int32Array.from(specs, (s) => (s.accounted ? 1 : 0)),
    needsMemory: Int32Array.from(specs, (s) => (s.controller === "memory" ? 1 : 0)),
    freedBy: {
      kill: releaseOrder(specs, "kill"),
      objcg: releaseOrder(specs, "objcg"),
      css: releaseOrder(specs, "css"),
      cgroup: releaseOrder(specs, "cgroup"),
    },
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

function releaseOrder(specs: readonly PercpuAreaSpec[], by: FreedBy): Int32Array {
  const indexes = specs.map((_, i) => i).filter((i) => specs[i].freedBy === by);
  return Int32Array.from(indexes.sort((a, b) => specs[a].freeOrder - specs[b].freeOrder || a - b));
}
