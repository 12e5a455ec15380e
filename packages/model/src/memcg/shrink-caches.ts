/** drop_caches, sync and shrinks of slab caches: what the whole machine lets go at once. Source: spec/memcg-slab.md A.3. */

import { dropUnusedDentries } from "../machine/dentries.ts";
import type { Machine } from "../machine/state.ts";
import { COPY_DEAD } from "../slab/caches.ts";
import { kmemShrink } from "../slab/kmem.ts";
import { evictInode } from "./file-calls.ts";
import { cleanPage, removePage } from "./page-life.ts";
import { FILE_PAGE, NO_PAGE_ROW } from "./pages.ts";

/** Clean pages of disk files that nobody holds locked go. Answers how many. */
export function dropPageCache(m: Machine, cpu: number): number {
  const { pages } = m;
  let nrDropped = 0;
  for (let page = 0; page < pages.nrRows; page++) {
    if (pages.kind[page] !== FILE_PAGE || pages.dirty[page] !== 0 || pages.nrLocks[page] > 0) continue;
    removePage(m, page, cpu);
    nrDropped++;
  }
  return nrDropped;
}

/** Inodes and dentries that nobody uses go: of disk files, with what is left of their clean pages, and of removed names. */
export function dropInodes(m: Machine, cpu: number): number {
  const { files } = m;
  let nrDropped = dropUnusedDentries(m, cpu);
  for (let file = 0; file < files.nrRows; file++) {
    if (files.used[file] === 0 || files.memoryOnly[file] !== 0 || files.nrOpen[file] > 0) continue;
    if (files.nrLocks[file] > 0 || hasDirtyPage(m, file)) continue;
    for (let page = files.firstPage[file]; page !== NO_PAGE_ROW; page = files.firstPage[file]) removePage(m, page, cpu);
    evictInode(m, file, cpu);
    nrDropped++;
  }
  return nrDropped;
}

/** Gives back what is free in the caches of memcgs that are gone, on whatever CPU. Answers how many caches. */
export function shrinkDeadCaches(m: Machine, cpu: number): number {
  const t = m.caches;
  let nrCaches = 0;
  t.onCpu = cpu;
  for (let row = 0; row < t.nrRows; row++) {
    if (t.state[row] !== COPY_DEAD) continue;
    kmemShrink(t.kmem, t.kmemCache[row], cpu);
    nrCaches++;
  }
  return nrCaches;
}

function hasDirtyPage(m: Machine, file: number): boolean {
  const { pages } = m;
  for (let page = m.files.firstPage[file]; page !== NO_PAGE_ROW; page = pages.nextInHolder[page]) {
    if (pages.dirty[page] !== 0) return true;
  }
  return false;
}

/** Writes all dirty pages to their disks. */
export function syncFiles(m: Machine, cpu: number): void {
  for (let page = 0; page < m.pages.nrRows; page++) if (m.pages.kind[page] === FILE_PAGE) cleanPage(m, page, cpu);
}
