/**
 * Balance work, stage "destroy": wholly free chunks beyond the first go. Source: spec/percpu.md 14.1.
 */

import { assert } from "../assert.ts";
import { findNextClear, findNextSet } from "../bits.ts";
import { destroyChunk } from "./chunk.ts";
import { NO_CHUNK } from "./constants.ts";
import { reintegrateChunk } from "./isolation.ts";
import { moveToHead } from "./lists.ts";
import { chunkDepopulated } from "./pages.ts";
import { listOf, type Percpu } from "./state.ts";
import { NR_MARKED, WORK_KIND } from "./words.ts";

/**
 * First step: moves the chunks selected to the work list. Each further one takes a run of pages from the first of
 * them, or ends it. Chunks go in the reverse of their order on the free list.
 *
 * @param unpopulatedOnly select only chunks without a populated page
 */
export function destroyStep(t: Percpu, begin: boolean, unpopulatedOnly: boolean): boolean {
  if (begin) selectUnwanted(t, unpopulatedOnly);
  else retire(t, t.listHead[t.workList]);
  return t.listHead[t.workList] !== NO_CHUNK;
}

/**
 * The work, begun now, would destroy a chunk of `kind`: more than one is free, or one that is to be depopulated has become
 * free and will take the place of one that is free and has no page, or of another such.
 */
export function balanceWouldDestroy(t: Percpu, kind: number): boolean {
  const spared = t.listHead[listOf(kind, t.freeSlot)];
  if (spared !== NO_CHUNK && t.next[spared] !== NO_CHUNK) return true;
  if (t.policy.lists !== "slots") return false;
  let nrUnpopulated = spared !== NO_CHUNK && t.nrEmptyPopPages[spared] === 0 ? 1 : 0;
  for (let chunk = t.listHead[listOf(kind, t.toDepopulateSlot)]; chunk !== NO_CHUNK; chunk = t.next[chunk]) {
    if (t.freeBytes[chunk] === t.unitBytes && ++nrUnpopulated > 1) return true;
  }
  return false;
}

function selectUnwanted(t: Percpu, unpopulatedOnly: boolean): void {
  const spared = t.listHead[listOf(t.globals[WORK_KIND], t.freeSlot)];
  let chunk = spared === NO_CHUNK ? NO_CHUNK : t.next[spared];
  while (chunk !== NO_CHUNK) {
    const next = t.next[chunk];
    if (!unpopulatedOnly || t.nrEmptyPopPages[chunk] === 0) moveToHead(t, chunk, t.workList);
    chunk = next;
  }
}

/** Destroys a wholly free chunk, whatever the balance work would do: a recording says that it was. */
export function destroyFreeChunk(t: Percpu, chunk: number): void {
  assert(t.freeBytes[chunk] === t.unitBytes, "only a wholly free chunk is destroyed");
  const ordinal = t.ordinal[chunk];
  if (t.isolated[chunk] !== 0) reintegrateChunk(t, chunk);
  while (t.ordinal[chunk] === ordinal) retire(t, chunk);
}

function retire(t: Percpu, chunk: number): void {
  const base = chunk * t.pageWords;
  const from = findNextSet(t.populated, base, 0, t.pagesPerUnit);
  if (from < t.pagesPerUnit) {
    chunkDepopulated(t, chunk, from, findNextClear(t.populated, base, from, t.pagesPerUnit));
    return;
  }
  if (t.marked[chunk] !== 0) t.globals[NR_MARKED]--;
  destroyChunk(t, chunk);
}
