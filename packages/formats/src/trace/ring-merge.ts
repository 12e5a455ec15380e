/**
 * The ring buffers of several CPUs as one trace, by time; of equal times, in the order of the CPUs given. Each CPU's
 * bytes are asked for as they are needed, so that no more than a piece of each is held.
 */

import type { EventColumns } from "./event-columns.ts";
import { EVENT_ALLOC, EVENT_ALLOC_FAIL, EVENT_CREATE_CHUNK, EVENT_DESTROY_CHUNK, EVENT_FREE } from "./events.ts";
import { RECORD_BAD, RECORD_FOREIGN } from "./record-constants.ts";
import type { RecordDecoder } from "./record-decoder.ts";
import { RecordProblems } from "./record-problems.ts";
import { RingRun } from "./ring-run.ts";
import { type RingPlace, RingStream, type TimeBase } from "./ring-stream.ts";

const PERCPU_KINDS = [EVENT_ALLOC, EVENT_FREE, EVENT_ALLOC_FAIL, EVENT_CREATE_CHUNK, EVENT_DESTROY_CHUNK].reduce(
  (set, kind) => set | (1 << kind),
  0,
);

export class RingMerge {
  private readonly columns: EventColumns;
  private readonly decoder: RecordDecoder;
  private readonly run: RingRun;
  private readonly problems: RecordProblems;
  private readonly base: TimeBase;
  private readonly streams: RingStream[];
  /** Streams that stand at an event, as a heap: none is earlier than its parent. */
  private readonly heap: RingStream[] = [];
  /** Streams that need bytes before any event can be taken. */
  private readonly lacking: RingStream[];
  private readonly nrReadBefore: number;

  constructor(columns: EventColumns, decoder: RecordDecoder, places: readonly RingPlace[]) {
    this.columns = columns;
    this.decoder = decoder;
    this.problems = new RecordProblems(columns);
    const { totals } = columns;
    this.nrReadBefore = totals.nrRead;
    this.base = baseOf(columns.baseNs);
    this.run = new RingRun(columns, decoder);
    this.streams = places.map((one, order) => new RingStream(one, order, this.base, totals, this.problems));
    this.lacking = [...this.streams];
  }

  /** Whose bytes are needed next, by place; undefined when all have ended. */
  get wanted(): number | undefined {
    return this.lacking[0]?.order;
  }

  /** Bytes of the stream wanted; they may be read later and must stay as they are. */
  push(bytes: Uint8Array): void {
    this.lacking[0]?.push(bytes);
    this.go();
    this.count();
  }

  /** The stream wanted has no more bytes. */
  endWanted(): void {
    this.lacking[0]?.endInput();
    this.go();
    this.count();
  }

  private go(): void {
    const stream = this.lacking[0];
    if (stream === undefined) return;
    if (stream.seek()) this.insert(stream);
    else if (!stream.isEnded) return;
    this.lacking.shift();
    if (this.base.isSet) this.columns.baseNs ??= (BigInt(this.base.high) << 32n) | BigInt(this.base.low);
    while (this.lacking.length === 0) {
      const earliest = this.heap[0];
      if (earliest === undefined) return;
      if (this.take(earliest)) this.sink();
      else this.remove(earliest);
    }
  }

  /** The stream at that place has had events of the percpu allocator. */
  hasPercpuEvents(place: number): boolean {
    return ((this.streams[place]?.kinds ?? 0) & PERCPU_KINDS) !== 0;
  }

  /** Takes the events of the earliest stream until another's is earlier. False when it has no more. */
  private take(stream: RingStream): boolean {
    const { columns } = this;
    const other = this.second();
    const limitNs = other === undefined ? Number.POSITIVE_INFINITY : other.timeNs;
    const goesFirst = other === undefined || stream.order < other.order;
    columns.input = stream.input;
    columns.file = stream.file;
    for (;;) {
      if (this.run.take(stream, limitNs, goesFirst)) {
        if (stream.timeNs > limitNs || (stream.timeNs === limitNs && !goesFirst)) return true;
        this.takeOne(stream);
      }
      if (!stream.seek()) return false;
      if (stream.timeNs > limitNs || (stream.timeNs === limitNs && !goesFirst)) return true;
    }
  }

  /** The event that the stream stands at, whatever it is. */
  private takeOne(stream: RingStream): void {
    const { columns, decoder } = this;
    const kind = decoder.decode(stream.words, stream.at, stream.next);
    if (kind < 0) {
      this.noEvent(kind, stream);
      return;
    }
    stream.kinds |= 1 << kind;
    if (columns.keep(kind, stream.cpu, stream.timeNs, stream.record)) return;
    columns.discard();
    this.problems.badTime(stream.file, stream.record, stream.timeNs);
  }

  private count(): void {
    let nrRead = 0;
    for (const stream of this.streams) nrRead += stream.record;
    this.columns.totals.nrRead = this.nrReadBefore + nrRead;
  }

  private noEvent(kind: number, stream: RingStream): void {
    const { totals } = this.columns;
    if (kind === RECORD_BAD) {
      this.columns.discard();
      this.problems.badEvent(stream.file, stream.record, this.decoder.wrong);
    } else if (kind === RECORD_FOREIGN) totals.nrForeign++;
    else totals.nrOther++;
  }

  /** The earliest stream but for the first. */
  private second(): RingStream | undefined {
    const [, left, right] = this.heap;
    return left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
  }

  private insert(stream: RingStream): void {
    let place = this.heap.length;
    this.heap.push(stream);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.heap[parent];
      if (above === undefined || !isBefore(stream, above)) break;
      this.heap[place] = above;
      this.heap[parent] = stream;
      place = parent;
    }
  }

  /** The first stream has gone on: puts it where it belongs. */
  private sink(): void {
    const { heap } = this;
    const stream = heap[0];
    if (stream === undefined) return;
    for (let place = 0; ; ) {
      let child = place * 2 + 1;
      let below = heap[child];
      const right = heap[child + 1];
      if (below !== undefined && right !== undefined && isBefore(right, below)) {
        below = right;
        child++;
      }
      if (below === undefined || !isBefore(below, stream)) return;
      heap[place] = below;
      heap[child] = stream;
      place = child;
    }
  }

  /** The first stream has no more events here: more bytes are needed, unless it has ended. */
  private remove(stream: RingStream): void {
    const last = this.heap.pop();
    if (last !== undefined && last !== stream) {
      this.heap[0] = last;
      this.sink();
    }
    if (!stream.isEnded) this.lacking.push(stream);
  }
}

function baseOf(ns: bigint | undefined): TimeBase {
  if (ns === undefined) return { isSet: false, high: 0, low: 0 };
  return { isSet: true, high: Number(ns >> 32n), low: Number(ns & 0xffff_ffffn) };
}

function isBefore(a: RingStream, b: RingStream): boolean {
  return a.timeNs < b.timeNs || (a.timeNs === b.timeNs && a.order < b.order);
}
