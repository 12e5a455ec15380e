/**
 * The percpu areas of one cgroup, computed from an era's constants for a configuration, in the order in which mkdir
 * takes them:
 *
 *   self refcount, rstat, PSI, cgroup-bpf refcount | memory: vmstats, lruvec by node, writeback counter, objcg
 *   refcount, css refcount | perf_event: info, css refcount
 *
 * Source: spec/memcg-slab.md B.1 (sizes, order), A.2 (when each is freed).
 */

import type { EraConstants, KernelConfig } from "./era-constants.ts";
import type { CgroupPart, FreedBy, PercpuAreaSpec } from "./profile.ts";

/** Takes a cgroup's stall times on each CPU, aligned to a cache line. */
const PSI_AREA: PercpuAreaSpec = {
  ...area("PSI group", 128, "core", "cgroup", 1),
  alignBytes: 64,
};

/** Every area of a cgroup of `era` built with `config`. */
export function eraAreas(era: EraConstants, config: KernelConfig): PercpuAreaSpec[] {
  const kill: FreedBy = "kill";
  const refs = (what: string, controller: CgroupPart, otherwise: FreedBy, atKill: number, later: number) =>
    era.refsFreedAtKill ? refcount(what, controller, kill, atKill) : refcount(what, controller, otherwise, later);
  const withBpf = era.hasBpf && config.bpf;
  const areas: PercpuAreaSpec[] = [refs("self css refcount", "core", "cgroup", withBpf ? 3 : 2, 0)];
  if (era.rstatBytes > 0) {
    const rstat = area("rstat", era.rstatBytes, "core", "cgroup", era.refsFreedAtKill ? 0 : 1);
    areas.push({ ...rstat, v2Only: !era.rstatOnV1 });
  }
  if (withBpf) areas.push({ ...refcount("cgroup-bpf refcount", "core", kill, 2), v2Only: true });
  areas.push(...statisticsAreas(era, config));
  if (era.hasObjcg) areas.push(refcount("objcg refcount", "memory", "objcg", 0));
  areas.push(refs("memory css refcount", "memory", "css", 0, 0));
  const info = area("perf_event info", era.perfInfoBytes, "perf_event", "css", 9);
  areas.push({ ...info, v2Only: true });
  areas.push({ ...refs("perf_event css refcount", "perf_event", "css", 1, 8), v2Only: true });
  return withPsi(densely(areas), era.hasPsi && config.psi);
}

/** The list with the PSI group in its place, or without it. */
export function withPsi(areas: readonly PercpuAreaSpec[], psi: boolean): PercpuAreaSpec[] {
  const others = areas.filter(({ what }) => what !== PSI_AREA.what);
  if (!psi) return others;
  const order = others.filter(({ freedBy }) => freedBy === "cgroup").length;
  const at = others.findIndex(({ what }) => what === "rstat") + 1;
  return [...others.slice(0, at), { ...PSI_AREA, freeOrder: order }, ...others.slice(at)];
}

function statisticsAreas(era: EraConstants, config: KernelConfig): PercpuAreaSpec[] {
  const nodeItems = config.numa ? 0 : era.numaNodeItems;
  const events = era.eventItems - (config.numa ? 0 : era.numaEventItems);
  const items = era.memcgStatItems - nodeItems + events;
  const vmBytes = 8 * (items * (era.vmDoubled ? 2 : 1) + era.extraWords);
  const accounted = era.accountsAreas;
  const out: PercpuAreaSpec[] = [];
  for (let copy = era.vmCopies; copy > 0; copy--) {
    const what = copy === 2 ? "memcg vmstats (local)" : "memcg vmstats";
    out.push({ ...area(what, vmBytes, "memory", "css", 4 + copy), accounted, earlyRelease: true });
  }
  era.lruvecItemBytes.forEach((itemBytes, i, all) => {
    const what = i < all.length - 1 ? "lruvec stats (local)" : "lruvec stats";
    const bytes = itemBytes * (era.nodeStatItems - nodeItems);
    const stats = area(what, bytes, "memory", "css", 4 - i);
    out.push({ ...stats, alignBytes: Math.min(itemBytes, 8), accounted, perNode: true, earlyRelease: true });
  });
  out.push({ ...area("writeback domain counter", 4, "memory", "css", 1), alignBytes: 4 });
  return out;
}

function area(what: string, sizeBytes: number, controller: CgroupPart, freedBy: FreedBy, freeOrder: number) {
  const flags = { accounted: false, perNode: false, v2Only: false, earlyRelease: false };
  return { what, sizeBytes, alignBytes: 8, controller, freedBy, freeOrder, ...flags };
}

function refcount(what: string, controller: CgroupPart, freedBy: FreedBy, freeOrder: number): PercpuAreaSpec {
  return area(what, 8, controller, freedBy, freeOrder);
}

/** The same order of freeing within each event, counted from 0 without gaps. */
function densely(areas: readonly PercpuAreaSpec[]): PercpuAreaSpec[] {
  return areas.map((spec) => ({
    ...spec,
    freeOrder: areas.filter(({ freedBy, freeOrder }) => freedBy === spec.freedBy && freeOrder < spec.freeOrder).length,
  }));
}
