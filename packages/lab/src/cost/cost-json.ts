/**
 * The cost of a memory cgroup as JSON, all sizes in bytes; the key set is stable within a format number.
 *
 *     ebb-cost/1  format, kernel, release, cpus, nodes, units, hierarchy, slabAllocator, config {numa, psi, bpf}, source,
 *                 objects[] of what, where, controller, size, taken, count, cache, freedBy, alive, dying, early, source;
 *                 each {alive, dying, early}, copies[] of caches[], parts, and a cost; program {caches[], and a cost};
 *                 writeback; memcgs; total {alive, dying, early}
 *
 *     a cost      percpuPerCpu, percpu, slab, both; in `total` without percpuPerCpu and for all `memcgs`
 */

import type { CgroupCost, CostBytes } from "./cost.ts";

export function costJson(cost: CgroupCost): string {
  const { profile, nrMemcgs } = cost;
  const { alive, dying, early } = cost;
  const value = {
    format: "ebb-cost/1",
    kernel: profile.name,
    release: profile.release,
    cpus: cost.nrCpus,
    nodes: cost.nrNodes,
    units: cost.nrUnits,
    hierarchy: cost.hierarchy,
    slabAllocator: profile.slabAllocator,
    config: profile.config,
    source: profile.source,
    objects: cost.rows.map((row) => ({
      what: row.what,
      where: row.where,
      controller: row.controller,
      size: row.sizeBytes,
      taken: row.takenBytes,
      count: row.count,
      cache: row.cache === "" ? null : row.cache,
      freedBy: row.freedBy,
      alive: row.aliveBytes,
      dying: row.dyingBytes,
      early: row.earlyBytes,
      source: row.source,
    })),
    each: { alive: costValue(alive), dying: costValue(dying), early: costValue(early) },
    copies: cost.copies.map(({ caches, parts, bytes }) => ({ caches, parts, ...costValue(bytes) })),
    program: { caches: cost.programCaches, ...costValue(cost.programCopies) },
    writeback: cost.writeback === undefined ? null : costValue(cost.writeback),
    memcgs: nrMemcgs,
    total: {
      alive: totalValue(alive, nrMemcgs),
      dying: totalValue(dying, nrMemcgs),
      early: totalValue(early, nrMemcgs),
    },
  };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function costValue({ percpuPerCpu, percpu, slab }: CostBytes): object {
  return { percpuPerCpu, percpu, slab, both: percpu + slab };
}

function totalValue({ percpu, slab }: CostBytes, nrMemcgs: number): object {
  return { percpu: percpu * nrMemcgs, slab: slab * nrMemcgs, both: (percpu + slab) * nrMemcgs };
}
