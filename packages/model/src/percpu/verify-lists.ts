/**
 * Rows and lists, for `verify`: each live chunk is on exactly the list it belongs on, the links agree with each other,
 * and each row is live or on the list of rows free for use.
 */

import { testBit } from "../bits.ts";
import { expectEqual, NO_ORDINAL, NO_PAGE, type Violation } from "../violation.ts";
import { MIN_ALLOC_BYTES, NO_CHUNK, PARK_BELOW_SLOT } from "./constants.ts";
import { STAGE_DESTROY_FREE, STAGE_DESTROY_UNPOPULATED, STAGE_RECLAIM } from "./policy.ts";
import { listOf, type Percpu } from "./state.ts";
import { CONTIG_HINT, FREE_ROW, HINT_WORDS, NEXT_ORDINAL, NR_ROWS, WORK_PHASE, WORK_STAGE } from "./words.ts";

/** `WORK_PHASE` while a stage has more steps to do. */
const PHASE_IN_STAGE = 2;

/** The row holds a chunk: it has an ordinal, or is the reserved chunk's. */
export function isLiveRow(t: Percpu, row: number): boolean {
  return t.ordinal[row] !== NO_CHUNK || row === t.reservedChunk;
}

export function verifyLists(t: Percpu, out: Violation[]): void {
  const nrRows = t.globals[NR_ROWS];
  /** How often each row was met on a list, or among the free rows. */
  const met = new Int32Array(nrRows);
  for (let list = 0; list < t.listHead.length; list++) walkList(t, list, met, out);
  walkFreeRows(t, met, out);
  const ordinals = new Set<number>();
  for (let row = 0; row < nrRows; row++) {
    const ordinal = t.ordinal[row];
    if (!isLiveRow(t, row)) {
      expectEqual(out, "a row without a chunk is free for use, once", NO_ORDINAL, NO_PAGE, 1, met[row]);
      continue;
    }
    const onList = row === t.reservedChunk ? 0 : 1;
    expectEqual(out, "a chunk is on one list, the reserved chunk on none", ordinal, NO_PAGE, onList, met[row]);
    if (!belongsOnList(t, row, t.list[row])) {
      out.push({
        rule: "the chunk's list follows from its state and hint",
        chunk: ordinal,
        page: NO_PAGE,
        expected: chunkSlotSlow(t, row),
        found: t.list[row],
      });
    }
    if (row === t.reservedChunk) continue;
    if (ordinals.has(ordinal) || ordinal < 0 || ordinal >= t.globals[NEXT_ORDINAL]) {
      const expected = t.globals[NEXT_ORDINAL];
      out.push({
        rule: "ordinals are unique and below the next",
        chunk: ordinal,
        page: NO_PAGE,
        expected,
        found: ordinal,
      });
    }
    ordinals.add(ordinal);
  }
}

/** Follows one list from head to tail; stops at a row met before, so that a ring ends. */
function walkList(t: Percpu, list: number, met: Int32Array, out: Violation[]): void {
  let prev = NO_CHUNK;
  let row = t.listHead[list];
  const used = testBit(t.usedLists, 0, list) ? 1 : 0;
  expectEqual(out, "usedLists marks the lists that hold a chunk", NO_ORDINAL, list, row === NO_CHUNK ? 0 : 1, used);
  while (row !== NO_CHUNK) {
    if (!(row >= 0 && row < met.length && isLiveRow(t, row))) {
      out.push({ rule: "a list holds live chunks only", chunk: NO_ORDINAL, page: NO_PAGE, expected: list, found: row });
      return;
    }
    const ordinal = t.ordinal[row];
    expectEqual(out, "prev is the chunk before on the list", ordinal, NO_PAGE, prev, t.prev[row]);
    expectEqual(out, "list is the list the chunk is on", ordinal, NO_PAGE, list, t.list[row]);
    if (++met[row] > 1) return;
    prev = row;
    row = t.next[row];
  }
  expectEqual(out, "the tail is the last chunk of the list", NO_ORDINAL, NO_PAGE, prev, t.listTail[list]);
}

function walkFreeRows(t: Percpu, met: Int32Array, out: Violation[]): void {
  for (let row = t.globals[FREE_ROW]; row !== NO_CHUNK; row = t.next[row]) {
    if (!(row >= 0 && row < met.length) || isLiveRow(t, row)) {
      out.push({ rule: "a free row holds no chunk", chunk: NO_ORDINAL, page: NO_PAGE, expected: NO_CHUNK, found: row });
      return;
    }
    if (++met[row] > 1) return;
  }
}

function belongsOnList(t: Percpu, chunk: number, list: number): boolean {
  if (chunk === t.reservedChunk) return list === NO_CHUNK;
  const kind = t.kind[chunk];
  const firstList = listOf(kind, 0);
  if (t.isolated[chunk] !== 0 && t.sidelined[chunk] !== 0) return false;
  if (list === t.workList) return mayAwaitWork(t, chunk);
  if (t.sidelined[chunk] !== 0) return !t.policy.sidelinedStaysIsolated && list === firstList + t.sidelinedSlot;
  if (t.isolated[chunk] !== 0) {
    if (t.policy.sidelinedStaysIsolated && list === firstList + t.sidelinedSlot) return true;
    return list === (t.policy.lists === "shared" ? 0 : firstList) + t.toDepopulateSlot;
  }
  const slot = chunkSlotSlow(t, chunk);
  return list === firstList + slot || (list === firstList && slot < PARK_BELOW_SLOT);
}

/** The work list holds wholly free chunks to be destroyed, or isolated ones to be reclaimed, during those stages. */
function mayAwaitWork(t: Percpu, chunk: number): boolean {
  if (t.globals[WORK_PHASE] !== PHASE_IN_STAGE) return false;
  const stage = t.globals[WORK_STAGE];
  if (stage === STAGE_RECLAIM) return t.isolated[chunk] !== 0 && t.policy.reclaim?.candidates === "list-at-once";
  if (stage !== STAGE_DESTROY_FREE && stage !== STAGE_DESTROY_UNPOPULATED) return false;
  return t.isolated[chunk] === 0 && t.freeBytes[chunk] === t.unitBytes;
}

/** The slot for the chunk's contig hint: by the number of binary digits of its bytes. */
function chunkSlotSlow(t: Percpu, chunk: number): number {
  const contigBytes = t.hints[chunk * t.hintWords + t.pagesPerUnit * HINT_WORDS + CONTIG_HINT] * MIN_ALLOC_BYTES;
  if (t.freeBytes[chunk] < MIN_ALLOC_BYTES || contigBytes === 0) return 0;
  if (contigBytes === t.unitBytes) return t.freeSlot;
  return Math.max(contigBytes.toString(2).length - 3, 1);
}
