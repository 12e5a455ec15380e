/**
 * The lines `ebb percpu` prints of an allocator: geometry, snapshot, block records, percpu_stats.
 * Source: fixtures/percpu-golden/README.md.
 */

import { printPercpuStats } from "@ebb/formats";
import {
  blockHint,
  CHARGED_BYTES,
  CONTIG_HINT,
  CONTIG_START,
  chunkHint,
  EMPTY_POP,
  FIRST_FREE,
  forEachChunk,
  isPopulated,
  LEFT_FREE,
  NR_CHUNKS,
  NR_MARKED,
  NR_POPULATED,
  PENDING,
  type Percpu,
  percpuKb,
  percpuStats,
  RIGHT_FREE,
  SCAN_HINT,
  SCAN_START,
  totalEmptyPopPages,
} from "@ebb/model";

/** Ordinal as printed: `R` for the reserved chunk. */
export function printOrdinal(ordinal: number): string {
  return ordinal < 0 ? "R" : String(ordinal);
}

/** Policies differ in the state they keep; each prints its own. */
function marks(t: Percpu): boolean {
  return t.policy.reclaim?.candidates === "marked";
}

function sidelinesBeside(t: Percpu): boolean {
  return t.policy.lists === "separate";
}

export function printGeometry(t: Percpu): string {
  const g = t.geometry;
  const immutable = (prefix: string, chunk: number) =>
    ` ${prefix}_pages=${t.nrPages[chunk]} ${prefix}_start=${t.startOffBytes[chunk]} ${prefix}_end=${t.endOffBytes[chunk]}`;
  let row = `G units=${g.nrUnits} unit_size=${g.unitBytes} static=${g.staticBytes} reserved=${g.reservedBytes}`;
  row += ` dyn=${g.dynamicBytes} atom=${g.atomBytes} alloc=${g.allocBytes} groups=${g.nrGroups}`;
  row += immutable("first", 0);
  if (t.reservedChunk >= 0) row += immutable("res", t.reservedChunk);
  row += ` nr_slots=${t.nrSlots} free_slot=${t.freeSlot}`;
  if (t.policy.lists === "slots") {
    row += ` sidelined_slot=${t.sidelinedSlot} to_depopulate_slot=${t.toDepopulateSlot}`;
  }
  if (t.nrKinds > 1) row += ` kinds=${t.nrKinds} empty=${t.emptyCount}`;
  return `${row}\n`;
}

export function printSnapshot(t: Percpu): string {
  const w = t.globals;
  const populated = w[NR_POPULATED] ?? 0;
  let text = `S empty_pop=${totalEmptyPopPages(t)} populated=${populated} pages=${populated * t.geometry.nrUnits}`;
  text += ` Percpu_kB=${percpuKb(t)} chunks=${w[NR_CHUNKS]} pending=${w[PENDING]}`;
  if (marks(t)) text += ` marked=${w[NR_MARKED]}`;
  if (t.nrKinds > 1) {
    if (t.emptyCount === "perkind") text += ` empty0=${w[EMPTY_POP]} empty1=${w[EMPTY_POP + 1]}`;
    text += ` charged=${t.totals[CHARGED_BYTES]}`;
  }
  text += "\n";
  forEachChunk(t, true, (chunk, slot) => {
    text += printChunk(t, chunk, slot);
  });
  return text;
}

function printChunk(t: Percpu, chunk: number, slot: number): string {
  const h = t.hints;
  const r = chunkHint(t, chunk);
  let row = `K slot=${slot} ord=${printOrdinal(t.ordinal[chunk] ?? 0)}`;
  if (t.nrKinds > 1) row += ` kind=${t.kind[chunk]}`;
  row += ` free=${t.freeBytes[chunk]} pages=${t.nrPages[chunk]} pop=${t.nrPopulated[chunk]}`;
  row += ` empty=${t.nrEmptyPopPages[chunk]} iso=${t.isolated[chunk]} ch=${h[r + CONTIG_HINT]}`;
  row += ` chs=${h[r + CONTIG_START]} sh=${h[r + SCAN_HINT]} shs=${h[r + SCAN_START]} ff=${h[r + FIRST_FREE]}`;
  if (marks(t)) row += ` mark=${t.marked[chunk]}`;
  if (sidelinesBeside(t)) row += ` side=${t.sidelined[chunk]}`;
  return `${row}\n`;
}

export function printBlocks(t: Percpu): string {
  const rows: string[] = [];
  const h = t.hints;
  forEachChunk(t, true, (chunk) => {
    const ordinal = printOrdinal(t.ordinal[chunk] ?? 0);
    for (let block = 0; block < (t.nrPages[chunk] ?? 0); block++) {
      const r = blockHint(t, chunk, block);
      rows.push(
        `B ${ordinal} ${block} p=${isPopulated(t, chunk, block) ? 1 : 0} ch=${h[r + CONTIG_HINT]}` +
          ` chs=${h[r + CONTIG_START]} sh=${h[r + SCAN_HINT]} shs=${h[r + SCAN_START]}` +
          ` l=${h[r + LEFT_FREE]} r=${h[r + RIGHT_FREE]} ff=${h[r + FIRST_FREE]}\n`,
      );
    }
  });
  return rows.join("");
}

/** The text of /sys/kernel/debug/percpu_stats. */
export function printPercpuStatsOf(t: Percpu): string {
  return printPercpuStats(percpuStats(t));
}
