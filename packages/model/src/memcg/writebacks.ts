/**
 * Writeback structures (cgwb): one for each memcg and disk with dirty data; they hold a reference on the memcg.
 *
 * An inode stays attached to the structure that wrote it. The structure of an offline memcg goes with its last inode; in
 * later kernels its inodes are switched to the nearest living ancestor.
 *
 * Source: spec/memcg-slab.md A.3 ("cgroup writeback struct"), B.1.
 */

import type { Machine } from "../machine/state.ts";
import { allocPercpu, freePercpu } from "../percpu/allocator.ts";
import { allocObject, freeObject } from "../slab/objects.ts";
import { createTable, dropRow, NO_ROW, type Table, takeRow } from "../table.ts";
import { ONLINE_MEMCG, onlineAncestor, PIN_WRITEBACK, ROOT_MEMCG } from "./memcgs.ts";
import { dropPins, takePins } from "./references.ts";

/** Most percpu areas of one structure. */
export const AREAS_PER_WRITEBACK = 6;
const FIELDS = ["used", "memcg", "nrInodes", "object", "areas"] as const;

type WritebackField = (typeof FIELDS)[number];

export type Writebacks = Table<WritebackField>;

export function createWritebacks(): Writebacks {
  return createTable({ fields: FIELDS, widths: { areas: AREAS_PER_WRITEBACK } });
}

/** Attaches a file that has become dirty to the structure of `memcg`. */
export function attachToWriteback(m: Machine, file: number, memcg: number, cpu: number): void {
  if (m.files.writeback[file] !== NO_ROW || memcg === ROOT_MEMCG) return;
  if (m.profile.memcgRules.writeback === "none") return;
  let row = m.memcgs.writebacks[memcg];
  if (row === NO_ROW) row = createWriteback(m, memcg, cpu);
  m.writebacks.nrInodes[row]++;
  m.files.writeback[file] = row;
}

function createWriteback(m: Machine, memcg: number, cpu: number): number {
  const t = m.writebacks;
  const row = takeRow(t);
  t.used[row] = 1;
  t.memcg[row] = memcg;
  t.areas.fill(NO_ROW, row * AREAS_PER_WRITEBACK, (row + 1) * AREAS_PER_WRITEBACK);
  m.profile.writebackAreas.forEach(([sizeBytes, alignBytes], i) => {
    t.areas[row * AREAS_PER_WRITEBACK + i] = allocPercpu(m.percpu, sizeBytes, alignBytes, false, 0);
  });
  t.object[row] = allocObject(m, cacheOf(m), ROOT_MEMCG, cpu);
  m.memcgs.writebacks[memcg] = row;
  takePins(m, memcg, PIN_WRITEBACK, 1);
  return row;
}

function cacheOf(m: Machine): number {
  return m.caches.indexOf.get(m.profile.writebackCache) ?? 0;
}

/** The file's inode goes, or another structure takes it. */
export function detachFromWriteback(m: Machine, file: number, cpu: number): void {
  const row = m.files.writeback[file];
  if (row === NO_ROW) return;
  m.files.writeback[file] = NO_ROW;
  m.writebacks.nrInodes[row]--;
  dropIfUnused(m, row, cpu);
}

/** The memcg goes offline: its structure is killed. */
export function killWriteback(m: Machine, memcg: number, cpu: number): void {
  const row = m.memcgs.writebacks[memcg];
  if (row === NO_ROW) return;
  if (m.profile.memcgRules.writeback === "switch") switchInodes(m, row, onlineAncestor(m.memcgs, memcg), cpu);
  dropIfUnused(m, row, cpu);
}

function switchInodes(m: Machine, row: number, to: number, cpu: number): void {
  const { files, writebacks } = m;
  for (let file = 0; file < files.nrRows && writebacks.nrInodes[row] > 0; file++) {
    if (files.used[file] === 0 || files.writeback[file] !== row) continue;
    files.writeback[file] = NO_ROW;
    writebacks.nrInodes[row]--;
    attachToWriteback(m, file, to, cpu);
  }
}

function dropIfUnused(m: Machine, row: number, cpu: number): void {
  const t = m.writebacks;
  const memcg = t.memcg[row];
  if (t.nrInodes[row] > 0 || m.memcgs.state[memcg] === ONLINE_MEMCG) return;
  for (let i = row * AREAS_PER_WRITEBACK; i < (row + 1) * AREAS_PER_WRITEBACK; i++)
    if (t.areas[i] !== NO_ROW) freePercpu(m.percpu, t.areas[i]);
  freeObject(m, t.object[row], cpu);
  m.memcgs.writebacks[memcg] = NO_ROW;
  t.used[row] = 0;
  dropRow(t, row);
  dropPins(m, memcg, PIN_WRITEBACK, 1);
}
