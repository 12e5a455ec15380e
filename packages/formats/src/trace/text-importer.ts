/**
 * Events of a text trace, whoever printed it: the kernel's `trace` and `trace_pipe`, `trace-cmd report`, `perf script`.
 *
 *   tracefs      sh-11413   [001] d..2.  8182.781528: percpu_free_percpu: base_addr=… off=24792 ptr=…
 *   trace-cmd    BUFFER:    sh-11413 [001]  8182.781528: percpu_free_percpu:   base_addr=0x… off=24792 ptr=0x…
 *   perf         sh 11413 [001]  8182.781528:   percpu:percpu_free_percpu: base_addr=0x… off=24792 ptr=0x…
 *
 * All have the task and its id, the CPU in brackets, the time, the event's name and its fields, so one reader takes
 * all, whatever a file is called. It also takes the kernel log of a kernel that prints its early allocations.
 *
 * Source: recorded traces of 5.4, 6.1 and 6.18 (fixtures/traces).
 */

import { EventColumns } from "./event-columns.ts";
import { type EventNames, type EventSink, type Importer, type ImportTotals, NOT_RECORDED } from "./events.ts";
import {
  BODY_FIELDS,
  BODY_PRINTED_TEXT,
  BODY_STACK,
  EARLY_ALLOC,
  EARLY_FREE,
  nameHash,
  probeEvent,
  startsWith,
  type TextEvent,
  textEvent,
} from "./text-events.ts";
import { lineEnd, MALFORMED, TextFieldReader, trimmedEnd } from "./text-fields.ts";
import { LineCutter, type LineReader, MAX_LINE_BYTES } from "./text-lines.ts";
import { NOT_OTHER, readOtherLine } from "./text-other.ts";
import { NO_PLACE, TextPlace } from "./text-place.ts";
import { TextProblems } from "./text-problems.ts";

const NEWLINE = 10;
const BLANK = 32;
const HASH = 0x23;
const OPENING = 0x28;
const CLOSING = 0x29;
const COLON = 0x3a;
const LESS = 0x3c;
const BRACKET = 0x5b;
const NS_PER_S = 1_000_000_000;

/** What a line is. */
const OTHER = 0;
const EVENT = 1;
const FOREIGN = 2;
const BAD = 3;

/**
 * Importer of text traces.
 *
 * @param file the name messages call the input by
 */
export function createTextImporter(file: string, sink: EventSink): Importer {
  return new TextImporter(file, sink);
}

class TextImporter implements Importer, LineReader {
  private readonly columns: EventColumns;
  private readonly place = new TextPlace();
  private readonly fields: TextFieldReader;
  private readonly problems: TextProblems;
  private readonly cutter = new LineCutter(this);
  private lineNumber = 0;
  /** Where the line being read starts. */
  private start = 0;
  /** Where its newline stands, once it is read. */
  private stop = 0;

  constructor(file: string, sink: EventSink) {
    this.columns = new EventColumns(file, NS_PER_S, sink);
    this.fields = new TextFieldReader(this.columns);
    this.problems = new TextProblems(this.columns);
  }

  get names(): EventNames {
    return this.columns;
  }

  get totals(): ImportTotals {
    return this.columns.totals;
  }

  push(bytes: Uint8Array): void {
    this.cutter.push(bytes);
  }

  nextInput(file: string): void {
    this.cutter.end();
    this.columns.nextInput(file);
    this.lineNumber = 0;
  }

  end(): void {
    this.cutter.end();
    this.columns.end();
  }

  lines(bytes: Uint8Array, start: number, end: number): void {
    for (let p = start; p < end; p = this.stop + 1) {
      this.lineNumber++;
      this.start = p;
      this.count(this.line(bytes, p));
    }
  }

  tooLong(bytes: Uint8Array): void {
    this.lineNumber++;
    this.count(this.badLine(() => this.problems.tooLong(bytes, 0)));
  }

  cutOff(bytes: Uint8Array, end: number): void {
    this.lineNumber++;
    this.count(this.badLine(() => this.problems.cutOff(bytes, end)));
  }

  private count(what: number): void {
    const { totals } = this.columns;
    totals.nrRead++;
    // An event is counted where it is kept.
    if (what === OTHER) totals.nrOther++;
    else if (what === FOREIGN) totals.nrForeign++;
    else if (what === BAD) totals.nrBad++;
  }

  /** What the line at `start` is; an event is kept. */
  private line(bytes: Uint8Array, start: number): number {
    let p = start;
    while (bytes[p] === BLANK) p++;
    const first = bytes[p] ?? NEWLINE;
    if (first === HASH || first === NEWLINE) return this.otherLine(bytes, p);
    if (p === start && (first === BRACKET || first === LESS)) return this.logLine(bytes, p);
    const name = this.place.read(bytes, p);
    return name === NO_PLACE ? this.otherLine(bytes, p) : this.event(bytes, name);
  }

  /** From the event's name on. */
  private event(bytes: Uint8Array, start: number): number {
    let nameStart = start;
    let hash = 0;
    let p = start;
    for (; ; p++) {
      const byte = bytes[p] ?? NEWLINE;
      if (byte === NEWLINE) return this.nameless(bytes, start);
      if (byte !== COLON) {
        hash = nameHash(hash, byte);
      } else {
        if ((bytes[p + 1] ?? NEWLINE) <= BLANK) break;
        nameStart = p + 1;
        hash = 0;
      }
    }
    let body = p + 1;
    while (bytes[body] === BLANK) body++;
    let event = textEvent(bytes, nameStart, p, hash);
    if (event === undefined && bytes[body] === OPENING) event = probeEvent(bytes, body);
    if (event === undefined) return this.counted(bytes, body, FOREIGN);
    if (event.body === BODY_FIELDS) return this.eventWithFields(event, bytes, body);
    return event.body === BODY_STACK ? this.counted(bytes, body, OTHER) : this.eventWithText(event, bytes, body);
  }

