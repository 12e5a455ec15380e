/**
 * Dentries and inodes of cgroup directories: what the kernel remembers of names.
 *
 *   cgroup ---> its directory's own: dentry, inode          in the cgroup's row
 *          `--> list: of its control files, looked up       dentry and inode, used while a handle is open
 *                     of removed children                   a negative dentry alone, used by nobody
 *
 * A lookup makes what is missing, charged to the task that looks. rmdir leaves the directory's dentry behind, in the
 * list of its parent; removing the parent takes the whole list away. What nobody uses a shrinker may take
 * (drop_caches=2).
 *
 * Source: recorded slabinfo of 5.4 and 6.1 (mkdir, lookup and rmdir of 11,000 cgroups; four dentries and inodes for a
 * cgroup with three files opened); real-kernels.md 4, 6.
 */

import { NO_CGROUP, ONLINE } from "../cgroup/cgroups.ts";
import { allocObject, freeObject } from "../slab/objects.ts";
import { NO_OBJECT } from "../slab/pool.ts";
import { createTable, dropRow, NO_ROW, type Table, takeRow } from "../table.ts";
import type { Machine } from "./state.ts";

export const NO_DENTRY = NO_ROW;
/** In place of the number of a control file: the name of a child that is gone. */
const NEGATIVE = -1;

const FIELDS = [
  "used",
  /** Directory it is in; NO_CGROUP once that is gone and a handle is still open. */
  "cgroup",
  /** Number of the control file, or NEGATIVE. */
  "file",
  "dentry",
  "inode",
  "nrOpen",
  "next",
  "previous",
] as const;

export type Dentries = Table<(typeof FIELDS)[number]>;

export function createDentries(): Dentries {
  return createTable({ fields: FIELDS, widths: {} });
}

/** Whose lookup it is. */
interface Looker {
  readonly memcg: number;
  readonly cpu: number;
}

/** A dentry; NO_OBJECT where the profile has none. */
export function takeDentry(m: Machine, { memcg, cpu }: Looker): number {
  const cache = m.caches.indexOf.get("dentry");
  return cache === undefined ? NO_OBJECT : allocObject(m, cache, memcg, cpu);
}

function takeInode(m: Machine, { memcg, cpu }: Looker): number {
  const cache = m.caches.indexOf.get("inode_cache");
  return cache === undefined ? NO_OBJECT : allocObject(m, cache, memcg, cpu);
}

function drop(m: Machine, object: number, cpu: number): void {
  if (object !== NO_OBJECT) freeObject(m, object, cpu);
}

/** The dentry that mkdir works with; on some kernels it does not outlive the call. */
export function dentryOfMkdir(m: Machine, cgroup: number, who: Looker): void {
  const dentry = takeDentry(m, who);
  if (m.profile.mkdirKeepsDentry) m.cgroups.dentry[cgroup] = dentry;
  else drop(m, dentry, who.cpu);
}

/** Looks the directory of a cgroup up, which is no root. */
function lookUpDirectory(m: Machine, cgroup: number, who: Looker): void {
  const c = m.cgroups;
  if (c.dentry[cgroup] === NO_OBJECT) c.dentry[cgroup] = takeDentry(m, who);
  if (c.inode[cgroup] === NO_OBJECT) c.inode[cgroup] = takeInode(m, who);
}

/** Looks control file `file` of a cgroup up; the row of its dentry, NO_DENTRY in a root, whose are there since boot. */
export function lookUpControlFile(m: Machine, cgroup: number, file: number, who: Looker): number {
  const t = m.dentries;
  if (m.cgroups.parent[cgroup] === NO_CGROUP) return NO_DENTRY;
  lookUpDirectory(m, cgroup, who);
  for (let row = m.cgroups.firstDentry[cgroup]; row !== NO_DENTRY; row = t.next[row]) {
    if (t.file[row] === file) return row;
  }
  const dentry = takeDentry(m, who);
  return addRow(m, cgroup, file, dentry, takeInode(m, who));
}

