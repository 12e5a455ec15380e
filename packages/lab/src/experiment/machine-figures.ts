/** What one machine's memory comes to at one moment. */

import { forEachChunk, type Machine, NR_CHUNKS, NR_POPULATED, PAGE_BYTES, percpuKb, ROOT_CGROUP } from "@ebb/model";

export interface MachineFigures {
  /** Cgroups below the root that are online. */
  readonly nrOnline: number;
  /** Cgroups below the root that are removed and not yet released. */
  readonly nrDying: number;
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

export function machineFigures(m: Machine): MachineFigures {
  const t = m.percpu;
  let nrEmptyPopPages = 0;
  let liveBytes = 0;
  forEachChunk(t, true, (chunk) => {
    const hiddenBytes = (t.startOffBytes[chunk] ?? 0) + (t.endOffBytes[chunk] ?? 0);
    nrEmptyPopPages += t.nrEmptyPopPages[chunk] ?? 0;
    liveBytes += (t.nrPages[chunk] ?? 0) * PAGE_BYTES - hiddenBytes - (t.freeBytes[chunk] ?? 0);
  });
  return {
    nrOnline: m.cgroups.nrDescendants[ROOT_CGROUP] ?? 0,
    nrDying: m.cgroups.nrDying[ROOT_CGROUP] ?? 0,
    percpuKb: percpuKb(t),
    nrChunks: t.globals[NR_CHUNKS] ?? 0,
    nrPopulatedPages: t.globals[NR_POPULATED] ?? 0,
    nrEmptyPopPages,
    liveBytes,
  };
}
