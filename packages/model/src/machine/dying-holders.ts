/** Who keeps dying memcgs: the files, tasks and sockets that would have to go. Source: spec/memcg-slab.md A.3. */

import { ANON_PAGE, FREE_PAGE } from "../memcg/pages.ts";
import { rowOfObject } from "../slab/caches.ts";
import { NO_OBJECT } from "../slab/pool.ts";
import { NO_ROW } from "../table.ts";
import { isDyingMemcg } from "./dying.ts";
import type { Machine } from "./state.ts";
import { NO_TASK, PID_MAX } from "./task-table.ts";

/** Rows of files, open handles and sockets, and pids, ascending. */
export interface DyingHolders {
  /** Handles that are a kernel object of a dying memcg themselves, or keep a file that is one of `files` open. */
  readonly handles: readonly number[];
  readonly files: readonly number[];
  readonly pids: readonly number[];
  readonly sockets: readonly number[];
}

/** Everything with a page, a swap slot, a kernel object or a writeback structure of a dying memcg, or a reference on one. */
export function dyingHolders(m: Machine): DyingHolders {
  const { files, openFiles, tasks, sockets } = m;
  const [pageFiles, pagePids] = holdersOfPages(m);
  const rows: number[] = [];
  for (let file = 0; file < files.nrRows; file++) {
    if (files.used[file] !== 0 && (pageFiles.has(file) || isFileOfDying(m, file))) rows.push(file);
  }
  const pids: number[] = [];
  for (let pid = 1; pid < PID_MAX; pid++) {
    if (tasks.cgroup[pid] !== NO_TASK && (pagePids.has(pid) || isTaskOfDying(m, pid))) pids.push(pid);
  }
  const open: number[] = [];
  for (let socket = 0; socket < sockets.nrRows; socket++) {
    if (sockets.used[socket] !== 0 && isDyingMemcg(m, sockets.memcg[socket])) open.push(socket);
  }
  const pinningFiles = new Set(rows);
  const handles: number[] = [];
  for (let handle = 0; handle < openFiles.nrRows; handle++) {
    if (openFiles.used[handle] === 0) continue;
    if (pinningFiles.has(openFiles.file[handle]) || isHandleOfDying(m, handle)) handles.push(handle);
  }
  return { files: rows, handles, pids, sockets: open };
}

/** Files, and tasks, with a page or a swap slot. */
function holdersOfPages(m: Machine): readonly [files: ReadonlySet<number>, pids: ReadonlySet<number>] {
  const { pages } = m;
  const files = new Set<number>();
  const pids = new Set<number>();
  for (let page = 0; page < pages.nrRows; page++) {
    if (pages.kind[page] === FREE_PAGE || !isDyingMemcg(m, pages.owner[page])) continue;
    (pages.kind[page] === ANON_PAGE ? pids : files).add(pages.holder[page]);
  }
  return [files, pids];
}

function isFileOfDying(m: Machine, file: number): boolean {
  const { files, writebacks } = m;
  const writeback = files.writeback[file];
  if (writeback !== NO_ROW && isDyingMemcg(m, writebacks.memcg[writeback])) return true;
  return isFromDying(m, files.inode[file]) || isFromDying(m, files.dentry[file]);
}

function isTaskOfDying(m: Machine, pid: number): boolean {
  const { tasks, forkList, execList } = m;
  if (tasks.nrKernelPages[pid] > 0 && isDyingMemcg(m, tasks.stackOwner[pid])) return true;
  for (let i = 0; i < forkList.length; i++) {
    if (isFromDying(m, tasks.forkObjects[pid * forkList.length + i])) return true;
  }
  if (tasks.hasProgram[pid] === 0) return false;
  for (let i = 0; i < execList.length; i++) {
    if (isFromDying(m, tasks.execObjects[pid * execList.length + i])) return true;
  }
  return false;
}

function isHandleOfDying(m: Machine, handle: number): boolean {
  const { objects, objectsPerOpen } = m.openFiles;
  for (let i = handle * objectsPerOpen; i < (handle + 1) * objectsPerOpen; i++) {
    if (isFromDying(m, objects[i])) return true;
  }
  return false;
}

/** An object, or NO_OBJECT, is from a dying memcg's copy. Root caches name memcg 0, which never dies. */
function isFromDying(m: Machine, object: number): boolean {
  return object !== NO_OBJECT && isDyingMemcg(m, m.caches.memcg[rowOfObject(m.caches, object)]);
}
