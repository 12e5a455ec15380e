/**
 * Who holds the percpu areas of a machine, as a tree of cgroups: what belongs to a memcg, to a copy of a cache or to a
 * writeback structure is the cgroup's. Areas that nobody holds are the boot's.
 */

import {
  AREAS_OF_CGROUP,
  AREAS_OF_COPY,
  AREAS_OF_WRITEBACK,
  type Cgroups,
  DYING,
  FREE_CGROUP,
  forEachHeldArea,
  type Machine,
  NO_CGROUP,
} from "@ebb/model";
import { type AreaTable, NOT_THERE } from "./area-table.ts";
import { type HolderColumns, type HolderKind, NO_HOLDER } from "./view.ts";

/** Holders without their sums, and the holder of each area. */
export interface ScriptHolders {
  readonly columns: Pick<HolderColumns, "nrHolders" | "kind" | "name" | "parent" | "dyingSinceNs">;
  holderOf(area: number): number;
}

const BOOT = "boot";

/** @param holders is filled, and read from then on */
export function scriptHolders(m: Machine, holders: AreaTable): ScriptHolders {
  const rows = rowsByDepth(m.cgroups);
  const holderOfRow = new Int32Array(m.cgroups.nrRows).fill(NO_HOLDER);
  rows.forEach((row, holder) => {
    holderOfRow[row] = holder;
  });
  const boot = rows.length;
  holders.clear();
  forEachHeldArea(m, (area, kind, row) => {
    holders.set(area, holderOfRow[cgroupOf(m, kind, row)] ?? boot);
  });
  const holderOf = (area: number) => {
    const holder = holders.get(area);
    return holder === NOT_THERE ? boot : holder;
  };
  return { columns: columnsOf(m, rows, holderOfRow), holderOf };
}

/** Cgroups whose row is in use, parents before their children. */
function rowsByDepth(c: Cgroups): readonly number[] {
  const rows: number[] = [];
  for (let row = 0; row < c.nrRows; row++) if (c.state[row] !== FREE_CGROUP) rows.push(row);
  return rows.sort((a, b) => (c.depth[a] ?? 0) - (c.depth[b] ?? 0) || a - b);
}

/** Row of the cgroup that a holder's row belongs to. */
function cgroupOf(m: Machine, kind: number, row: number): number {
  if (kind === AREAS_OF_CGROUP) return row;
  return m.memcgs.cgroup[memcgOf(m, kind, row) ?? 0] ?? 0;
}

/** Row of the memcg that a memcg's, a copy's or a writeback's row belongs to. */
function memcgOf(m: Machine, kind: number, row: number): number | undefined {
  if (kind === AREAS_OF_COPY) return m.caches.memcg[row];
  return kind === AREAS_OF_WRITEBACK ? m.writebacks.memcg[row] : row;
}

function columnsOf(m: Machine, rows: readonly number[], holderOfRow: Int32Array): ScriptHolders["columns"] {
  const c = m.cgroups;
  const isRoot = (row: number) => c.parent[row] === NO_CGROUP;
  const kind = rows.map((row): HolderKind => (isRoot(row) ? "root" : "cgroup"));
  const name = rows.map((row) => (isRoot(row) ? (row === m.v1Root ? "v1 root" : "root") : (c.names[row] ?? "")));
  const parent = rows.map((row) => (isRoot(row) ? NO_HOLDER : (holderOfRow[c.parent[row] ?? 0] ?? NO_HOLDER)));
  const dyingSinceNs = rows.map((row) => (c.state[row] === DYING ? (c.removedNs[row] ?? Number.NaN) : Number.NaN));
  return {
    nrHolders: rows.length + 1,
    kind: [...kind, "boot"],
    name: [...name, BOOT],
    parent: Int32Array.from([...parent, NO_HOLDER]),
    dyingSinceNs: Float64Array.from([...dyingSinceNs, Number.NaN]),
  };
}
