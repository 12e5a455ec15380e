/** What one machine's memory comes to at one moment. */

import {
  COPY_DEAD,
  forEachChunk,
  type Machine,
  NO_CGROUP,
  NR_CHUNKS,
  NR_POPULATED,
  PAGE_BYTES,
  type Percpu,
  percpuKb,
  ROOT_CGROUP,
} from "@ebb/model";

/** Percpu memory of an allocator. */
export interface PercpuFigures {
  readonly percpuKb: number;
  /** Percpu chunks, the reserved one not counted. */
  readonly nrChunks: number;
  /** Populated pages of one unit, over all chunks. */
  readonly nrPopulatedPages: number;
  /** Those of them without any live area, in isolated and sidelined chunks too. */
  readonly nrEmptyPopPages: number;
  /** Bytes of live areas in one unit, over all chunks. */
  readonly liveBytes: number;
}

export interface MachineFigures extends PercpuFigures {
  /** Cgroups below the roots that are online. */
  readonly nrOnline: number;
  /** Cgroups below the roots that are removed and not yet released. */
  readonly nrDying: number;
  /** Copies of slab caches whose memcg is offline, and the pages of their slabs. */
  readonly nrDeadCaches: number;
  readonly nrDeadCachePages: number;
  /** Function-call interrupts since the experiment began: received by CPU 0, and by all CPUs. */
  readonly nrIpisCpu0: number;
  readonly nrIpis: number;
}

export function machineFigures(m: Machine): MachineFigures {
  const { nrCallIpis } = m.caches;
  return {
    nrOnline: inBothHierarchies(m, m.cgroups.nrDescendants),
    nrDying: inBothHierarchies(m, m.cgroups.nrDying),
    ...percpuFigures(m.percpu),
    ...deadCaches(m),
    nrIpisCpu0: nrCallIpis[0] ?? 0,
    nrIpis: nrCallIpis.reduce((sum, nr) => sum + nr, 0),
  };
}

export function percpuFigures(t: Percpu): PercpuFigures {
  let nrEmptyPopPages = 0;
  let liveBytes = 0;
  forEachChunk(t, true, (chunk) => {
    const hiddenBytes = (t.startOffBytes[chunk] ?? 0) + (t.endOffBytes[chunk] ?? 0);
    nrEmptyPopPages += t.nrEmptyPopPages[chunk] ?? 0;
    liveBytes += (t.nrPages[chunk] ?? 0) * PAGE_BYTES - hiddenBytes - (t.freeBytes[chunk] ?? 0);
  });
  return {
    percpuKb: percpuKb(t),
    nrChunks: t.globals[NR_CHUNKS] ?? 0,
    nrPopulatedPages: t.globals[NR_POPULATED] ?? 0,
    nrEmptyPopPages,
    liveBytes,
  };
}

/** A count of the roots of v2 and, where it is mounted, of the v1 memory hierarchy. */
function inBothHierarchies(m: Machine, column: Int32Array): number {
  const ofV1 = m.v1Root === NO_CGROUP ? 0 : (column[m.v1Root] ?? 0);
  return (column[ROOT_CGROUP] ?? 0) + ofV1;
}

function deadCaches({ caches }: Machine): Pick<MachineFigures, "nrDeadCaches" | "nrDeadCachePages"> {
  let nrDeadCaches = 0;
  let nrDeadCachePages = 0;
  for (let row = caches.specs.length; row < caches.nrRows; row++) {
    if (caches.state[row] !== COPY_DEAD) continue;
    nrDeadCaches++;
    nrDeadCachePages += caches.nrPages[row] ?? 0;
  }
  return { nrDeadCaches, nrDeadCachePages };
}
