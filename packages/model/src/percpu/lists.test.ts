/** Lists and slots: every size against the rule of spec/percpu.md 6, and moves against arrays. */

import { expect, test } from "vitest";
import { createPercpu } from "./allocator.ts";
import { createChunk } from "./chunk.ts";
import { NO_CHUNK } from "./constants.ts";
import { explicitGeometry } from "./geometry.ts";
import { chunkSlot, holdsAnother, moveToHead, moveToTail, relocate, sizeToSlot, unlink } from "./lists.ts";
import { upstream } from "./policies/upstream.ts";
import { vanilla } from "./policies/vanilla.ts";
import type { PercpuPolicy } from "./policy.ts";
import { listOf, type Percpu } from "./state.ts";
import { verifyPercpu } from "./verify.ts";

function newPercpu(policy: PercpuPolicy): Percpu {
  const geometry = explicitGeometry({
    nrUnits: 1,
    unitBytes: 262144,
    staticBytes: 4096,
    reservedBytes: 0,
    dynamicBytes: 16384,
    atomBytes: 4096,
  });
  return createPercpu({ geometry, policy, nrKinds: 2, emptyCount: "perkind" });
}

function chunksOn(t: Percpu, list: number): number[] {
  const chunks: number[] = [];
  let chunk = t.listHead[list] ?? NO_CHUNK;
  for (; chunk !== NO_CHUNK; chunk = t.next[chunk] ?? NO_CHUNK) chunks.push(chunk);
  return chunks;
}

test("the slot of every size", () => {
  const t = newPercpu(vanilla);
  const wrong: number[] = [];
  for (let bytes = 4; bytes < 262144; bytes += 4) {
    if (sizeToSlot(t, bytes) !== Math.max(Math.floor(Math.log2(bytes)) + 1 - 3, 1)) wrong.push(bytes);
  }
  expect(wrong).toEqual([]);
  const known: readonly (readonly [number, number])[] = [
    [4, 1],
    [15, 1],
    [16, 2],
    [32, 3],
    [64, 4],
    [1024, 8],
    [4096, 10],
    [32768, 13],
    [65536, 14],
    [262144, t.freeSlot],
  ];
  for (const [bytes, slot] of known) expect(sizeToSlot(t, bytes)).toBe(slot);
});

test("special slots of each policy", () => {
  const a = newPercpu(vanilla);
  expect([a.sidelinedSlot, a.freeSlot, a.toDepopulateSlot, a.nrSlots]).toEqual([NO_CHUNK, 17, NO_CHUNK, 18]);
  const b = newPercpu(upstream);
  expect([b.sidelinedSlot, b.freeSlot, b.toDepopulateSlot, b.nrSlots]).toEqual([17, 18, 19, 20]);
});

test("moves to head and tail keep both directions", () => {
  const t = newPercpu(vanilla);
  const [a, b, c] = [createChunk(t, 0), createChunk(t, 0), createChunk(t, 0)];
  const free = listOf(0, t.freeSlot);
  expect(chunksOn(t, free)).toEqual([c, b, a]);
  moveToTail(t, c, free);
  expect(chunksOn(t, free)).toEqual([b, a, c]);
  moveToHead(t, a, free);
  expect(chunksOn(t, free)).toEqual([a, b, c]);
  expect(verifyPercpu(t)).toEqual([]);
  expect(holdsAnother(t, free, a)).toBe(true);
  unlink(t, b);
  unlink(t, b);
  unlink(t, c);
  expect(chunksOn(t, free)).toEqual([a]);
  expect([holdsAnother(t, free, a), holdsAnother(t, free, b)]).toEqual([false, true]);
  expect(verifyPercpu(t).map((v) => v.rule)).toContain("a chunk is on one list, the reserved chunk on none");
});

test("relocate compares computed slots and leaves isolated chunks alone", () => {
  const t = newPercpu(upstream);
  const chunk = createChunk(t, 1);
  const free = listOf(1, t.freeSlot);
  moveToHead(t, chunk, listOf(1, 0));
  relocate(t, chunk, chunkSlot(t, chunk));
  expect(chunksOn(t, listOf(1, 0))).toEqual([chunk]);
  t.isolated[chunk] = 1;
  relocate(t, chunk, NO_CHUNK);
  expect(chunksOn(t, free)).toEqual([]);
  t.isolated[chunk] = 0;
  relocate(t, chunk, NO_CHUNK);
  expect(chunksOn(t, free)).toEqual([chunk]);
});
