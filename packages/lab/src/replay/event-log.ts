/**
 * The stretch of a trace a replay still needs: events side by side, numbered from the trace's first. The front is given up
 * as the replay goes on, so memory does not grow with the trace.
 */

import type { EventBatch } from "@ebb/formats";

const FIRST_ROOM = 32_768;

export class EventLog {
  /** Events [start, end) are at hand. */
  start = 0;
  end = 0;
  kind = new Uint8Array(FIRST_ROOM);
  cpu = new Uint16Array(FIRST_ROOM);
  flags = new Uint8Array(FIRST_ROOM);
  input = new Uint8Array(FIRST_ROOM);
  timeNs = new Float64Array(FIRST_ROOM);
  line = new Float64Array(FIRST_ROOM);
  pid = new Int32Array(FIRST_ROOM);
  task = new Int32Array(FIRST_ROOM);
  sizeBytes = new Int32Array(FIRST_ROOM);
  alignBytes = new Int32Array(FIRST_ROOM);
  offBytes = new Int32Array(FIRST_ROOM);
  chunk = new Int32Array(FIRST_ROOM);
  callSite = new Int32Array(FIRST_ROOM);
  text = new Int32Array(FIRST_ROOM);
  /** Event `n` stands in row `n % room` of each column; a power of two. */
  private room = FIRST_ROOM;

  /** Row of event `n`, which is at hand. */
  row(n: number): number {
    // The low bits of any whole number, also of one beyond 32 bits.
    return n & (this.room - 1);
  }

  append(batch: EventBatch): void {
    while (this.end - this.start + batch.nr > this.room) this.grow();
    for (let from = 0; from < batch.nr; ) {
      const at = this.end % this.room;
      const nr = Math.min(batch.nr - from, this.room - at);
      for (const name of COLUMNS) this[name].set(batch[name].subarray(from, from + nr), at);
      from += nr;
      this.end += nr;
    }
  }

  /** Events before `n` are not asked for any more. */
  giveUp(n: number): void {
    if (n > this.start) this.start = n;
  }

  private grow(): void {
    const room = this.room * 2;
    for (const name of BYTE_COLUMNS) this[name] = this.moved(this[name], new Uint8Array(room));
    for (const name of WORD_COLUMNS) this[name] = this.moved(this[name], new Int32Array(room));
    for (const name of FLOAT_COLUMNS) this[name] = this.moved(this[name], new Float64Array(room));
    this.cpu = this.moved(this.cpu, new Uint16Array(room));
    this.room = room;
  }

  /** `wider` with the events at hand in the rows they have there. */
  private moved<T extends Uint8Array | Uint16Array | Int32Array | Float64Array>(old: T, wider: T): T {
    for (let n = this.start; n < this.end; ) {
      const from = n % this.room;
      const to = n % wider.length;
      const nr = Math.min(this.end - n, this.room - from, wider.length - to);
      wider.set(old.subarray(from, from + nr), to);
      n += nr;
    }
    return wider;
  }
}

const BYTE_COLUMNS = ["kind", "flags", "input"] as const;
const WORD_COLUMNS = ["pid", "task", "sizeBytes", "alignBytes", "offBytes", "chunk", "callSite", "text"] as const;
const FLOAT_COLUMNS = ["timeNs", "line"] as const;
const COLUMNS = [...BYTE_COLUMNS, ...WORD_COLUMNS, ...FLOAT_COLUMNS, "cpu"] as const;
