/** Reads the payload of an EVENTS block, as fast as bytes allow, into a batch; any bytes may come. */

import { createEventBatch, EVENT_CGROUP_RMDIR, type EventBatch, NOT_RECORDED } from "../trace/events.ts";
import type { ByteCursor } from "./byte-cursor.ts";
import { ColumnReader } from "./column-decode.ts";
import type { EventBlockPlace } from "./event-block-encode.ts";
import { MAX_BLOCK_EVENTS } from "./layout.ts";

const NR_INPUTS = 256;
const NR_EVENT_KINDS = EVENT_CGROUP_RMDIR + 1;

export class EventBlockDecoder {
  /** Events of the last block read. */
  readonly batch: EventBatch = createEventBatch(MAX_BLOCK_EVENTS);
  readonly #column = new ColumnReader();
  readonly #shapes = tables(6);
  readonly #whos = tables(3);
  readonly #rows = new Int32Array(MAX_BLOCK_EVENTS);
  readonly #lastLine = new Float64Array(NR_INPUTS);

  /** Fills `batch`; undefined when the bytes are not a block of events. */
  decode(cursor: ByteCursor): EventBlockPlace | undefined {
    const nrEventsBefore = cursor.varint();
    const nr = cursor.varint(MAX_BLOCK_EVENTS);
    const nrNames = cursor.varint();
    const nrChunks = cursor.varint();
    const firstNs = cursor.signed();
    const baseLine = cursor.signed();
    if (nr === 0) cursor.failed = true;
    this.batch.nr = nr;
    this.#readShapes(cursor, nr, nrNames);
    this.#readWhos(cursor, nr, nrNames);
    if (cursor.failed) return undefined;
    this.#readTimes(cursor, nr, firstNs);
    this.#readOffsets(cursor, nr);
    this.#readNumbers(cursor, this.batch.chunk, nr, nrChunks);
    this.#readNumbers(cursor, this.batch.text, nr, nrNames);
    const oneInput = this.#readInputs(cursor, nr);
    this.#column.read(cursor, nr);
    if (oneInput) this.#sumLines(nr, baseLine);
    else this.#sumLinesByInput(nr, baseLine);
    return cursor.isDone() ? { nrEventsBefore, nrNames, nrChunks } : undefined;
  }

  #readShapes(cursor: ByteCursor, nr: number, nrNames: number): void {
    const nrRows = cursor.varint(nr);
    for (const table of this.#shapes) this.#column.readInt32(cursor, table, nrRows);
    const [kinds, flagSets, sizes, aligns, callSites, gfps] = this.#shapes;
    checkNumbers(cursor, kinds, nrRows, 0, NR_EVENT_KINDS);
    checkNumbers(cursor, callSites, nrRows, NOT_RECORDED, nrNames);
    checkNumbers(cursor, gfps, nrRows, NOT_RECORDED, nrNames);
    const rows = this.#readRows(cursor, nr, nrRows);
    const { kind, flags, sizeBytes, alignBytes, callSite, gfp } = this.batch;
    for (let i = 0; i < nr; i++) {
      const row = rows[i] as number;
      kind[i] = kinds[row] as number;
      flags[i] = flagSets[row] as number;
      sizeBytes[i] = sizes[row] as number;
      alignBytes[i] = aligns[row] as number;
      callSite[i] = callSites[row] as number;
      gfp[i] = gfps[row] as number;
    }
  }

  #readWhos(cursor: ByteCursor, nr: number, nrNames: number): void {
    const nrRows = cursor.varint(nr);
    for (const table of this.#whos) this.#column.readInt32(cursor, table, nrRows);
    const [cpus, pids, tasks] = this.#whos;
    checkNumbers(cursor, tasks, nrRows, NOT_RECORDED, nrNames);
    const rows = this.#readRows(cursor, nr, nrRows);
    const { cpu, pid, task } = this.batch;
    for (let i = 0; i < nr; i++) {
      const row = rows[i] as number;
      cpu[i] = cpus[row] as number;
      pid[i] = pids[row] as number;
      task[i] = tasks[row] as number;
    }
  }

  /** Which row of a table each event has. */
  #readRows(cursor: ByteCursor, nr: number, nrRows: number): Int32Array {
    const rows = this.#rows;
    this.#column.readInt32(cursor, rows, nr);
    checkNumbers(cursor, rows, nr, 0, nrRows);
    return rows;
  }

  #readTimes(cursor: ByteCursor, nr: number, firstNs: number): void {
    this.#column.read(cursor, nr);
    const { units, min, unit } = this.#column;
    const timeNs = this.batch.timeNs;
    let now = firstNs;
    for (let i = 0; i < nr; i++) {
      now += min + unit * (units[i] as number);
      timeNs[i] = now;
    }
    if (!Number.isSafeInteger(now)) cursor.failed = true;
  }

  #readOffsets(cursor: ByteCursor, nr: number): void {
    this.#column.read(cursor, nr);
    const { units, min, unit } = this.#column;
    const offBytes = this.batch.offBytes;
    let off = 0;
    for (let i = 0; i < nr; i++) {
      off += min + unit * (units[i] as number);
      offBytes[i] = off;
    }
  }

  /** Numbers of names or chunks: NOT_RECORDED, or below `nrKnown`. */
  #readNumbers(cursor: ByteCursor, out: Int32Array, nr: number, nrKnown: number): void {
    this.#column.readInt32(cursor, out, nr);
    checkNumbers(cursor, out, this.#column.isConstant ? 1 : nr, NOT_RECORDED, nrKnown);
  }

  /** True when all events are of one input. */
  #readInputs(cursor: ByteCursor, nr: number): boolean {
    this.#column.read(cursor, nr);
    const { units, min, unit, isConstant } = this.#column;
    const input = this.batch.input;
    if (isConstant) input.fill(min, 0, nr);
    else for (let i = 0; i < nr; i++) input[i] = min + unit * (units[i] as number);
    return isConstant;
  }

  #sumLines(nr: number, baseLine: number): void {
    const { units, min, unit } = this.#column;
    const line = this.batch.line;
    let last = baseLine;
    for (let i = 0; i < nr; i++) {
      last += min + unit * (units[i] as number);
      line[i] = last;
    }
  }

  /** Each input goes on behind its own last line. */
  #sumLinesByInput(nr: number, baseLine: number): void {
    const { units, min, unit } = this.#column;
    const { line, input } = this.batch;
    const lastLine = this.#lastLine.fill(baseLine);
    for (let i = 0; i < nr; i++) {
      const at = input[i] as number;
      const next = (lastLine[at] as number) + min + unit * (units[i] as number);
      lastLine[at] = next;
      line[i] = next;
    }
  }
}

type SixTables = readonly [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array];
type ThreeTables = readonly [Int32Array, Int32Array, Int32Array];

function tables(nr: 6): SixTables;
function tables(nr: 3): ThreeTables;
function tables(nr: number): readonly Int32Array[] {
  return Array.from({ length: nr }, () => new Int32Array(MAX_BLOCK_EVENTS));
}

/** Each of the numbers is one of [least, end). */
function checkNumbers(cursor: ByteCursor, numbers: Int32Array, nr: number, least: number, end: number): void {
  let low = least;
  let high = least - 1;
  for (let i = 0; i < nr; i++) {
    const number = numbers[i] as number;
    if (number < low) low = number;
    if (number > high) high = number;
  }
  if (low < least || high >= end) cursor.failed = true;
}
