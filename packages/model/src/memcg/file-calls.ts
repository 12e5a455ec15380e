/**
 * What a file system asks of the page cache: files that appear and go, pages that are written and read, locks.
 *
 * A page that is not in memory is charged to the memcg of the task that first touches it, and stays charged to it
 * whoever uses it later. Ranges are page numbers, half open.
 *
 * Source: spec/memcg-slab.md A.2 (2: "First-touch rule"), A.3.
 */

import { ENOMEM } from "../errno.ts";
import { takeDentry } from "../machine/dentries.ts";
import type { Machine } from "../machine/state.ts";
import { memcgOfTask } from "../machine/tasks.ts";
import { PGFAULT, PGMAJFAULT } from "../memcg-stats/items.ts";
import { countMemcgEvent } from "../memcg-stats/update.ts";
import type { FileSystemSpec } from "../profiles/profile.ts";
import { allocObject, freeObject } from "../slab/objects.ts";
import { NO_OBJECT } from "../slab/pool.ts";
import { dropRow, NO_ROW, takeRow } from "../table.ts";
import { chargePages } from "./charge.ts";
import { ACTIVE_FILE, INACTIVE_FILE } from "./memcgs.ts";
import { findPage } from "./page-index.ts";
import { addPage, dirtyPage, lockPage, moveToList, removePage, swapInPage } from "./page-life.ts";
import { FILE_PAGE, NO_PAGE_ROW, SHMEM_PAGE } from "./pages.ts";
import { attachToWriteback, detachFromWriteback } from "./writebacks.ts";

/** A new file of `fs`, made by task `pid`: its inode and its dentry. Answers its row. */
export function createFile(m: Machine, fs: FileSystemSpec, pid: number): number {
  const { files } = m;
  const file = takeRow(files);
  files.used[file] = 1;
  files.memoryOnly[file] = fs.memoryOnly ? 1 : 0;
  files.cgroupWriteback[file] = fs.cgroupWriteback ? 1 : 0;
  files.firstPage[file] = NO_ROW;
  files.lastPage[file] = NO_ROW;
  files.writeback[file] = NO_ROW;
  files.inodeKind[file] = m.caches.indexOf.get(fs.inodeCache) ?? NO_ROW;
  files.inode[file] = NO_OBJECT;
  files.dentry[file] = NO_OBJECT;
  instantiate(m, file, pid);
  return file;
}

/** Gives a file that has none an inode and a dentry, charged to the task's memcg. */
function instantiate(m: Machine, file: number, pid: number): void {
  const { files } = m;
  if (files.dentry[file] !== NO_OBJECT) return;
  const memcg = memcgOfTask(m, pid);
  const cpu = m.tasks.cpu[pid];
  files.dentry[file] = takeDentry(m, { memcg, cpu });
  if (files.inodeKind[file] !== NO_ROW) files.inode[file] = allocObject(m, files.inodeKind[file], memcg, cpu);
}

/** Gives inode and dentry of a file back that nothing uses: it is no longer known to the kernel, though on the disk. */
export function evictInode(m: Machine, file: number, cpu: number): void {
  const { files } = m;
  detachFromWriteback(m, file, cpu);
  if (files.inode[file] !== NO_OBJECT) freeObject(m, files.inode[file], cpu);
  if (files.dentry[file] !== NO_OBJECT) freeObject(m, files.dentry[file], cpu);
  files.inode[file] = NO_OBJECT;
  files.dentry[file] = NO_OBJECT;
}

/** The last name and the last handle are gone. */
export function deleteFile(m: Machine, file: number, cpu: number): void {
  truncateFile(m, file, 0, cpu);
  evictInode(m, file, cpu);
  m.files.used[file] = 0;
  dropRow(m.files, file);
}

/** Removes the pages from `keptPages` on. */
export function truncateFile(m: Machine, file: number, keptPages: number, cpu: number): void {
  let page = m.files.firstPage[file];
  while (page !== NO_PAGE_ROW) {
    const next = m.pages.nextInHolder[page];
    if (m.pages.index[page] >= keptPages) removePage(m, page, cpu);
    page = next;
  }
}

