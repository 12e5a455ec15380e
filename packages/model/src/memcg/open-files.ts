/** Open files: each handle takes the kernel objects the profile lists, charged to the memcg of the task that opens. */

import type { Machine } from "../machine/state.ts";
import { memcgOfTask } from "../machine/tasks.ts";
import { allocObject, freeObject } from "../slab/objects.ts";
import { createTable, dropRow, type Table, takeRow } from "../table.ts";

const FIELDS = ["used", "file", "objects"] as const;

export type OpenFiles = Table<(typeof FIELDS)[number]>;

export function createOpenFiles(objectsPerOpen: number): OpenFiles {
  return createTable({ fields: FIELDS, widths: { objects: objectsPerOpen } });
}

/** Task `pid` opens `file`; answers the row of the handle. */
export function openFile(m: Machine, file: number, pid: number): number {
  const { openList } = m;
  const handle = takeRow(m.openFiles);
  const memcg = memcgOfTask(m, pid);
  m.openFiles.used[handle] = 1;
  m.openFiles.file[handle] = file;
  m.files.nrOpen[file]++;
  for (let i = 0; i < openList.length; i++) {
    m.openFiles.objects[handle * openList.length + i] = allocObject(m, openList[i], memcg, m.tasks.cpu[pid]);
  }
  return handle;
}

export function closeFile(m: Machine, handle: number, cpu: number): void {
  const { openList, openFiles } = m;
  m.files.nrOpen[openFiles.file[handle]]--;
  for (let i = 0; i < openList.length; i++) freeObject(m, openFiles.objects[handle * openList.length + i], cpu);
  openFiles.used[handle] = 0;
  dropRow(openFiles, handle);
}
