/**
 * Taking a chunk out of the active slots and putting it back.
 *
 *   active slot --isolate--> to-depopulate --(reclaimed)--> sidelined --isolate--> to-depopulate …
 *        ^-----------reintegrate---'------------------reintegrate--'
 *
 * Source: spec/percpu.md 14.5; spec/percpu-kinds.md 6.
 */

import { toDepopulateList } from "./chunk.ts";
import { NO_CHUNK } from "./constants.ts";
import { moveToHead, moveToTail, relocate } from "./lists.ts";
import { emptyPopIndex, listOf, type Percpu } from "./state.ts";

/** Adds the chunk's empty pages to the available ones, or takes them off, where isolation means that. */
function countEmptyPages(t: Percpu, chunk: number, sign: number): void {
  if (t.policy.isolatedPagesCount) return;
  t.globals[emptyPopIndex(t, t.kind[chunk])] += sign * t.nrEmptyPopPages[chunk];
}

/**
 * No new area lands in `chunk` and, by policy, its empty pages stop counting as available; frees are still allowed. A
 * chunk isolated already just moves to the head of the to-depopulate list again.
 *
 * @pre    not the first or the reserved chunk
 * @kernel mm/percpu.c pcpu_isolate_chunk(), v6.1
 */
export function isolateChunk(t: Percpu, chunk: number): void {
  if (t.isolated[chunk] === 0) {
    t.isolated[chunk] = 1;
    countEmptyPages(t, chunk, -1);
  }
  t.sidelined[chunk] = 0;
  moveToHead(t, chunk, toDepopulateList(t, t.kind[chunk]));
}

/**
 * Back to the slot the hints give, at its head.
 *
 * @kernel mm/percpu.c pcpu_reintegrate_chunk(), v6.1
 */
export function reintegrateChunk(t: Percpu, chunk: number): void {
  if (t.isolated[chunk] === 0) return;
  t.isolated[chunk] = 0;
  countEmptyPages(t, chunk, 1);
  relocate(t, chunk, NO_CHUNK);
}

/** Sets a reclaimed chunk aside; it is used again only when nothing else fits. */
export function sidelineChunk(t: Percpu, chunk: number, atHead: boolean): void {
  if (!t.policy.sidelinedStaysIsolated) {
    t.isolated[chunk] = 0;
    t.sidelined[chunk] = 1;
  }
  const list = listOf(t.kind[chunk], t.sidelinedSlot);
  if (atHead) moveToHead(t, chunk, list);
  else moveToTail(t, chunk, list);
}
