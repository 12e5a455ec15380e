/**
 * The lists chunks wait in: one per slot and kind, doubly linked through `next` and `prev`.
 *
 * A chunk's slot follows from its contig hint; `relocate` moves it when that slot changed, and only then: it compares
 * two computed slots and never asks where the chunk really is. Source: spec/percpu.md 6.
 */

import { bitLength, clearBit, findNextSet, setBit } from "../bits.ts";
import { MIN_ALLOC_BYTES, NO_CHUNK } from "./constants.ts";
import { chunkHint, listOf, type Percpu } from "./state.ts";
import { CONTIG_HINT } from "./words.ts";

/** Slot for a hole of `bytes`; a whole unit has the free slot. */
export function sizeToSlot(t: Percpu, bytes: number): number {
  if (bytes === t.unitBytes) return t.freeSlot;
  const slot = bitLength(bytes) - 3;
  return slot > 1 ? slot : 1;
}

/**
 * Slot the chunk's hints put it in; says nothing about the list it is on. A chunk too full for any area has no hole, so
 * the contig hint alone decides.
 */
export function chunkSlot(t: Percpu, chunk: number): number {
  const contigBits = t.hints[chunkHint(t, chunk) + CONTIG_HINT];
  return contigBits === 0 ? 0 : sizeToSlot(t, contigBits * MIN_ALLOC_BYTES);
}

export function unlink(t: Percpu, chunk: number): void {
  const list = t.list[chunk];
  if (list === NO_CHUNK) return;
  const next = t.next[chunk];
  const prev = t.prev[chunk];
  if (prev === NO_CHUNK) t.listHead[list] = next;
  else t.next[prev] = next;
  if (next === NO_CHUNK) t.listTail[list] = prev;
  else t.prev[next] = prev;
  if (prev === next) clearBit(t.usedLists, 0, list);
  t.list[chunk] = NO_CHUNK;
}

/** Moves `chunk` from wherever it is to the head of `list`. */
export function moveToHead(t: Percpu, chunk: number, list: number): void {
  unlink(t, chunk);
  const head = t.listHead[list];
  t.next[chunk] = head;
  t.prev[chunk] = NO_CHUNK;
  if (head === NO_CHUNK) startList(t, list, chunk);
  else t.prev[head] = chunk;
  t.listHead[list] = chunk;
  t.list[chunk] = list;
}

/** `chunk` becomes the only one of an empty list. */
function startList(t: Percpu, list: number, chunk: number): void {
  t.listHead[list] = chunk;
  t.listTail[list] = chunk;
  setBit(t.usedLists, 0, list);
}

/** First slot of `kind` from `slot` up to the free slot whose list holds a chunk; beyond the free slot if none does. */
export function nextUsedSlot(t: Percpu, kind: number, slot: number): number {
  return findNextSet(t.usedLists, kind, slot, t.freeSlot + 1);
}

/** Moves `chunk` from wherever it is to the tail of `list`. */
export function moveToTail(t: Percpu, chunk: number, list: number): void {
  unlink(t, chunk);
  const tail = t.listTail[list];
  t.prev[chunk] = tail;
  t.next[chunk] = NO_CHUNK;
  if (tail === NO_CHUNK) startList(t, list, chunk);
  else t.next[tail] = chunk;
  t.listTail[list] = chunk;
  t.list[chunk] = list;
}

/**
 * Files `chunk` in the slot its hints give, if that differs from `oldSlot` (the slot computed before the operation;
 * `NO_CHUNK` for "came from nowhere"): at the head when it grew, at the tail when it shrank. Isolated and sidelined
 * chunks and the reserved chunk stay where they are.
 *
 * @kernel mm/percpu.c pcpu_chunk_relocate(), v6.1
 */
export function relocate(t: Percpu, chunk: number, oldSlot: number): void {
  const newSlot = chunkSlot(t, chunk);
  if (newSlot === oldSlot) return;
  if (t.isolated[chunk] !== 0 || t.sidelined[chunk] !== 0 || chunk === t.reservedChunk) return;
  const list = listOf(t.kind[chunk], newSlot);
  if (oldSlot < newSlot) moveToHead(t, chunk, list);
  else moveToTail(t, chunk, list);
}

/** True when a chunk other than `chunk` is on `list`. */
export function holdsAnother(t: Percpu, list: number, chunk: number): boolean {
  const head = t.listHead[list];
  return head !== NO_CHUNK && (head !== chunk || t.next[head] !== NO_CHUNK);
}
