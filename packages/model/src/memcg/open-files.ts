/**
 * Open files: each handle takes the kernel objects the profile lists, charged to the memcg of the task that opens; one
 * that is written to may take the program's buffer too.
 */

import { lookUpControlFile, NO_DENTRY, useDentry } from "../machine/dentries.ts";
import type { Machine } from "../machine/state.ts";
import { memcgOfTask } from "../machine/tasks.ts";
import { allocObject, freeObjects } from "../slab/objects.ts";
import { NO_OBJECT } from "../slab/pool.ts";
import { createTable, dropRow, NO_ROW, type Table, takeRow } from "../table.ts";

const FIELDS = [
  "used",
  /** A file of a file system; NO_ROW for one whose text the kernel makes. */
  "file",
  /** Dentry of a control file; NO_DENTRY for others. */
  "dentry",
  /** Those of the handle, those beside of a text the kernel makes, those of a buffer: NO_OBJECT where there are none. */
  "objects",
] as const;

export type OpenFiles = Table<(typeof FIELDS)[number]> & { readonly objectsPerOpen: number };

export function createOpenFiles(objectsPerOpen: number): OpenFiles {
  return { ...createTable({ fields: FIELDS, widths: { objects: objectsPerOpen } }), objectsPerOpen };
}

/** Task `pid` opens `file`; answers the row of the handle. */
export function openFile(m: Machine, file: number, pid: number): number {
  m.files.nrOpen[file]++;
  return takeHandle(m, file, NO_DENTRY, pid);
}

/** Task `pid` opens a file of /proc or /sys. */
export function openKernelFile(m: Machine, pid: number): number {
  return takeTextHandle(m, NO_DENTRY, pid);
}

/** Task `pid` opens control file number `file` of a cgroup. */
export function openControlFile(m: Machine, cgroup: number, file: number, pid: number): number {
  const cpu = m.tasks.cpu[pid];
  const dentry = lookUpControlFile(m, cgroup, file, { memcg: memcgOfTask(m, pid), cpu });
  if (dentry !== NO_DENTRY) useDentry(m, dentry, 1, cpu);
  return takeTextHandle(m, dentry, pid);
}

function takeTextHandle(m: Machine, dentry: number, pid: number): number {
  const handle = takeHandle(m, NO_ROW, dentry, pid);
  takeObjects(m, handle, m.openList.length, m.seqFileList, pid);
  return handle;
}

function takeHandle(m: Machine, file: number, dentry: number, pid: number): number {
  const t = m.openFiles;
  const handle = takeRow(t);
  t.used[handle] = 1;
  t.file[handle] = file;
  t.dentry[handle] = dentry;
  t.objects.fill(NO_OBJECT, handle * t.objectsPerOpen, (handle + 1) * t.objectsPerOpen);
  takeObjects(m, handle, 0, m.openList, pid);
  return handle;
}

/** The program writes to the handle: the first time its buffer takes what a buffer takes. */
export function bufferWrite(m: Machine, handle: number, pid: number): void {
  const t = m.openFiles;
  const from = m.openList.length + m.seqFileList.length;
  if (m.writeBufferList.length === 0 || t.objects[handle * t.objectsPerOpen + from] !== NO_OBJECT) return;
  takeObjects(m, handle, from, m.writeBufferList, pid);
}

function takeObjects(m: Machine, handle: number, from: number, list: Int32Array, pid: number): void {
  const t = m.openFiles;
  const memcg = memcgOfTask(m, pid);
  const base = handle * t.objectsPerOpen + from;
  for (let i = 0; i < list.length; i++) t.objects[base + i] = allocObject(m, list[i], memcg, m.tasks.cpu[pid]);
}

export function closeFile(m: Machine, handle: number, cpu: number): void {
  const t = m.openFiles;
  if (t.file[handle] !== NO_ROW) m.files.nrOpen[t.file[handle]]--;
  if (t.dentry[handle] !== NO_DENTRY) useDentry(m, t.dentry[handle], -1, cpu);
  freeObjects(m, t.objects, handle * t.objectsPerOpen, (handle + 1) * t.objectsPerOpen, cpu);
  t.used[handle] = 0;
  dropRow(t, handle);
}
