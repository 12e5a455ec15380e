/**
 * The cgroup tree of one machine: who is whose child, who is online, who is dying, and which percpu areas each holds.
 *
 *   mkdir -> online --rmdir--> dying --(grace periods, workers)--> released, its row free again
 *
 * Rows are flat columns; row 0 is the root of v2, another may be the root of the v1 memory hierarchy. A cgroup's own areas
 * stand in `areas`, one word per entry of the profile's area list, NO_AREA where it has none; those of the memory
 * controller belong to its memcg. Names belong to the tree only while a cgroup is online: rmdir frees the name at once.
 *
 * Source: spec/memcg-slab.md A.1, A.2, A.5.
 */

import type { Cut } from "../cut.ts";
import { NO_MEMCG, ROOT_MEMCG } from "../memcg/memcgs.ts";
import { NO_ROW } from "../none.ts";

export const ROOT_CGROUP = 0;
export const NO_CGROUP = -1;
export const NO_AREA = -1;

/** Values of `state`. */
export const FREE_CGROUP = 0;
export const ONLINE = 1;
export const DYING = 2;

/** "No limit" in cgroup.max.descendants and cgroup.max.depth. */
export const NO_LIMIT = 0x7fffffff;

export interface Cgroups {
  readonly areasPerCgroup: number;
  readonly objectsPerCgroup: number;
  /** Rows ever used; free ones are linked through `parent` from `freeRow`. */
  nrRows: number;
  freeRow: number;
  state: Int32Array;
  parent: Int32Array;
  depth: Int32Array;
  /** Online cgroups below, at any depth. */
  nrDescendants: Int32Array;
  /** Removed and not yet released, below, at any depth. */
  nrDying: Int32Array;
  nrOnlineChildren: Int32Array;
  /** Children not yet freed: each holds a reference on its parent. */
  nrChildren: Int32Array;
  nrTasks: Int32Array;
  /** 1 when `memory` is enabled for the children. */
  memoryInSubtree: Int32Array;
  /** Its memcg; NO_MEMCG without a memory controller css. */
  memcg: Int32Array;
  /** 1 until a memory controller it lost is offline. */
  memoryDying: Int32Array;
  /** 1 in the v1 memory hierarchy. */
  isV1: Int32Array;
  /** Parts that are not freed yet and keep a dying cgroup: each memcg, and the rest as one. */
  nrParts: Int32Array;
  maxDescendants: Int32Array;
  maxDepth: Int32Array;
  /** Dentry and inode of its directory, slab objects; NO_ROW without one. */
  dentry: Int32Array;
  inode: Int32Array;
  /** First dentry below its directory that is not a child's: see machine/dentries.ts. */
  firstDentry: Int32Array;
  /** 1 once a dying cgroup is released and no longer counts as dying, 2 once only a child still keeps its row. */
  released: Int32Array;
  /** Virtual time of the rmdir, ns; 0 while online. */
  removedNs: Float64Array;
  areas: Float64Array;
  /** Slab objects in the order of the plan, NO_ROW in place of those that are freed. */
  objects: Int32Array;
  names: string[];
  /** Derived: online children by name. */
  children: (Map<string, number> | undefined)[];
}

const INT_FIELDS = [
  "state",
  "parent",
  "depth",
  "nrDescendants",
  "nrDying",
  "nrOnlineChildren",
  "nrChildren",
  "nrTasks",
  "memoryInSubtree",
  "memcg",
  "memoryDying",
  "isV1",
  "nrParts",
  "maxDescendants",
  "maxDepth",
  "dentry",
  "inode",
  "firstDentry",
  "released",
] as const;

const INITIAL_ROWS = 64;

/** A tree that holds only its root. */
export function createCgroups(areasPerCgroup: number, objectsPerCgroup: number): Cgroups {
  const ints = () => new Int32Array(INITIAL_ROWS);
  const c: Cgroups = {
    areasPerCgroup,
    objectsPerCgroup,
    nrRows: 0,
    freeRow: NO_CGROUP,
    state: ints(),
    parent: ints(),
    depth: ints(),
    nrDescendants: ints(),
    nrDying: ints(),
    nrOnlineChildren: ints(),
    nrChildren: ints(),
    nrTasks: ints(),
    memoryInSubtree: ints(),
    memcg: ints(),
    memoryDying: ints(),
    isV1: ints(),
    nrParts: ints(),
    maxDescendants: ints(),
    maxDepth: ints(),
    dentry: ints(),
    inode: ints(),
    firstDentry: ints(),
    released: ints(),
    removedNs: new Float64Array(INITIAL_ROWS),
    areas: new Float64Array(INITIAL_ROWS * areasPerCgroup),
    objects: new Int32Array(INITIAL_ROWS * objectsPerCgroup),
    names: [],
    children: [],
  };
  const root = takeCgroupRow(c, NO_CGROUP, "");
  c.memcg[root] = ROOT_MEMCG;
  return c;
}