/** Clean pages of a disk file that nobody holds locked go: posix_fadvise() with POSIX_FADV_DONTNEED. */
export function dropFilePages(m: Machine, file: number, cpu: number): void {
  const { pages } = m;
  if (m.files.memoryOnly[file] !== 0) return;
  for (let page = m.files.firstPage[file]; page !== NO_PAGE_ROW; ) {
    const next = pages.nextInHolder[page];
    if (pages.dirty[page] === 0 && pages.nrLocks[page] === 0) removePage(m, page, cpu);
    page = next;
  }
}

/** Pages of the file that are in memory. */
export function nrResidentPages(m: Machine, file: number): number {
  let nrPages = 0;
  for (let page = m.files.firstPage[file]; page !== NO_PAGE_ROW; page = m.pages.nextInHolder[page]) {
    if (m.pages.inSwap[page] === 0) nrPages += m.pages.nrPages[page];
  }
  return nrPages;
}

/**
 * Task `pid` writes to pages `[from, end)`.
 *
 * @returns the page after the last one written: `end`, or where memory ran out
 */
export function writeFilePages(m: Machine, file: number, from: number, end: number, pid: number): number {
  instantiate(m, file, pid);
  for (let index = from; index < end; index++) {
    const page = pageForTask(m, file, index, pid);
    if (page === NO_PAGE_ROW) return index;
    if (m.files.memoryOnly[file] !== 0) continue;
    dirtyPage(m, page, m.tasks.cpu[pid]);
    if (m.files.cgroupWriteback[file] !== 0) attachToWriteback(m, file, m.pages.owner[page], m.tasks.cpu[pid]);
  }
  return end;
}

/** Task `pid` reads or maps pages `[from, end)`, which the file has. Answers as `writeFilePages`. */
export function readFilePages(m: Machine, file: number, from: number, end: number, pid: number): number {
  instantiate(m, file, pid);
  for (let index = from; index < end; index++) {
    if (pageForTask(m, file, index, pid) === NO_PAGE_ROW) return index;
  }
  return end;
}

/** The page, brought into memory if it is not there and noted as used; NO_PAGE_ROW when no memory can be charged. */
function pageForTask(m: Machine, file: number, index: number, pid: number): number {
  const { pages } = m;
  const cpu = m.tasks.cpu[pid];
  const found = findPage(m.pageIndex, pages, file, index);
  if (found !== NO_PAGE_ROW && pages.inSwap[found] === 0) {
    notePageUsed(m, found, cpu);
    return found;
  }
  const memcg = memcgOfTask(m, pid);
  countMemcgEvent(m.stats, memcg, PGFAULT, 1, cpu);
  if (chargePages(m, memcg, 1, cpu, false) === ENOMEM) return NO_PAGE_ROW;
  if (found !== NO_PAGE_ROW) {
    countMemcgEvent(m.stats, memcg, PGMAJFAULT, 1, cpu);
    swapInPage(m, found, memcg, cpu);
    return found;
  }
  const kind = m.files.memoryOnly[file] !== 0 ? SHMEM_PAGE : FILE_PAGE;
  return addPage(m, kind, memcg, file, index, 1, cpu);
}

/** A second use brings a page of a disk file to the active list. */
function notePageUsed(m: Machine, page: number, cpu: number): void {
  const { pages } = m;
  if (pages.referenced[page] !== 0 && pages.list[page] === INACTIVE_FILE) {
    pages.referenced[page] = 0;
    moveToList(m, page, ACTIVE_FILE, cpu);
  } else pages.referenced[page] = 1;
}

/** A task locks the file's pages in memory, those to come too (n = 1), or lets go of them (n = -1). */
export function lockFile(m: Machine, file: number, n: number, cpu: number): void {
  m.files.nrLocks[file] += n;
  for (let page = m.files.firstPage[file]; page !== NO_PAGE_ROW; page = m.pages.nextInHolder[page]) {
    lockPage(m, page, n, cpu);
  }
}
