/** The figures of /sys/kernel/debug/percpu_stats, read off the state. Source: spec/percpu.md 15; spec/percpu-kinds.md 5. */

import { findAreaEnd, findEndOfLastSet, findNextSet, quarter, testBit } from "../bits.ts";
import { BITS_PER_BLOCK, MIN_ALLOC_BYTES, NO_CHUNK } from "./constants.ts";
import { chunkHint, listOf, type Percpu, totalEmptyPopPages } from "./state.ts";
import {
  CONTIG_HINT,
  FIRST_FREE,
  MAX_ALLOC_SIZE,
  MIN_ALLOC_SIZE,
  NR_ALLOC,
  NR_CHUNKS,
  NR_CUR_ALLOC,
  NR_MAX_ALLOC,
  NR_MAX_CHUNKS,
  NR_POPULATED,
} from "./words.ts";

/** Figures in the order and under the names the kernel prints them. */
type Figures = readonly (readonly [name: string, value: number])[];

/** @public The figures of percpu_stats. */
export interface PercpuStats {
  readonly allocationInfo: Figures;
  readonly globalStats: Figures;
  /** Title line and figures of each chunk. */
  readonly chunks: readonly { readonly title: string; readonly figures: Figures }[];
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
      for (let c = t.listHead[listOf(kind, slot)]; c !== NO_CHUNK; c = t.next[c]) visit(c, slot);
    }
  }
}

/** @param withPieces also the figures of areas and holes, which a walk over the whole chunk finds */
export function percpuStats(t: Percpu, withPieces = true): PercpuStats {
  const g = t.geometry;
  const chunks: { title: string; figures: Figures }[] = [];
  forEachChunk(t, false, (chunk, slot) => {
    chunks.push({ title: titleOf(t, chunk, slot), figures: chunkFigures(t, chunk, withPieces) });
  });
  return {
    allocationInfo: [
      ["unit_size", g.unitBytes],
      ["static_size", g.staticBytes],
      ["reserved_size", g.reservedBytes],
      ["dyn_size", g.dynamicBytes],
      ["atom_size", g.atomBytes],
      ["alloc_size", g.allocBytes],
    ],
    globalStats: [
      ["nr_alloc", t.totals[NR_ALLOC]],
      ["nr_dealloc", t.totals[NR_ALLOC] - t.globals[NR_CUR_ALLOC]],
      ["nr_cur_alloc", t.globals[NR_CUR_ALLOC]],
      ["nr_max_alloc", t.globals[NR_MAX_ALLOC]],
      ["nr_chunks", t.globals[NR_CHUNKS]],
      ["nr_max_chunks", t.globals[NR_MAX_CHUNKS]],
      ["min_alloc_size", t.globals[MIN_ALLOC_SIZE]],
      ["max_alloc_size", t.globals[MAX_ALLOC_SIZE]],
      ["empty_pop_pages", totalEmptyPopPages(t)],
    ],
    chunks,
  };
}

function titleOf(t: Percpu, chunk: number, slot: number): string {
  if (chunk === t.reservedChunk) return "Chunk: <- Reserved Chunk";
  if (t.immutable[chunk] !== 0) return "Chunk: <- First Chunk";
  if (slot === t.toDepopulateSlot) return "Chunk (to_depopulate)";
  return slot === t.sidelinedSlot ? "Chunk (sidelined):" : "Chunk:";
}

function chunkFigures(t: Percpu, chunk: number, withPieces: boolean): Figures {
  const own = chunkHint(t, chunk);
  const figures: (readonly [string, number])[] = [
    ["nr_alloc", areasIn(t, chunk)],
    ["max_alloc_size", t.maxAllocBytes[chunk]],
    ["empty_pop_pages", t.nrEmptyPopPages[chunk]],
    ["first_bit", t.hints[own + FIRST_FREE]],
    ["free_bytes", t.freeBytes[chunk]],
    ["contig_bytes", t.hints[own + CONTIG_HINT] * MIN_ALLOC_BYTES],
    ...(withPieces ? pieceFigures(piecesOfChunk(t, chunk)) : []),
  ];
  if (t.nrKinds > 1) figures.push(["memcg_aware", t.kind[chunk]]);
  return figures;
}

function pieceFigures(pieces: readonly number[]): Figures {
  const holes = pieces.filter((bytes) => bytes < 0);
  return [
    ["sum_frag", holes.reduce((sum, bytes) => sum - bytes, 0)],
    ["max_frag", Math.abs(holes[0] ?? 0)],
    ["cur_min_alloc", pieces[holes.length] ?? 0],
    ["cur_med_alloc", pieces[Math.floor((holes.length + pieces.length - 1) / 2)] ?? 0],
    ["cur_max_alloc", pieces[pieces.length - 1] ?? 0],
  ];
}

/** Live areas of the chunk; what is hidden at its ends is none. */
function areasIn(t: Percpu, chunk: number): number {
  const hidden = (t.startOffBytes[chunk] > 0 ? 1 : 0) + (t.endOffBytes[chunk] > 0 ? 1 : 0);
  let nrAreas = -hidden;
  for (let block = 0; block < t.nrPages[chunk]; block++) nrAreas += t.areasInBlock[chunk * t.pagesPerUnit + block];
  return nrAreas;
}

/** Areas as positive and holes as negative byte counts, ascending, as the kernel's walk sees them. */
function piecesOfChunk(t: Percpu, chunk: number): number[] {
  const map = t.allocMap;
  const base = chunk * t.allocMapWords;
  const stop = endOfWalk(t, chunk);
  const pieces: number[] = [];
  let bit = quarter(t.startOffBytes[chunk]);
  while (bit < stop) {
    const used = testBit(map, base, bit);
    const end = used ? findAreaEnd(map, t.boundMap, base, bit + 1, stop) : findNextSet(map, base, bit + 1, stop);
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
