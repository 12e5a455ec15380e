/**
 * Who holds the percpu areas of a machine: cgroups, memcgs, cache copies and writeback structures, each in its row. What
 * nobody holds has been there since the boot.
 */

import { FREE_CGROUP, NO_AREA } from "../cgroup/cgroups.ts";
import { FREE_MEMCG } from "../memcg/memcgs.ts";
import { AREAS_PER_WRITEBACK } from "../memcg/writebacks.ts";
import { AREAS_PER_COPY, FREE_CACHE } from "../slab/caches.ts";
import type { Machine } from "./state.ts";

/** Kinds of holders. */
export const AREAS_OF_CGROUP = 0;
const AREAS_OF_MEMCG = 1;
export const AREAS_OF_COPY = 2;
export const AREAS_OF_WRITEBACK = 3;

/** Takes an area, the kind of its holder (AREAS_OF_...) and the holder's row. */
type AreaVisitor = (area: number, kind: number, row: number) => void;

/** Calls `visit` for each area that a holder's row has. */
export function forEachHeldArea(m: Machine, visit: AreaVisitor): void {
  const { cgroups: c, memcgs, caches, writebacks } = m;
  const rows = (
    kind: number,
    areas: Int32Array | Float64Array,
    width: number,
    nrRows: number,
    isUsed: (row: number) => boolean,
  ) => {
    for (let row = 0; row < nrRows; row++) {
      if (!isUsed(row)) continue;
      for (let i = row * width; i < (row + 1) * width; i++) if (areas[i] !== NO_AREA) visit(areas[i], kind, row);
    }
  };
  rows(AREAS_OF_CGROUP, c.areas, c.areasPerCgroup, c.nrRows, (row) => c.state[row] !== FREE_CGROUP);
  rows(AREAS_OF_MEMCG, memcgs.areas, memcgs.areasPerMemcg, memcgs.nrRows, (row) => memcgs.state[row] !== FREE_MEMCG);
  rows(AREAS_OF_COPY, caches.areas, AREAS_PER_COPY, caches.nrRows, (row) => caches.state[row] !== FREE_CACHE);
  rows(
    AREAS_OF_WRITEBACK,
    writebacks.areas,
    AREAS_PER_WRITEBACK,
    writebacks.nrRows,
    (row) => writebacks.used[row] !== 0,
  );
}
