/** The figures of /sys/kernel/debug/percpu_stats, read off the state. Source: spec/percpu.md 15; spec/percpu-kinds.md 5. */

import { findEndOfLastSet, findNextSet, quarter, testBit } from "../bits.ts";
import { BITS_PER_BLOCK, MIN_ALLOC_BYTES, NO_CHUNK } from "./constants.ts";
import type { Geometry } from "./geometry.ts";
import {
  CONTIG_HINT,
  chunkHint,
  FIRST_FREE,
  listOf,
  MAX_ALLOC_SIZE,
  MIN_ALLOC_SIZE,
  NR_ALLOC,
  NR_CHUNKS,
  NR_CUR_ALLOC,
  NR_DEALLOC,
  NR_MAX_ALLOC,
  NR_MAX_CHUNKS,
  NR_POPULATED,
  type Percpu,
  totalEmptyPopPages,
} from "./state.ts";

export interface PercpuChunkStats {
  readonly role: "reserved" | "first" | "sidelined" | "to-depopulate" | "ordinary";
  readonly nrAlloc: number;
  readonly maxAllocBytes: number;
  readonly emptyPopPages: number;
  readonly firstBit: number;
  readonly freeBytes: number;
  readonly contigBytes: number;
  readonly sumFragBytes: number;
  readonly maxFragBytes: number;
  readonly curMinAllocBytes: number;
  readonly curMedAllocBytes: number;
  readonly curMaxAllocBytes: number;
  /** Only with two kinds of chunk. */
  readonly memcgAware: boolean | undefined;
}

export interface PercpuStats {
  readonly geometry: Geometry;
  readonly nrAlloc: number;
  readonly nrDealloc: number;
  readonly nrCurAlloc: number;
  readonly nrMaxAlloc: number;
  readonly nrChunks: number;
  readonly nrMaxChunks: number;
  readonly minAllocBytes: number;
  readonly maxAllocBytes: number;
  readonly emptyPopPages: number;
  readonly chunks: readonly PercpuChunkStats[];
}

/** Memory of populated pages in all units, kB: the `Percpu:` line of /proc/meminfo. Metadata is not included. */
export function percpuKb(t: Percpu): number {
  return t.globals[NR_POPULATED] * t.geometry.nrUnits * 4;
}

/**
 * Calls `visit` for each chunk in the kernel's order: the reserved chunk (slot -1), then per kind slot by slot, head to
 * tail. `withPseudoSlots` adds the lists a policy keeps beside the slots.
 */
export function forEachChunk(t: Percpu, withPseudoSlots: boolean, visit: (chunk: number, slot: number) => void): void {
  if (t.reservedChunk !== NO_CHUNK) visit(t.reservedChunk, -1);
  const end = withPseudoSlots ? t.listsPerKind : t.nrSlots;
  for (let kind = 0; kind < t.nrKinds; kind++) {
    for (let slot = 0; slot < end; slot++) {
      for (let c = t.listHead[listOf(t, kind, slot)]; c !== NO_CHUNK; c = t.next[c]) visit(c, slot);
    }
  }
}

export function percpuStats(t: Percpu): PercpuStats {
  const chunks: PercpuChunkStats[] = [];
  forEachChunk(t, false, (chunk, slot) => chunks.push(chunkStats(t, chunk, slot)));
  return {
    geometry: t.geometry,
    nrAlloc: t.totals[NR_ALLOC],
    nrDealloc: t.totals[NR_DEALLOC],
    nrCurAlloc: t.totals[NR_CUR_ALLOC],
    nrMaxAlloc: t.totals[NR_MAX_ALLOC],
    nrChunks: t.globals[NR_CHUNKS],
    nrMaxChunks: t.globals[NR_MAX_CHUNKS],
    minAllocBytes: t.globals[MIN_ALLOC_SIZE],
    maxAllocBytes: t.globals[MAX_ALLOC_SIZE],
    emptyPopPages: totalEmptyPopPages(t),
    chunks,
  };
}

function roleOf(t: Percpu, chunk: number, slot: number): PercpuChunkStats["role"] {
  if (chunk === t.reservedChunk) return "reserved";
  if (t.immutable[chunk] !== 0) return "first";
  if (slot === t.toDepopulateSlot) return "to-depopulate";
  return slot === t.sidelinedSlot ? "sidelined" : "ordinary";
}

function chunkStats(t: Percpu, chunk: number, slot: number): PercpuChunkStats {
  const pieces = piecesOfChunk(t, chunk);
  const holes = pieces.filter((bytes) => bytes < 0);
  const own = chunkHint(t, chunk);
  return {
    role: roleOf(t, chunk, slot),
    nrAlloc: t.nrAlloc[chunk],
    maxAllocBytes: t.maxAllocBytes[chunk],
    emptyPopPages: t.nrEmptyPopPages[chunk],
    firstBit: t.hints[own + FIRST_FREE],
    freeBytes: t.freeBytes[chunk],
    contigBytes: t.hints[own + CONTIG_HINT] * MIN_ALLOC_BYTES,
    sumFragBytes: -holes.reduce((sum, bytes) => sum + bytes, 0),
    maxFragBytes: -(holes[0] ?? 0),
    curMinAllocBytes: pieces[holes.length] ?? 0,
    curMedAllocBytes: pieces[Math.floor((holes.length + pieces.length - 1) / 2)] ?? 0,
    curMaxAllocBytes: pieces[pieces.length - 1] ?? 0,
    memcgAware: t.nrKinds > 1 ? t.kind[chunk] === 1 : undefined,
  };
}

/** Areas as positive and holes as negative byte counts, ascending, as the kernel's walk sees them. */
function piecesOfChunk(t: Percpu, chunk: number): number[] {
  const map = t.allocMap;
  const base = chunk * t.allocMapWords;
  const boundBase = chunk * t.boundMapWords;
  const stop = endOfWalk(t, chunk);
  const pieces: number[] = [];
  let bit = quarter(t.startOffBytes[chunk]);
  while (bit < stop) {
    const used = testBit(map, base, bit);
    const end = used ? findNextSet(t.boundMap, boundBase, bit + 1, stop) : findNextSet(map, base, bit + 1, stop);
    pieces.push((used ? end - bit : bit - end) * MIN_ALLOC_BYTES);
    bit = end;
  }
  return pieces.sort((a, b) => a - b);
}

/** One past the last used bit; the very last bit of the region is looked at only when no other is used. */
function endOfWalk(t: Percpu, chunk: number): number {
  const base = chunk * t.allocMapWords;
  const lastBit = t.nrPages[chunk] * BITS_PER_BLOCK - quarter(t.endOffBytes[chunk]) - 1;
  const end = findEndOfLastSet(t.allocMap, base, 0, lastBit);
  if (end > 0) return end;
  return testBit(t.allocMap, base, lastBit) ? lastBit + 1 : 0;
}
