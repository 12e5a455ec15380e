/**
 * The ring buffer of one CPU: pages in, the next event's record and its time out. Times are ns since a base shared by
 * all CPUs, so that they are exact numbers.
 */

import type { ImportTotals } from "./events.ts";
import type { PageFormat } from "./page-format.ts";
import { TIME_UNIT, TWO_32, TYPE_BITS, TYPE_MASK, WORD_BYTES } from "./record-constants.ts";
import type { RecordProblems } from "./record-problems.ts";
import { wordsOf } from "./words.ts";

/** Marks of a page's commit, and its length. */
const MISSED = 0x80000000;
const MISSED_STORED = 0x40000000;
const LENGTH_MASK = 0x0fffffff;

/** What all CPUs' times are counted from: the time of the first page that was seen, in halves of 32 bits. */
export interface TimeBase {
  isSet: boolean;
  high: number;
  low: number;
}

/** Whose pages a stream has. */
export interface RingPlace {
  readonly cpu: number;
  /** Name in messages. */
  readonly file: string;
  /** Number of the input. */
  readonly input: number;
  readonly format: PageFormat;
}

const NO_WORDS = new Int32Array(0);

export class RingStream {
  readonly cpu: number;
  readonly file: string;
  readonly input: number;
  /** Place among the streams; earlier ones go first when times are equal. */
  readonly order: number;
  /** Set of the kinds of its events taken so far. */
  kinds = 0;
  /** The event found by `seek`: its data are `[at, next)` of `words`. */
  words: Int32Array = NO_WORDS;
  at = 0;
  /** Where the next record starts. All places here are in words. */
  next = 0;
  timeNs = 0;
  /** Its number, from 1; all records count. */
  record = 0;
  isEnded = false;
  private readonly format: PageFormat;
  private readonly base: TimeBase;
  private readonly totals: ImportTotals;
  private readonly problems: RecordProblems;
  /** Whole pages that wait. */
  private readonly waiting: Int32Array[] = [];
  /** Start of a page whose end has not come. */
  private held = new Uint8Array(0);
  private nrHeld = 0;
  /** End of the page's records. */
  stop = 0;
  private nextPage = 0;
  /** Of the pages read before `words`. */
  private nrWordsBefore = 0;
  private pageHigh = 0;

  constructor(place: RingPlace, order: number, base: TimeBase, totals: ImportTotals, problems: RecordProblems) {
    this.cpu = place.cpu;
    this.file = place.file;
    this.input = place.input;
    this.format = place.format;
    this.order = order;
    this.base = base;
    this.totals = totals;
    this.problems = problems;
  }

  /** More bytes, cut anywhere; they are read later and must stay as they are until `seek` answers false. */
  push(bytes: Uint8Array): void {
    const { pageBytes } = this.format;
    let start = 0;
    if (this.nrHeld > 0) {
      start = Math.min(bytes.length, pageBytes - this.nrHeld);
      this.held.set(bytes.subarray(0, start), this.nrHeld);
      this.nrHeld += start;
      if (this.nrHeld < pageBytes) return;
      this.waiting.push(wordsOf(this.held.slice()));
      this.nrHeld = 0;
    }
    const nrWhole = Math.floor((bytes.length - start) / pageBytes) * pageBytes;
    if (nrWhole > 0) this.waiting.push(wordsOf(bytes.subarray(start, start + nrWhole)));
    const rest = bytes.subarray(start + nrWhole);
    if (rest.length > 0 && this.held.length === 0) this.held = new Uint8Array(pageBytes);
    this.held.set(rest);
    this.nrHeld = rest.length;
  }

  /** No more bytes will come. */
  endInput(): void {
    this.isEnded = true;
    if (this.nrHeld === 0) return;
    this.record++;
    this.problems.cutPage(this.file, this.record, this.nrHeld, this.format.pageBytes);
    this.nrHeld = 0;
  }

  get typeDataMax(): number {
    return this.format.typeDataMax;
  }

  /** The stream stands at that event. */
  standAt(at: number, next: number, record: number, timeNs: number): void {
    this.at = at;
    this.next = next;
    this.record = record;
    this.timeNs = timeNs;
  }

