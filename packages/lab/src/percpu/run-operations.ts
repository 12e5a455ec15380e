/** Runs an operation script on the percpu model and prints what happens, as the goldens do. */

import {
  OP_ALLOC,
  OP_ALLOC_RESERVED,
  OP_BLOCKS,
  OP_DEBUGFS,
  OP_FREE,
  OP_SNAPSHOT,
  OP_WORK_IF_PENDING,
  type PercpuOperations,
} from "@ebb/formats";
import {
  allocPercpu,
  allocReservedPercpu,
  areaChunk,
  areaOffBytes,
  balanceWorkPending,
  freePercpu,
  ILLEGAL,
  type Percpu,
  type PercpuEvents,
  runBalanceWork,
} from "@ebb/model";
import { printBlocks, printGeometry, printOrdinal, printPercpuStatsOf, printSnapshot } from "./print-state.ts";

/** Marks an area that is not live: never served, or freed. */
const NO_AREA = -1;
/** Output is handed on in pieces of about this many characters. */
const FLUSH_CHARS = 65536;

/** Called after each operation, with its index. */
type AfterOperation = (index: number) => void;

/**
 * Runs `ops` on `t`, an allocator at boot, and hands the output on piece by piece.
 *
 * @param write takes complete lines
 */
export function runOperations(
  t: Percpu,
  ops: PercpuOperations,
  write: (text: string) => void,
  afterOperation?: AfterOperation,
): void {
  let out = printGeometry(t);
  const print = (row: string) => {
    out += row;
  };
  t.events = printingEvents(t, print);
  const areas = new Int32Array(ops.nrAreas).fill(NO_AREA);
  for (let i = 0; i < ops.nrOperations; i++) {
    runOperation(t, ops, i, areas, print);
    afterOperation?.(i);
    if (out.length >= FLUSH_CHARS) {
      write(out);
      out = "";
    }
  }
  t.events = undefined;
  write(out);
}

function runOperation(
  t: Percpu,
  ops: PercpuOperations,
  i: number,
  areas: Int32Array,
  print: (row: string) => void,
): void {
  const code = ops.code[i] ?? 0;
  if (code === OP_ALLOC || code === OP_ALLOC_RESERVED) {
    const area = requestArea(t, ops, i);
    areas[ops.slot[i] ?? 0] = area < 0 ? NO_AREA : area;
    print(printResult(t, area));
  } else if (code === OP_FREE) freeSlot(t, areas, ops.slot[i] ?? 0);
  else if (code === OP_SNAPSHOT) print(printSnapshot(t));
  else if (code === OP_BLOCKS) print(printBlocks(t));
  else if (code === OP_DEBUGFS) print(printPercpuStatsOf(t));
  else if (code !== OP_WORK_IF_PENDING || balanceWorkPending(t)) {
    print(balanceWorkPending(t) ? "W 1\n" : "W 0\n");
    runBalanceWork(t);
  }
}

function requestArea(t: Percpu, ops: PercpuOperations, i: number): number {
  const size = ops.sizeBytes[i] ?? 0;
  const align = ops.alignBytes[i] ?? 0;
  if (ops.code[i] === OP_ALLOC_RESERVED) return allocReservedPercpu(t, size, align);
  const kind = t.nrKinds > 1 ? (ops.kind[i] ?? 0) : 0;
  return allocPercpu(t, size, align, ops.atomic[i] === 1, kind);
}

function freeSlot(t: Percpu, areas: Int32Array, slot: number): void {
  const area = areas[slot] ?? NO_AREA;
  if (area === NO_AREA) return;
  areas[slot] = NO_AREA;
  freePercpu(t, area);
}

function printResult(t: Percpu, area: number): string {
  if (area < 0) return area === ILLEGAL ? "- illegal\n" : "- nospace\n";
  return `${printOrdinal(t.ordinal[areaChunk(t, area)] ?? 0)} ${areaOffBytes(t, area)}\n`;
}

function printingEvents(t: Percpu, print: (row: string) => void): PercpuEvents {
  return {
    chunkCreated: (ordinal, kind) => print(t.nrKinds > 1 ? `C ${ordinal} ${kind}\n` : `C ${ordinal}\n`),
    chunkDestroyed: (ordinal) => print(`D ${ordinal}\n`),
    pagesPopulated: (ordinal, from, end) => print(`P ${ordinal} ${from} ${end}\n`),
    pagesDepopulated: (ordinal, from, end) => print(`U ${ordinal} ${from} ${end}\n`),
    balanceWorkPending: () => print("Q\n"),
  };
}