/** The directory is removed: its inode and all below it go, its dentry stays as a name that is not there. */
export function removeDirectory(m: Machine, cgroup: number, who: Looker): void {
  const c = m.cgroups;
  lookUpDirectory(m, cgroup, who);
  dropDentriesOf(m, cgroup, who.cpu);
  drop(m, c.inode[cgroup], who.cpu);
  if (c.dentry[cgroup] !== NO_OBJECT) addRow(m, c.parent[cgroup], NEGATIVE, c.dentry[cgroup], NO_OBJECT);
  c.inode[cgroup] = NO_OBJECT;
  c.dentry[cgroup] = NO_OBJECT;
}

/** All that is remembered of names in the directory of `cgroup` goes; what a handle holds, with the handle. */
export function dropDentriesOf(m: Machine, cgroup: number, cpu: number): void {
  const t = m.dentries;
  for (let row = m.cgroups.firstDentry[cgroup]; row !== NO_DENTRY; row = m.cgroups.firstDentry[cgroup]) {
    unlink(m, row);
    t.cgroup[row] = NO_CGROUP;
    if (t.nrOpen[row] === 0) freeDentryRow(m, row, cpu);
  }
}

/** A handle on the file is opened (n = 1) or closed (n = -1). */
export function useDentry(m: Machine, row: number, n: number, cpu: number): void {
  const t = m.dentries;
  t.nrOpen[row] += n;
  if (t.nrOpen[row] === 0 && t.cgroup[row] === NO_CGROUP) freeDentryRow(m, row, cpu);
}

/** Frees what nobody uses. Answers how many dentries. */
export function dropUnusedDentries(m: Machine, cpu: number): number {
  const t = m.dentries;
  let nrDropped = 0;
  for (let row = 0; row < t.nrRows; row++) {
    if (t.used[row] === 0 || t.nrOpen[row] > 0) continue;
    unlink(m, row);
    freeDentryRow(m, row, cpu);
    nrDropped++;
  }
  return nrDropped + dropUnusedDirectories(m, cpu);
}

/** Directories below which no name is known any more, from the leaves up; they are looked up again when needed. */
function dropUnusedDirectories(m: Machine, cpu: number): number {
  const c = m.cgroups;
  const rows = Array.from({ length: c.nrRows }, (_, row) => row).filter((row) => c.dentry[row] !== NO_OBJECT);
  rows.sort((a, b) => c.depth[b] - c.depth[a] || a - b);
  const nrKnown = new Int32Array(c.nrRows);
  for (const row of rows) if (c.parent[row] !== NO_CGROUP) nrKnown[c.parent[row]]++;
  let nrDropped = 0;
  for (const row of rows) {
    if (c.state[row] !== ONLINE || nrKnown[row] > 0 || c.firstDentry[row] !== NO_DENTRY) continue;
    drop(m, c.dentry[row], cpu);
    drop(m, c.inode[row], cpu);
    c.dentry[row] = NO_OBJECT;
    c.inode[row] = NO_OBJECT;
    nrKnown[c.parent[row]]--;
    nrDropped++;
  }
  return nrDropped;
}

function addRow(m: Machine, cgroup: number, file: number, dentry: number, inode: number): number {
  const { dentries: t, cgroups } = m;
  const row = takeRow(t);
  const head = cgroups.firstDentry[cgroup];
  t.used[row] = 1;
  t.cgroup[row] = cgroup;
  t.file[row] = file;
  t.dentry[row] = dentry;
  t.inode[row] = inode;
  t.next[row] = head;
  t.previous[row] = NO_DENTRY;
  if (head !== NO_DENTRY) t.previous[head] = row;
  cgroups.firstDentry[cgroup] = row;
  return row;
}

function unlink(m: Machine, row: number): void {
  const { dentries: t, cgroups } = m;
  const next = t.next[row];
  const previous = t.previous[row];
  if (previous === NO_DENTRY) cgroups.firstDentry[t.cgroup[row]] = next;
  else t.next[previous] = next;
  if (next !== NO_DENTRY) t.previous[next] = previous;
}

function freeDentryRow(m: Machine, row: number, cpu: number): void {
  const t = m.dentries;
  drop(m, t.dentry[row], cpu);
  drop(m, t.inode[row], cpu);
  t.used[row] = 0;
  dropRow(t, row);
}