  /** Goes to the next event's record. False when there is none in what was pushed. */
  seek(): boolean {
    const { typeDataMax } = this.format;
    for (;;) {
      const start = this.next;
      if (start >= this.stop) {
        if (!this.nextPageStarts()) return false;
        continue;
      }
      this.record++;
      const header = this.words[start] ?? 0;
      const type = header & TYPE_MASK;
      if (type === 0 || type > typeDataMax) {
        if (this.longRecord(start, type, header >>> TYPE_BITS)) return true;
        continue;
      }
      this.timeNs += header >>> TYPE_BITS;
      this.at = start + 1;
      const end = start + 1 + type;
      this.next = end;
      if (end <= this.stop) return true;
      this.tellBadRecord(start, `${type} words of data where ${this.stop - this.at} are left`);
    }
  }

  /** A record with an array: true when it is an event's. */
  private longRecord(start: number, type: number, delta: number): boolean {
    const { format } = this;
    if (type === format.typePadding && delta === 0) {
      this.totals.nrOther++;
      this.next = this.stop;
      return false;
    }
    const array = (this.words[start + 1] ?? 0) >>> 0;
    const hasLength = type === 0 || type === format.typePadding;
    const end = start + 1 + (hasLength ? Math.max(1, Math.ceil(array / WORD_BYTES)) : 1);
    this.next = end;
    if (end > this.stop) {
      const length = hasLength ? ` of ${array} bytes` : "";
      this.tellBadRecord(start, `an array${length} where ${this.stop - start - 1} words are left`);
      return false;
    }
    if (type === 0) {
      this.timeNs += delta;
      this.at = start + 2;
      return true;
    }
    if (type === format.typePadding) this.timeNs += delta;
    else if (type === format.typeTimeExtend) this.timeNs += array * TIME_UNIT + delta;
    else if (type === format.typeTimeStamp) this.setTime(array, delta);
    else {
      this.tellBadRecord(start, `type ${type}`);
      return false;
    }
    this.totals.nrOther++;
    return false;
  }

  /** The time is `array * 2^27 + delta`: 59 bits, the others are those of the page's time. */
  private setTime(array: number, delta: number): void {
    const high = (this.pageHigh & 0xf8000000) | (array >>> TYPE_BITS);
    this.timeNs = this.sinceBase(high, (array << 27) | delta);
  }

  /** Opens the next page. False when there is none. */
  private nextPageStarts(): boolean {
    const { format } = this;
    if (this.nextPage === this.words.length) {
      this.nrWordsBefore += this.words.length;
      this.words = this.waiting.shift() ?? NO_WORDS;
      this.nextPage = 0;
      this.next = 0;
      this.stop = 0;
      if (this.words.length === 0) return false;
    }
    const { words } = this;
    const page = this.nextPage;
    this.nextPage = page + format.pageBytes / WORD_BYTES;
    const commit = words[page + format.commitOffsetBytes / WORD_BYTES] ?? 0;
    const lengthBytes = commit & LENGTH_MASK;
    this.next = page + format.dataOffsetBytes / WORD_BYTES;
    this.stop = this.next + Math.floor(lengthBytes / WORD_BYTES);
    if (this.stop > this.nextPage) {
      this.record++;
      this.stop = this.next;
      this.problems.badPage(this.file, this.record, (this.nrWordsBefore + page) * WORD_BYTES, lengthBytes);
      return true;
    }
    const time = page + format.timeOffsetBytes / WORD_BYTES;
    this.pageHigh = words[time + 1] ?? 0;
    this.timeNs = this.sinceBase(this.pageHigh, words[time] ?? 0);
    if ((commit & MISSED) !== 0) this.tellMissed(commit);
    return true;
  }

  private tellMissed(commit: number): void {
    const isStored = (commit & MISSED_STORED) !== 0 && this.stop < this.nextPage;
    const nrRecords = isStored ? (this.words[this.stop] ?? 0) >>> 0 : 0;
    this.problems.missed(this.file, this.record + 1, this.cpu, nrRecords);
  }

  private tellBadRecord(start: number, found: string): void {
    this.next = this.stop;
    const page = this.nextPage - this.format.pageBytes / WORD_BYTES;
    const at = (start - page) * WORD_BYTES;
    this.problems.badRecord(
      this.file,
      this.record,
      (this.nrWordsBefore + page) * WORD_BYTES,
      `${found}, at byte ${at} of the page`,
    );
  }

  private sinceBase(high: number, low: number): number {
    const { base } = this;
    if (!base.isSet) {
      base.isSet = true;
      base.high = high >>> 0;
      base.low = low >>> 0;
    }
    return ((high >>> 0) - base.high) * TWO_32 + ((low >>> 0) - base.low);
  }
}