/** A row for a new online cgroup below `parent`; the counts of its ancestors are the caller's. */
export function takeCgroupRow(c: Cgroups, parent: number, name: string): number {
  let row = c.freeRow;
  if (row !== NO_CGROUP) c.freeRow = c.parent[row];
  else {
    row = c.nrRows++;
    if (row >= c.state.length) growCgroups(c, row * 2);
  }
  for (const field of INT_FIELDS) c[field][row] = 0;
  c.state[row] = ONLINE;
  c.parent[row] = parent;
  c.depth[row] = parent === NO_CGROUP ? 0 : c.depth[parent] + 1;
  c.memcg[row] = NO_MEMCG;
  c.isV1[row] = parent === NO_CGROUP ? 0 : c.isV1[parent];
  c.nrParts[row] = 1;
  c.dentry[row] = NO_ROW;
  c.inode[row] = NO_ROW;
  c.firstDentry[row] = NO_ROW;
  c.maxDescendants[row] = NO_LIMIT;
  c.maxDepth[row] = NO_LIMIT;
  c.removedNs[row] = 0;
  c.areas.fill(NO_AREA, row * c.areasPerCgroup, (row + 1) * c.areasPerCgroup);
  c.objects.fill(NO_ROW, row * c.objectsPerCgroup, (row + 1) * c.objectsPerCgroup);
  c.names[row] = name;
  c.children[row] = undefined;
  return row;
}

/** Gives the row of a released cgroup back. */
export function releaseCgroupRow(c: Cgroups, row: number): void {
  c.state[row] = FREE_CGROUP;
  c.names[row] = "";
  c.children[row] = undefined;
  c.parent[row] = c.freeRow;
  c.freeRow = row;
}

function growCgroups(c: Cgroups, rows: number): void {
  for (const field of INT_FIELDS) {
    const larger = new Int32Array(rows);
    larger.set(c[field]);
    c[field] = larger;
  }
  const removedNs = new Float64Array(rows);
  removedNs.set(c.removedNs);
  c.removedNs = removedNs;
  const areas = new Float64Array(rows * c.areasPerCgroup);
  areas.set(c.areas);
  c.areas = areas;
  const objects = new Int32Array(rows * c.objectsPerCgroup);
  objects.set(c.objects);
  c.objects = objects;
}

/** The online child of `parent` called `name`; NO_CGROUP when there is none. */
export function lookupCgroup(c: Cgroups, parent: number, name: string): number {
  return c.children[parent]?.get(name) ?? NO_CGROUP;
}

/** Names of the online children, in the order of their creation. */
export function childNames(c: Cgroups, parent: number): readonly string[] {
  return [...(c.children[parent]?.keys() ?? [])];
}

export function linkName(c: Cgroups, parent: number, name: string, row: number): void {
  let children = c.children[parent];
  if (children === undefined) {
    children = new Map();
    c.children[parent] = children;
  }
  children.set(name, row);
}

export function unlinkName(c: Cgroups, parent: number, name: string): void {
  c.children[parent]?.delete(name);
}

/** Adds to a count of every ancestor of `row`, itself excluded. */
export function addToAncestors(c: Cgroups, row: number, column: Int32Array, n: number): void {
  for (let up = c.parent[row]; up !== NO_CGROUP; up = c.parent[up]) column[up] += n;
}

/** Path below the mount, as /proc/PID/cgroup shows it: "/" for the root. */
export function cgroupPath(c: Cgroups, row: number): string {
  let path = "";
  for (let up = row; c.parent[up] !== NO_CGROUP; up = c.parent[up]) path = `/${c.names[up]}${path}`;
  return path === "" ? "/" : path;
}

/** A copy of the columns, without the derived index. */
export interface CgroupsSnapshot {
  readonly nrRows: number;
  readonly freeRow: number;
  readonly ints: readonly Int32Array[];
  readonly removedNs: Float64Array;
  readonly areas: Float64Array;
  readonly objects: Int32Array;
  readonly names: readonly string[];
}

export function snapshotCgroups(c: Cgroups, cut: Cut): CgroupsSnapshot {
  const n = c.nrRows;
  return {
    nrRows: n,
    freeRow: c.freeRow,
    ints: INT_FIELDS.map((field) => cut.ints(c[field], n)),
    removedNs: cut.floats(c.removedNs, n),
    areas: cut.floats(c.areas, n * c.areasPerCgroup),
    objects: cut.ints(c.objects, n * c.objectsPerCgroup),
    names: c.names.slice(),
  };
}

export function restoreCgroups(c: Cgroups, s: CgroupsSnapshot): void {
  if (c.state.length < s.nrRows) growCgroups(c, s.nrRows);
  c.nrRows = s.nrRows;
  c.freeRow = s.freeRow;
  INT_FIELDS.forEach((field, i) => {
    c[field].set(s.ints[i]);
  });
  c.removedNs.set(s.removedNs);
  c.areas.set(s.areas);
  c.objects.set(s.objects);
  c.names = s.names.slice();
  c.children = new Array(s.nrRows);
  for (let row = 0; row < s.nrRows; row++) {
    if (c.state[row] === ONLINE && c.parent[row] !== NO_CGROUP) linkName(c, c.parent[row], c.names[row], row);
  }
}

/** Calls `fold` with every word of the columns, in a fixed order. */
export function foldCgroups(c: Cgroups, fold: (value: number) => void, foldText: (text: string) => void): void {
  const columns = INT_FIELDS.map((field) => c[field]);
  fold(c.nrRows);
  fold(c.freeRow);
  for (let row = 0; row < c.nrRows; row++) {
    for (let i = 0; i < columns.length; i++) fold(columns[i][row]);
    fold(c.removedNs[row]);
    for (let i = row * c.areasPerCgroup; i < (row + 1) * c.areasPerCgroup; i++) fold(c.areas[i]);
    for (let i = row * c.objectsPerCgroup; i < (row + 1) * c.objectsPerCgroup; i++) fold(c.objects[i]);
    foldText(c.names[row]);
  }
}
