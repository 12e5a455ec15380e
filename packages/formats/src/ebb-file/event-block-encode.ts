/** The payload of an EVENTS block. */

import type { ByteBuilder } from "./byte-builder.ts";
import { encodeColumn } from "./column-encode.ts";
import { MAX_BLOCK_EVENTS } from "./layout.ts";
import type { PendingEvents } from "./pending-events.ts";
import { TupleTable } from "./tuple-table.ts";

/** What stands in a block before its columns. */
export interface EventBlockPlace {
  /** Events of the file before it. */
  readonly nrEventsBefore: number;
  /** Names and chunks of the file before it. */
  readonly nrNames: number;
  readonly nrChunks: number;
}

const NR_INPUTS = 256;

export class EventBlockEncoder {
  readonly #shapes = new TupleTable(6);
  readonly #whos = new TupleTable(3);
  readonly #numbers = new Float64Array(MAX_BLOCK_EVENTS);
  readonly #values = new Float64Array(MAX_BLOCK_EVENTS);
  readonly #lastLine = new Float64Array(NR_INPUTS);

  /** Appends the payload to `out`; there is an event at least. */
  encode(out: ByteBuilder, events: PendingEvents, place: EventBlockPlace): void {
    const nr = events.nr;
    const firstNs = events.timeNs[0] as number;
    const baseLine = (events.line[0] as number) - 1;
    out.varint(place.nrEventsBefore);
    out.varint(nr);
    out.varint(place.nrNames);
    out.varint(place.nrChunks);
    out.signed(firstNs);
    out.signed(baseLine);
    this.#tuples(out, this.#shapes, events.shape, nr);
    this.#tuples(out, this.#whos, events.who, nr);
    this.#differences(out, events.timeNs, nr, firstNs);
    this.#differences(out, events.offBytes, nr, 0);
    this.#plain(out, events.chunk, nr);
    this.#plain(out, events.text, nr);
    this.#plain(out, events.input, nr);
    this.#lines(out, events, baseLine);
  }

  /** The distinct rows of `columns`, column by column, then the number of each event's row. */
  #tuples(out: ByteBuilder, table: TupleTable, columns: readonly Int32Array[], nr: number): void {
    table.clear();
    for (let i = 0; i < nr; i++) this.#numbers[i] = table.numberOf(columns, i);
    out.varint(table.nr);
    for (let column = 0; column < columns.length; column++) {
      table.readColumn(column, this.#values);
      encodeColumn(out, this.#values, table.nr);
    }
    encodeColumn(out, this.#numbers, nr);
  }

  #differences(out: ByteBuilder, column: Float64Array | Int32Array, nr: number, first: number): void {
    let last = first;
    for (let i = 0; i < nr; i++) {
      const value = column[i] as number;
      this.#values[i] = value - last;
      last = value;
    }
    encodeColumn(out, this.#values, nr);
  }

  #plain(out: ByteBuilder, column: Int32Array | Uint8Array, nr: number): void {
    for (let i = 0; i < nr; i++) this.#values[i] = column[i] as number;
    encodeColumn(out, this.#values, nr);
  }

  /** Lines of one input mostly follow each other, whatever stands between. */
  #lines(out: ByteBuilder, events: PendingEvents, baseLine: number): void {
    this.#lastLine.fill(baseLine);
    for (let i = 0; i < events.nr; i++) {
      const input = events.input[i] as number;
      const line = events.line[i] as number;
      this.#values[i] = line - (this.#lastLine[input] as number);
      this.#lastLine[input] = line;
    }
    encodeColumn(out, this.#values, events.nr);
  }
}