  private eventWithFields(event: TextEvent, bytes: Uint8Array, body: number): number {
    const { fields, problems } = this;
    let p = body;
    if (bytes[p] === OPENING) {
      while (bytes[p] !== NEWLINE && bytes[p] !== CLOSING) p++;
      if (bytes[p] === CLOSING) p++;
    }
    const found = fields.read(bytes, p, event, this.columns.begin());
    const at = fields.stoppedAt;
    this.stop = at;
    if (found === MALFORMED) {
      this.stop = lineEnd(bytes, at);
      return this.badLine(() => problems.malformed(event, fields.wrong, bytes, at, this.stop));
    }
    if ((found & event.required) !== event.required) {
      return this.badLine(() => problems.missing(event, found, bytes, body, this.stop));
    }
    const what = this.keep(event, bytes);
    if (what !== EVENT) return what;
    problems.line = this.lineNumber;
    if (fields.unknownAt >= 0) problems.unknownField(event, bytes, fields.unknownAt, this.stop);
    if (fields.isChunkHidden) problems.hiddenChunk(event, bytes, body, this.stop);
    return EVENT;
  }

  private eventWithText(event: TextEvent, bytes: Uint8Array, body: number): number {
    const { batch, nameTable } = this.columns;
    this.stop = lineEnd(bytes, body);
    let p = body;
    if (event.body === BODY_PRINTED_TEXT) {
      while (p < this.stop && bytes[p] !== COLON) p++;
      p = p < this.stop ? p + 2 : body;
    }
    const end = trimmedEnd(bytes, body, this.stop);
    batch.text[this.columns.begin()] = nameTable.ofBytes(bytes, Math.min(p, end), end);
    return this.keep(event, bytes);
  }

  private keep(event: TextEvent, bytes: Uint8Array): number {
    const { columns, place } = this;
    const { batch } = columns;
    if (this.stop - this.start > MAX_LINE_BYTES) return this.badLine(() => this.problems.tooLong(bytes, this.start));
    const row = batch.nr;
    batch.pid[row] = place.pid;
    batch.task[row] =
      place.taskEnd > place.taskStart ? columns.nameTable.ofBytes(bytes, place.taskStart, place.taskEnd) : NOT_RECORDED;
    if (columns.keep(event.kind, place.cpu, place.seconds, place.ns, this.lineNumber)) return EVENT;
    return this.badLine(() => this.problems.noTime(bytes, this.start, this.stop));
  }

  /** A line whose event has no name with a colon: the start of a stack, or a line of a function tracer. */
  private nameless(bytes: Uint8Array, start: number): number {
    this.stop = lineEnd(bytes, start);
    if (startsWith(bytes, start, "<stack trace>") || startsWith(bytes, start, "<user stack trace>")) {
      return this.counted(bytes, this.stop, OTHER);
    }
    for (let p = start; p + 2 < this.stop; p++) {
      if (startsWith(bytes, p, " <-")) return this.counted(bytes, this.stop, FOREIGN);
    }
    return this.otherLine(bytes, this.start);
  }

  /** Of the kernel log: `[ SECONDS ] percpu-early: alloc FIELDS`, `<6>` before it or not. */
  private logLine(bytes: Uint8Array, start: number): number {
    const { place } = this;
    let p = start;
    if (bytes[p] === LESS) {
      while (bytes[p] !== NEWLINE && bytes[p] !== BRACKET) p++;
      if (bytes[p] === NEWLINE) return this.otherLine(bytes, start);
    }
    for (p++; bytes[p] === BLANK; ) p++;
    const end = place.readTime(bytes, p);
    if (end === NO_PLACE || bytes[end] !== 0x5d) return this.otherLine(bytes, start);
    place.cpu = 0;
    place.pid = NOT_RECORDED;
    place.taskEnd = place.taskStart;
    for (const event of [EARLY_ALLOC, EARLY_FREE]) {
      const head = `] percpu-early: ${event.name} `;
      if (startsWith(bytes, end, head)) return this.eventWithFields(event, bytes, end + head.length);
    }
    return this.counted(bytes, end, OTHER);
  }

  private otherLine(bytes: Uint8Array, start: number): number {
    this.stop = lineEnd(bytes, start);
    if (this.stop - this.start > MAX_LINE_BYTES) return this.badLine(() => this.problems.tooLong(bytes, this.start));
    const nrLost = readOtherLine(bytes, this.start, this.stop);
    if (nrLost === NOT_OTHER) return this.badLine(() => this.problems.notALine(bytes, this.start, this.stop));
    this.problems.line = this.lineNumber;
    if (nrLost > 0) this.problems.lost(nrLost, bytes, this.start, this.stop);
    return OTHER;
  }

  /** A line that needs no more than counting, if it is no longer than lines are. */
  private counted(bytes: Uint8Array, from: number, what: number): number {
    this.stop = lineEnd(bytes, from);
    if (this.stop - this.start <= MAX_LINE_BYTES) return what;
    return this.badLine(() => this.problems.tooLong(bytes, this.start));
  }

  private badLine(tell: () => void): number {
    this.problems.line = this.lineNumber;
    tell();
    return BAD;
  }
}
