/**
 * The slab objects of one cgroup, computed from an era's constants. Small change is left out: three slots in id trees
 * (about 30 bytes).
 *
 * Source: spec/memcg-slab.md B.3 (sizes), A.4 (files), A.2 (when each is freed).
 */

import type { EraConstants, KernelConfig } from "./era-constants.ts";
import { type KmallocNaming, kmallocCache } from "./kmalloc.ts";
import type { CgroupObjectSpec, CgroupPart } from "./profile.ts";

const SIZES = "spec/memcg-slab.md B.3";
const FILES = "spec/memcg-slab.md A.4 (number), B.3 (size)";
/** A usual name of a control file, with its end. */
const FILE_NAME_BYTES = 24;

/** Every slab object of a cgroup of `era` built with `config`; mem_cgroup has room for `nrNodes` nodes. */
export function eraObjects(era: EraConstants, config: KernelConfig, naming: KmallocNaming): CgroupObjectSpec[] {
  const kmalloc = (what: string, sizeBytes: number, controller: CgroupPart, freedBy: CgroupObjectSpec["freedBy"]) =>
    object(what, sizeBytes, kmallocCache(sizeBytes, naming), controller, freedBy);
  const objects: CgroupObjectSpec[] = [
    kmalloc("cgroup", era.cgroupBytes, "core", "cgroup"),
    object("kernfs node of the directory", era.kernfsNodeBytes, "kernfs_node_cache", "core", "cgroup"),
    kmalloc("mem_cgroup", era.memcgBytes + 8, "memory", "css"),
    { ...kmalloc("mem_cgroup_per_node", era.perNodeBytes, "memory", "css"), perNode: true },
    { ...kmalloc("perf_cgroup", era.perfCssBytes, "perf_event", "css"), v2Only: true },
    ...fileObjects(era, naming),
  ];
  if (era.shrinkerMapBytes > 0) {
    objects.push({ ...kmalloc("shrinker map", era.shrinkerMapBytes, "memory", "css"), perNode: true });
  }
  if (era.vmstatsBytes > 0) objects.push(kmalloc("memcg_vmstats", era.vmstatsBytes, "memory", "css"));
  if (era.psiGroupBytes > 0 && config.psi) objects.push(kmalloc("psi_group", era.psiGroupBytes, "core", "cgroup"));
  if (era.hasObjcg) objects.push(kmalloc("obj_cgroup", era.objcgBytes, "memory", "objcg"));
  if (era.refDataBytes > 0) {
    const data = (what: string, controller: CgroupPart, freedBy: CgroupObjectSpec["freedBy"]) =>
      kmalloc(`${what} refcount data`, era.refDataBytes, controller, freedBy);
    objects.push(data("self css", "core", "cgroup"), data("memory css", "memory", "css"));
    objects.push({ ...data("perf_event css", "perf_event", "css"), v2Only: true });
    if (era.hasObjcg) objects.push(data("objcg", "memory", "objcg"));
    if (era.hasBpf && config.bpf) objects.push({ ...data("cgroup-bpf", "core", "kill"), v2Only: true });
  }
  return objects;
}

/** kernfs nodes of the control files, and their names. */
function fileObjects(era: EraConstants, naming: KmallocNaming): CgroupObjectSpec[] {
  const out: CgroupObjectSpec[] = [];
  const parts = ["core", "memory"] as const;
  for (const [hierarchy, counts] of [
    ["v2", era.filesV2],
    ["v1", era.filesV1],
  ] as const) {
    parts.forEach((controller, i) => {
      const only = hierarchy === "v2" ? { v2Only: true } : { v1Only: true };
      const rest = { ...only, count: counts[i] ?? 0, source: FILES };
      const of = `of the ${controller === "core" ? "cgroup" : "memory"} files`;
      const node = object(`kernfs nodes ${of}`, era.kernfsNodeBytes, "kernfs_node_cache", controller, "rmdir");
      const name = kmallocCache(FILE_NAME_BYTES, naming);
      out.push({ ...node, ...rest });
      out.push({ ...object(`names ${of}`, FILE_NAME_BYTES, name, controller, "rmdir"), ...rest });
    });
  }
  return out;
}

function object(
  what: string,
  sizeBytes: number,
  cache: string,
  controller: CgroupPart,
  freedBy: CgroupObjectSpec["freedBy"],
): CgroupObjectSpec {
  return { what, sizeBytes, cache, count: 1, perNode: false, controller, freedBy, v2Only: false, source: SIZES };
}
